//! What filters decide is what happens.

use crate::rig::{RING_BYTES, Rig, lines, routing, stage, stage_that};
use logagent_component::{Decisions, Part};
use logagent_pipeline::OnError;
use logagent_testkit::{Arrived, Native, Policy, copy, emit, replace, stamp, until};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

const KEEP: u8 = 0;
const DROP_FIRST: u8 = 1;
const DROP_SECOND: u8 = 2;
const ROUTE_FIRST: u8 = 128;
const ROUTE_SECOND: u8 = 129;

/// Decides by the first letter.
fn by_letter(body: &[u8]) -> u8 {
    match body.first() {
        Some(b'd') => DROP_FIRST,
        Some(b'e') => DROP_SECOND,
        Some(b'r') => ROUTE_FIRST,
        Some(b's') => ROUTE_SECOND,
        _ => KEEP,
    }
}

#[test]
fn records_are_kept_dropped_and_routed_as_decided() {
    let mut rig = Rig::new();
    let [kept, first, second] = [(); 3].map(|()| rig.sink(Policy::Confirm));
    let judging = Native::judging(by_letter).reasons(&["d", "e"]).outputs(&["r", "s"]);
    let filter = routing(judging, &[&[1], &[2, 0]]);
    let meter = filter.meter.clone();
    rig.pipeline(vec![filter], &[0]);
    rig.ended_stream("s", &["k1\nd1\nr1\ns1\ne1\nr2\nk2\n", "d2\n", "r3\n", "k3\n"]);
    let counts = rig.run()[0];
    assert_eq!(first.texts(), ["r1", "r2", "r3"]);
    assert_eq!(second.texts(), ["s1"]);
    assert_eq!(kept.texts(), ["s1", "k1", "k2", "k3"]);
    assert_eq!((counts.received, counts.dropped, counts.delivered), (10, 3, 7));
    assert_eq!(meter.dropped(), BTreeMap::from([("d".into(), 2), ("e".into(), 1)]));
    assert_eq!([&meter.records, &meter.kept, &meter.routed].map(|counter| counter.get()), [10, 3, 4]);
}

#[test]
fn edits_change_what_they_name_and_nothing_else() {
    type Edits = &'static [(std::ops::Range<usize>, &'static str)];
    let cases: [(Edits, &str); 9] = [
        (&[(0..0, "+")], "+0123456789"),
        (&[(10..10, "+")], "0123456789+"),
        (&[(3..6, "abc")], "012abc6789"),
        (&[(3..6, "")], "0126789"),
        (&[(0..10, "")], ""),
        (&[(0..10, "a longer text than before")], "a longer text than before"),
        (&[(0..1, "a"), (1..2, "b"), (9..10, "c")], "ab2345678c"),
        (&[(2..2, "a"), (2..2, "b"), (2..3, "c")], "01abc3456789"),
        (&[], "0123456789"),
    ];
    for (edits, expected) in cases {
        let editing = Native::new(move |seen, decisions| {
            let target = seen.bodies().position(|body| body == b"0123456789").expect("it is there");
            for (range, with) in edits {
                replace(decisions, target, Part::Body, range.clone(), with.as_bytes());
            }
            Ok(())
        });
        let (mut rig, probe) = Rig::simple(vec![stage(editing)], Policy::Confirm);
        rig.ended_stream("s", &["before\n0123456789\nbehind\n"]);
        rig.run();
        assert_eq!(probe.texts(), ["before", expected, "behind"], "{edits:?}");
    }
}

#[test]
fn bodies_and_attributes_are_edited_apart() {
    let attributing = Native::new(|seen, decisions| {
        for index in 0..seen.len() {
            replace(decisions, index, Part::Body, 0..1, b"B");
            replace(decisions, index, Part::Attributes, 0..0, b"\x81\xa1n\x01");
        }
        Ok(())
    });
    let changing = Native::new(|seen, decisions| {
        for (index, record) in seen.records().iter().enumerate() {
            assert_eq!(seen.attributes(record), b"\x81\xa1n\x01");
            replace(decisions, index, Part::Attributes, 3..4, b"\x02");
        }
        Ok(())
    });
    let (mut rig, probe) = Rig::simple(vec![stage(attributing), stage(changing)], Policy::Confirm);
    rig.ended_stream("s", &["a1\na2\n"]);
    rig.run();
    let arrived = |body: &str| Arrived {
        stream: Some("s".into()),
        body: body.into(),
        attributes: b"\x81\xa1n\x02".into(),
        ..Arrived::default()
    };
    assert_eq!(probe.arrived(), [arrived("B1"), arrived("B2")]);
}

#[test]
fn a_record_may_be_edited_and_dropped_or_routed_at_once() {
    let filter = Native::new(|seen, decisions| {
        for index in 0..seen.len() {
            replace(decisions, index, Part::Body, 1..1, b"!");
        }
        decisions.verdicts.extend(seen.bodies().map(by_letter));
        Ok(())
    });
    let mut rig = Rig::new();
    let [kept, routed] = [(); 2].map(|()| rig.sink(Policy::Confirm));
    let filter = routing(filter.reasons(&["d"]).outputs(&["r"]), &[&[1]]);
    rig.pipeline(vec![filter], &[0]);
    rig.ended_stream("s", &["d1\nr1\nk1\nk2\n"]);
    rig.run();
    assert_eq!((kept.texts(), routed.texts()), (vec!["k!1".into(), "k!2".into()], vec!["r!1".to_owned()]));
}

#[test]
fn what_process_emits_comes_behind_its_batch_and_later_filters_see_it() {
    let emitting = Native::new(|seen, decisions| {
        emit(decisions, format!("{} seen", seen.len()).as_bytes(), b"\x80", 7, 9);
        emit(decisions, b"", b"", 0, 0);
        Ok(())
    });
    let seen_by_next = Arc::new(Mutex::new(Vec::new()));
    let notes = seen_by_next.clone();
    let noting = Native::new(move |seen, _| {
        let texts = seen.bodies().map(|body| String::from_utf8_lossy(body).into_owned());
        notes.lock().unwrap().extend(texts);
        assert!(seen.records().iter().any(|record| seen.stream(record).is_none()));
        Ok(())
    });
    let (mut rig, probe) = Rig::simple(vec![stage(emitting), stage(noting)], Policy::Confirm);
    rig.ended_stream("s", &["a\nb\n"]);
    let counts = rig.run()[0];
    assert_eq!(probe.texts(), ["a", "b", "2 seen", ""]);
    assert_eq!(probe.texts(), *seen_by_next.lock().unwrap());
    let made = Arrived { stream: None, body: "2 seen".into(), attributes: vec![0x80], time_unix_nano: 7, severity: 9 };
    assert_eq!(probe.arrived()[2], made);
    assert_eq!((counts.received, counts.emitted, counts.delivered), (2, 2, 4));
}

#[test]
fn what_a_tick_emits_goes_on_by_itself_through_the_filters_behind() {
    let mut ticks = 0;
    let ticking = Native::keeping().ticking(move |now, decisions: &mut Decisions| {
        ticks += 1;
        if ticks == 1 {
            emit(decisions, b"tick", b"", now, 0);
        }
        Ok(())
    });
    let before = Native::judging(|_| panic!("nothing comes here"));
    let behind = Native::new(|seen, decisions| {
        (0..seen.len()).for_each(|index| replace(decisions, index, Part::Body, 4..4, b" seen"));
        Ok(())
    });
    let (mut rig, probe) = Rig::simple(vec![stage(before), stage(ticking), stage(behind)], Policy::Confirm);
    let feed = rig.stream(0, "silent");
    let running = rig.start();
    until("a tick", || probe.count() == 1);
    feed.end();
    let counts = running.finish()[0];
    assert_eq!(probe.texts(), ["tick seen"]);
    assert!(probe.arrived()[0].time_unix_nano > 1_700_000_000_000_000_000);
    assert_eq!((counts.received, counts.emitted, counts.delivered), (0, 1, 1));
}

#[test]
fn each_filter_sees_what_those_before_it_left() {
    let evens = Native::judging(|body| u8::from(!(body[body.len() - 1] - b'0').is_multiple_of(2))).reasons(&["odd"]);
    let starring = Native::new(|seen, decisions| {
        (0..seen.len()).for_each(|index| replace(decisions, index, Part::Body, 0..0, b"*"));
        Ok(())
    });
    let fours = Native::judging(|body| u8::from(!(body == b"*s 4" || body == b"*s 14"))).reasons(&["other"]);
    let (mut rig, probe) = Rig::simple(vec![stage(evens), stage(starring), stage(fours)], Policy::Confirm);
    let feed = rig.stream(0, "s");
    lines("s", 20).iter().for_each(|line| feed.give_line(line));
    feed.end();
    let counts = rig.run()[0];
    assert_eq!(probe.texts(), ["*s 4", "*s 14"]);
    assert_eq!((counts.received, counts.dropped, counts.delivered), (20, 18, 2));
}

#[test]
fn a_filter_is_not_called_for_nothing_and_what_is_dropped_takes_no_room() {
    let dropping = Native::judging(|_| DROP_FIRST).reasons(&["all"]);
    let never = Native::judging(|_| panic!("nothing comes here"));
    let (mut rig, probe) = Rig::simple(vec![stage(dropping), stage(never)], Policy::Hold);
    let feed = rig.stream(0, "s");
    let lines = lines("s", 20_000);
    lines.iter().for_each(|line| feed.give_line(line));
    feed.end();
    let counts = rig.run()[0];
    assert_eq!((counts.received, counts.dropped, probe.count()), (20_000, 20_000, 0));
    assert_eq!(feed.confirmed().last(), Some(&(lines.iter().map(|line| line.len() as u64 + 1).sum())));
}

/// Masks the first byte in place, as a redaction does.
fn masking() -> Native {
    Native::new(|seen, decisions| {
        (0..seen.len()).for_each(|index| replace(decisions, index, Part::Body, 0..1, b"*"));
        Ok(())
    })
}

#[test]
fn an_edit_in_place_is_not_seen_by_another_pipeline_nor_by_a_copy() {
    let copying = Native::new(|seen, decisions| {
        (0..seen.len()).for_each(|index| copy(decisions, index, 0));
        Ok(())
    });
    let mut rig = Rig::new();
    let [masked, copied, other] = [(); 3].map(|()| rig.sink(Policy::Confirm));
    let copying = routing(copying.outputs(&["copies"]), &[&[1]]);
    rig.pipeline(vec![copying, stage(masking())], &[0]);
    rig.pipeline(vec![], &[2]);
    rig.ended_stream("s", &["ab\ncd\n"]);
    let counts = rig.run();
    assert_eq!(masked.texts(), ["*b", "*d"]);
    assert_eq!(copied.texts(), ["ab", "cd"]);
    assert_eq!(other.texts(), ["ab", "cd"]);
    assert_eq!((counts[0].received, counts[0].emitted, counts[0].delivered), (2, 2, 4));
}

#[test]
fn an_edit_of_the_same_length_takes_no_room_in_the_ring() {
    let filters = (0..40).map(|_| stage(masking())).collect();
    let (mut rig, probe) = Rig::simple(filters, Policy::Confirm);
    rig.ring_bytes = 64 << 10;
    rig.limits.max_bytes = 16 << 10;
    let line = "x".repeat(15 << 10);
    rig.ended_stream("s", &[&format!("{line}\n")]);
    rig.run();
    assert_eq!(probe.texts(), [format!("*{}", &line[1..])]);
}

#[test]
fn times_and_severities_reach_later_filters_and_sinks() {
    let stamping = Native::new(|_, decisions| {
        stamp(decisions, 0, 5, 17);
        stamp(decisions, 1, 0, 9);
        Ok(())
    });
    let adding = Native::new(|seen, decisions| {
        let records = seen.records();
        assert_eq!((records[0].time_unix_nano, records[0].severity, records[1].severity), (5, 17, 9));
        stamp(decisions, 1, 7, 0);
        Ok(())
    });
    let (mut rig, probe) = Rig::simple(vec![stage(stamping), stage(adding)], Policy::Confirm);
    rig.ended_stream("s", &["a\nb\n"]);
    rig.run();
    let stamps: Vec<_> = probe.arrived().iter().map(|it| (it.time_unix_nano, it.severity)).collect();
    assert_eq!(stamps, [(5, 17), (7, 9)]);
}

#[test]
fn copied_and_routed_records_of_an_output_keep_their_order() {
    let filter = Native::new(|seen, decisions| {
        for (index, body) in seen.bodies().enumerate() {
            decisions.verdicts.push(if body == b"r" { ROUTE_FIRST } else { KEEP });
            if body == b"c" {
                copy(decisions, index, 0);
                copy(decisions, index, 1);
            }
        }
        Ok(())
    });
    let mut rig = Rig::new();
    let [kept, first, second] = [(); 3].map(|()| rig.sink(Policy::Confirm));
    let filter = routing(filter.outputs(&["first", "second"]), &[&[1], &[2]]);
    rig.pipeline(vec![filter], &[0]);
    rig.ended_stream("s", &["r\nc\nk\nr\nc\n"]);
    let counts = rig.run()[0];
    assert_eq!((first.texts(), second.texts()), (["r", "c", "r", "c"].map(String::from).to_vec(), vec!["c".into(); 2]));
    assert_eq!(kept.texts(), ["c", "k", "c"]);
    assert_eq!((counts.received, counts.emitted, counts.delivered), (5, 4, 9));
}

#[test]
fn a_tick_that_fills_the_ring_is_carried_out_or_fails_and_the_lane_goes_on() {
    let start = |bytes: usize| {
        let mut ticks = 0;
        let ticking = Native::keeping().ticking(move |_, decisions: &mut Decisions| {
            ticks += 1;
            if ticks == 1 {
                emit(decisions, &vec![b'x'; bytes], b"", 0, 0);
            }
            Ok(())
        });
        let filter = stage_that(ticking, OnError::Drop);
        let meter = filter.meter.clone();
        let (mut rig, probe) = Rig::simple(vec![filter], Policy::Confirm);
        let feed = rig.stream(0, "s");
        (rig.start(), meter, feed, probe)
    };
    let runs: Vec<_> = [64, 65, 80, 96, 97].map(|less| start(RING_BYTES - less)).into();
    for (running, meter, feed, probe) in runs {
        until("the tick", || meter.emitted.get() > 0 || !meter.errors().is_empty());
        feed.give_line("behind");
        feed.end();
        running.finish();
        assert_eq!(probe.texts().last().map(String::as_str), Some("behind"));
    }
}
