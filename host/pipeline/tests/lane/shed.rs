//! Sinks that give spans back before the records have arrived, and sinks that don't take all.

use crate::rig::{Rig, stage};
use crate::succession::next;
use logagent_component::{Delivery, Sink, SinkError, Stamp};
use logagent_pipeline::{FilterStage, NextSink, Priority, Route};
use logagent_record::{Descriptor, Severities, Severity};
use logagent_testkit::{Feed, Native, Policy, probe, until};
use proptest::prelude::*;
use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::task::Waker;

const LITTLE: Severities = Severities::below(Severity(13));

/// Notes what it is given, gives it back at once, and owes it until the test says that it has arrived.
#[derive(Clone, Default)]
struct Copier(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// With the bodies that came with each.
    owed: Vec<(u64, Vec<Vec<u8>>)>,
    shed: Severities,
    /// Whether records were asked about as ones of high priority, in order.
    high_priority: Vec<bool>,
    waker: Option<Waker>,
}

impl Copier {
    fn shedding(shed: Severities) -> Self {
        Self(Arc::new(Mutex::new(State { shed, ..State::default() })))
    }

    fn settle_oldest(&self) {
        self.settle(0);
    }

    fn settle(&self, index: usize) {
        let mut state = self.0.lock().unwrap();
        state.owed.remove(index);
        state.waker.as_ref().unwrap().wake_by_ref();
    }

    fn owed(&self) -> usize {
        self.0.lock().unwrap().owed.len()
    }

    fn owed_bodies(&self) -> HashSet<Vec<u8>> {
        self.0.lock().unwrap().owed.iter().flat_map(|(_, bodies)| bodies.clone()).collect()
    }
}

impl Sink for Copier {
    fn deliver(&mut self, delivery: Delivery) -> Result<(), SinkError> {
        let mut state = self.0.lock().unwrap();
        let shed = state.shed;
        let taken = delivery.descriptors().iter().filter(|record| !shed.contains(record.severity));
        let taken: Vec<Vec<u8>> = taken.map(|record| delivery.body(record).to_vec()).collect();
        state.waker = Some(delivery.span.waker().clone());
        if !taken.is_empty() {
            state.owed.push((delivery.span.sequence(), taken));
        }
        delivery.confirm();
        Ok(())
    }

    fn sheds(&mut self, _: &[Descriptor], is_high_priority: bool) -> Severities {
        let mut state = self.0.lock().unwrap();
        state.high_priority.push(is_high_priority);
        state.shed
    }

    fn owes(&mut self, sequence: u64) -> bool {
        self.0.lock().unwrap().owed.iter().any(|(owed, _)| *owed == sequence)
    }
}

/// A filter that takes `e…` for an error and everything else for information.
fn stamping() -> FilterStage {
    stage(Native::new(|seen, decisions| {
        let severity = |body: &[u8]| if body.starts_with(b"e") { 17 } else { 9 };
        let stamps = (0..).zip(seen.bodies().map(severity));
        let stamp = |(index, severity)| Stamp { index, severity, time_unix_nano: 0 };
        decisions.stamps.extend(stamps.map(stamp));
        Ok(())
    }))
}

#[test]
fn positions_wait_for_what_a_sink_owes_and_what_nobody_owes_is_delivered() {
    let (copier, mut rig) = (Copier::shedding(LITTLE), Rig::new());
    rig.own_sink(Box::new(copier.clone()));
    let probe = rig.sink(Policy::Confirm);
    rig.pipeline(vec![stamping()], &[0, 1]);
    let feed = rig.stream(0, "s");
    let running = rig.start();
    for (number, line) in ["e1", "i1", "i2", "e2", "i3"].into_iter().enumerate() {
        feed.give_line(line);
        until("it has come", || probe.count() == number + 1);
    }
    until("all is back that nobody owes", || running.counts(0).delivered == 3);
    assert_eq!((running.counts(0).in_flight, feed.confirmed()), (2, vec![]));
    copier.settle_oldest();
    until("what was owed has landed", || running.counts(0).delivered == 4);
    assert_eq!(feed.confirmed(), [9]);
    copier.settle_oldest();
    until("all has landed", || running.counts(0).delivered == 5);
    feed.end();
    assert_eq!((running.finish()[0].dropped, feed.confirmed()), (0, vec![9, 15]));
}

#[test]
fn a_stream_that_has_ended_is_let_go_of_and_the_lane_ends_once_nothing_is_owed() {
    let (copier, mut rig) = (Copier::default(), Rig::new());
    rig.own_sink(Box::new(copier.clone()));
    rig.pipeline(vec![], &[0]);
    let feed = rig.ended_stream("s", &["a\n"]);
    let running = rig.start();
    until("it is owed", || copier.owed() == 1 && running.counts(0).in_flight == 1);
    assert!(!feed.is_let_go());
    copier.settle_oldest();
    assert_eq!(running.finish()[0].delivered, 1);
    assert!(feed.is_let_go());
}

#[test]
fn a_sink_that_a_reload_takes_out_is_asked_until_it_owes_nothing() {
    let (copier, mut rig) = (Copier::default(), Rig::new());
    rig.own_sink(Box::new(copier.clone()));
    rig.pipeline(vec![], &[0]);
    let feed = rig.stream(0, "s");
    let running = rig.start();
    feed.give_line("a");
    until("it is owed", || copier.owed() == 1);
    let (probe, sink) = probe(Policy::Confirm);
    running.change(next(&running, vec![], vec![NextSink::New(sink)]));
    feed.give_line("b");
    until("the new one has what came later", || probe.count() == 1 && running.counts(0).delivered == 1);
    assert_eq!((running.counts(0).in_flight, feed.confirmed()), (1, vec![]));
    copier.settle_oldest();
    feed.end();
    assert_eq!((running.finish()[0].delivered, feed.confirmed()), (2, vec![4]));
}

#[test]
fn what_no_sink_takes_is_dropped_and_what_one_takes_is_delivered() {
    for (second, dropped) in [(Severities::ALL, 2), (Severities::UNKNOWN, 0)] {
        let mut rig = Rig::new();
        let first = Copier::shedding(LITTLE);
        rig.own_sink(Box::new(first.clone()));
        rig.own_sink(Box::new(Copier::shedding(second)));
        rig.pipeline(vec![stamping()], &[0, 1]);
        rig.ended_stream("s", &["i1\nerror\ni2\n"]);
        let running = rig.start();
        let law = running.pipelines[0].clone();
        until("all has come", || first.owed() == 1 && law.law.counts().in_flight == 3 - dropped);
        let counts = running.counts(0);
        assert!(counts.balance(), "{counts:?}");
        assert_eq!((counts.dropped, counts.shed), (dropped, dropped));
        running.stop();
    }
}

#[test]
fn sinks_are_told_which_records_come_before_others() {
    let route = |priority| Route { sinks: vec![0], priority };
    for (source, routes, expected) in [
        (None, [Priority::Normal, Priority::Normal], [false, false, false]),
        (None, [Priority::Normal, Priority::High], [false, true, false]),
        (Some(0), [Priority::Normal, Priority::Normal], [true, true, true]),
    ] {
        let (copier, mut rig) = (Copier::shedding(Severities::ALL), Rig::new());
        rig.high_priority = source;
        rig.own_sink(Box::new(copier.clone()));
        let output = |body: &[u8]| match body {
            b"one" => 128,
            b"two" => 129,
            _ => 0,
        };
        let mut filter = stage(Native::judging(output).outputs(&["one", "two"]));
        filter.settings.outputs = routes.map(route).into();
        rig.pipeline(vec![filter], &[0]);
        rig.ended_stream("s", &["one\ntwo\nthree\n"]);
        assert_eq!(rig.run()[0].shed, 3);
        assert_eq!(copier.0.lock().unwrap().high_priority, expected);
    }
}

/// Lines of a stream, each with the position behind it.
struct Written {
    feed: Feed,
    lines: Vec<(u64, String)>,
}

impl Written {
    fn line(&mut self, is_error: bool, number: usize) {
        let line = format!("{}{number}", if is_error { "e" } else { "i" });
        let end = self.lines.last().map_or(0, |(end, _)| *end) + line.len() as u64 + 1;
        self.feed.give_line(&line);
        self.lines.push((end, line));
    }

    /// No position was confirmed behind a line that is owed, and none before one that was confirmed already.
    fn check(&self, owed: &HashSet<Vec<u8>>, confirmed: &[u64]) {
        let confirmed_to = confirmed.last().copied().unwrap_or_default();
        assert!(confirmed.is_sorted(), "{confirmed:?}");
        let early = self.lines.iter().find(|(end, line)| *end <= confirmed_to && owed.contains(line.as_bytes()));
        assert_eq!(early, None, "confirmed to {confirmed_to}");
    }
}

#[derive(Clone, Debug)]
enum Step {
    Give { stream: usize, is_error: bool },
    Settle(prop::sample::Index),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0..3_usize, any::<bool>()).prop_map(|(stream, is_error)| Step::Give { stream, is_error }),
        1 => any::<prop::sample::Index>().prop_map(Step::Settle),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever comes in which order, and is at its destination in which order.
    #[test]
    fn no_position_is_confirmed_before_all_before_it_has_arrived(steps in prop::collection::vec(step(), 1..60)) {
        let (copier, mut rig) = (Copier::shedding(LITTLE), Rig::new());
        rig.own_sink(Box::new(copier.clone()));
        let probe = rig.sink(Policy::Confirm);
        rig.pipeline(vec![stamping()], &[0, 1]);
        let mut streams = ["one", "two", "three"].map(|name| Written { feed: rig.stream(0, name), lines: Vec::new() });
        let running = rig.start();
        let mut count = 0;
        for step in steps {
            match step {
                Step::Give { stream, is_error } => {
                    streams[stream].line(is_error, count);
                    count += 1;
                    until("it has come", || probe.count() == count);
                }
                Step::Settle(index) if copier.owed() > 0 => copier.settle(index.index(copier.owed())),
                Step::Settle(_) => {}
            }
            for stream in &streams {
                let confirmed = stream.feed.confirmed();
                stream.check(&copier.owed_bodies(), &confirmed);
            }
            prop_assert!(running.counts(0).balance());
        }
        streams.iter().for_each(|stream| stream.feed.end());
        while copier.owed() > 0 {
            copier.settle_oldest();
        }
        prop_assert_eq!(running.finish()[0].delivered, count as u64);
        for Written { feed, lines } in &streams {
            prop_assert_eq!(feed.confirmed().last().copied(), lines.last().map(|(end, _)| *end));
        }
    }
}
