//! A canary that decides over a share of a filter's batches, and a shadow that is compared with it.

use crate::rig::{Rig, failing_on_all, joined, lines, route, stage, stage_that};
use crate::succession::next;
use logagent_component::{Decisions, FilterError, Part};
use logagent_pipeline::{
    CanaryPolicy, CanaryStage, FilterSettings, FilterStage, NextFilter, NextRival, NextSink, OnError, Progress,
    Rollout, Shadow, ShadowDifference, ShadowLog, ShadowStage,
};
use logagent_telemetry::{CanaryMeter, CanaryReport, CanaryState, ShadowMeter};
use logagent_testkit::{Native, Policy, Seen, emit, replace, until};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const HOUR: Duration = Duration::from_secs(3600);

fn policy(share: f64) -> CanaryPolicy {
    CanaryPolicy { share, steps: vec![1.0], every: HOUR, errors_above: 0.01, drops_differ_above: 0.01 }
}

struct Beside {
    rollout: Arc<Rollout>,
    meter: Arc<CanaryMeter>,
}

impl Beside {
    fn report(&self) -> CanaryReport {
        self.meter.report()
    }
}

/// Puts a canary beside a filter.
fn with_canary(stage: &mut FilterStage, canary: Native, policy: CanaryPolicy) -> Beside {
    let meter = Arc::<CanaryMeter>::default();
    let rollout = Arc::new(Rollout::new(policy, meter.clone(), Instant::now()));
    stage.canary = Some(Box::new(CanaryStage::new(Box::new(canary), "canary".into(), rollout.clone())));
    Beside { rollout, meter }
}

/// Marks each record by an edit at its end.
fn marking(mark: &'static str) -> Native {
    Native::new(move |seen, decisions| {
        mark_all(seen, decisions, mark);
        Ok(())
    })
}

fn mark_all(seen: &Seen<'_>, decisions: &mut Decisions, mark: &str) {
    for (index, record) in seen.records().iter().enumerate() {
        let end = record.body_len as usize;
        replace(decisions, index, Part::Body, end..end, mark.as_bytes());
    }
}

fn failing_on(what: &'static [u8]) -> Native {
    Native::new(move |seen, decisions| {
        if seen.bodies().any(|body| body == what) {
            return Err(FilterError::Trap("told to".into()));
        }
        mark_all(seen, decisions, "+");
        Ok(())
    })
}

/// A stream of so many records, sixteen to a batch.
fn give(rig: &mut Rig, count: usize) {
    let chunks: Vec<String> = lines("s", count).chunks(16).map(joined).collect();
    rig.ended_stream("s", &chunks.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn a_canary_has_its_share_of_the_batches_in_turn_and_order_is_kept() {
    let mut filter = stage(marking("-"));
    let beside = with_canary(&mut filter, marking("+"), policy(0.25));
    let (mut rig, probe) = Rig::simple(vec![filter], Policy::Confirm);
    give(&mut rig, 1600);
    let counts = rig.run();
    let mark = |number: usize| if number / 16 % 4 == 3 { "+" } else { "-" };
    let marked = |(number, line): (usize, &String)| format!("{line}{}", mark(number));
    let expected: Vec<String> = lines("s", 1600).iter().enumerate().map(marked).collect();
    assert_eq!((probe.texts(), counts[0].delivered), (expected, 1600));
    let report = beside.report();
    assert_eq!((report.state, report.records, report.errors, report.drops), (CanaryState::Running, 400, 0, 0));
}

#[test]
fn a_record_that_breaks_a_canary_is_the_filters_and_is_counted_as_the_canarys_error() {
    let mut filter = stage_that(marking("-"), OnError::DeadLetter);
    let beside = with_canary(&mut filter, failing_on(b"!"), policy(1.0));
    let meter = filter.meter.clone();
    let (mut rig, probe) = Rig::simple(vec![filter], Policy::Confirm);
    let letters = rig.letters.clone();
    rig.ended_stream("s", &["a\nb\n!\nc\n", "d\n"]);
    let counts = rig.run();
    assert_eq!(probe.texts(), ["a+", "b+", "!-", "c+", "d+"]);
    assert_eq!((counts[0].delivered, letters.all().len(), meter.errors().len()), (5, 0, 0));
    assert_eq!((meter.records.get(), meter.kept.get()), (5, 5));
    assert_eq!((beside.report().records, beside.report().errors), (4, 1));
    assert!(!beside.rollout.is_given_up(), "one record is no rate");
}

#[test]
fn a_canary_that_fails_on_all_is_given_up_in_the_middle_of_its_first_batch() {
    let (broken, calls) = failing_on_all();
    let mut filter = stage(marking("-"));
    let beside = with_canary(&mut filter, broken, CanaryPolicy { errors_above: 0.001, ..policy(0.5) });
    let (mut rig, probe) = Rig::simple(vec![filter], Policy::Confirm);
    give(&mut rig, 1000);
    rig.run();
    let expected: Vec<String> = lines("s", 1000).iter().map(|line| format!("{line}-")).collect();
    assert_eq!(probe.texts(), expected);
    assert!(calls.load(Ordering::Relaxed) < 10, "{calls:?} calls");
    let report = beside.report();
    let reason = "it failed on 2 of 2 records (abort_if.errors_above: 0.1%)";
    assert_eq!((report.state, report.share, report.reason.as_deref()), (CanaryState::Aborted, 0.0, Some(reason)));
    assert_eq!(beside.rollout.advance(Instant::now()), Progress::Aborted(reason.into()));
}

#[test]
fn the_records_that_a_canary_fails_on_are_not_sought_where_it_starts_slowly() {
    let (broken, calls) = failing_on_all();
    let mut filter = stage(marking("-"));
    let canary = broken.restarting_for(Duration::from_secs(2));
    with_canary(&mut filter, canary, CanaryPolicy { errors_above: 0.001, ..policy(0.5) });
    let (mut rig, probe) = Rig::simple(vec![filter], Policy::Confirm);
    give(&mut rig, 1000);
    rig.run();
    assert_eq!((probe.texts().len(), calls.load(Ordering::Relaxed)), (1000, 2));
}

#[test]
fn drops_of_both_are_compared() {
    let dropping =
        |what: &'static [u8]| Native::judging(move |body| u8::from(body.ends_with(what))).reasons(&["told to"]);
    for (canarys, is_given_up) in [(&b"0"[..], false), (b"1", false), (b"", true)] {
        let mut filter = stage(dropping(b"0"));
        let beside = with_canary(&mut filter, dropping(canarys), policy(0.5));
        let (mut rig, _) = Rig::simple(vec![filter], Policy::Confirm);
        give(&mut rig, 6400);
        let counts = rig.run();
        let progress = beside.rollout.advance(Instant::now());
        assert_eq!(matches!(progress, Progress::Aborted(_)), is_given_up, "{progress:?}");
        let report = beside.report();
        assert_eq!(report.records, 3200);
        assert!(report.drops > 0 && counts[0].dropped > report.drops);
    }
}

#[test]
fn a_canary_that_is_promoted_goes_on_with_what_it_remembers() {
    let counting = |mark: &'static str| {
        let mut count = 0;
        Native::new(move |seen, decisions| {
            count += seen.len();
            emit(decisions, format!("{mark}{count}").as_bytes(), b"", 0, 0);
            Ok(())
        })
    };
    let mut filter = stage(counting("old"));
    with_canary(&mut filter, counting("new"), policy(0.5));
    let (mut rig, probe) = Rig::simple(vec![filter], Policy::Confirm);
    let feed = rig.stream(0, "s");
    let running = rig.start();
    for (number, line) in (1..).zip(["a", "b"]) {
        feed.give_line(line);
        until("a record", || probe.count() == 2 * number);
    }
    let settings = FilterSettings::of(OnError::Stop);
    let promoted = NextFilter::Promoted { pipeline: 0, filter: 0, settings, generation: 2 };
    assert_eq!(running.change(next(&running, vec![promoted], vec![NextSink::Kept(0)])).len(), 1);
    for (number, line) in (3..).zip(["c", "d"]) {
        feed.give_line(line);
        until("a record", || probe.count() == 2 * number);
    }
    feed.end();
    running.finish();
    assert_eq!(probe.texts(), ["a", "old1", "b", "new1", "c", "new2", "d", "new3"]);
}

#[test]
fn a_filter_that_goes_on_can_get_a_canary_and_lose_it() {
    let (mut rig, probe) = Rig::simple(vec![stage(marking("-"))], Policy::Confirm);
    let feed = rig.stream(0, "s");
    let running = rig.start();
    let mut beside = stage(Native::keeping());
    with_canary(&mut beside, marking("+"), policy(1.0));
    let canary = beside.canary.take().expect("just given");
    let steps = [NextRival::None, NextRival::Canary(canary), NextRival::Kept, NextRival::None];
    let mut retired = Vec::new();
    for (number, rival) in (1..).zip(steps) {
        let kept = NextFilter::Kept { pipeline: 0, filter: 0, settings: FilterSettings::of(OnError::Stop), rival };
        retired.push(running.change(next(&running, vec![kept], vec![NextSink::Kept(0)])).len());
        feed.give_line("a");
        until("a record", || probe.count() == number);
    }
    feed.end();
    running.finish();
    assert_eq!((probe.texts().concat(), retired), ("a-a+a+a-".into(), vec![0, 0, 0, 1]));
}

#[test]
fn what_a_canary_routes_leaves_by_its_own_outputs() {
    let mut rig = Rig::new();
    let (first, second) = (rig.sink(Policy::Confirm), rig.sink(Policy::Confirm));
    let mut filter = stage(Native::judging(|_| 128).outputs(&["out"]));
    with_canary(&mut filter, Native::judging(|_| 129).outputs(&["new", "out"]), policy(0.5));
    filter.settings.outputs = vec![route(&[0])];
    filter.settings.canary_outputs = vec![route(&[]), route(&[1])];
    rig.pipeline(vec![filter], &[]);
    give(&mut rig, 32);
    rig.run();
    assert_eq!((first.texts(), second.texts()), (lines("s", 32)[..16].to_vec(), lines("s", 32)[16..].to_vec()));
}

#[test]
fn a_canary_hears_the_time_and_may_emit_and_fail() {
    let ticking = |text: &'static str| {
        Native::keeping().ticking(move |_, decisions| {
            emit(decisions, text.as_bytes(), b"", 0, 0);
            Ok(())
        })
    };
    let mut filter = stage(ticking("old"));
    with_canary(&mut filter, ticking("new"), policy(0.5));
    let (mut rig, probe) = Rig::simple(vec![filter], Policy::Confirm);
    let feed = rig.stream(0, "s");
    let running = rig.start();
    until("a tick", || probe.count() >= 2);
    feed.end();
    running.finish();
    assert_eq!(probe.texts()[..2], ["old", "new"]);

    let mut filter = stage(Native::keeping());
    let failing = Native::keeping().ticking(|_, _| Err(FilterError::Trap("told to".into())));
    let beside = with_canary(&mut filter, failing, CanaryPolicy { errors_above: 0.0, ..policy(0.5) });
    let (mut rig, _) = Rig::simple(vec![filter], Policy::Confirm);
    let feed = rig.stream(0, "s");
    let running = rig.start();
    until("it is given up", || beside.rollout.is_given_up());
    feed.end();
    running.finish();
}

/// Keeps what is told of differences, as text.
#[derive(Default)]
struct Told(Mutex<Vec<String>>);

impl ShadowLog for Told {
    fn put(&self, difference: &ShadowDifference<'_>) {
        let ShadowDifference { origin, decided, shadow, unlike, body, .. } = difference;
        let (origin, body) = (origin.as_ref().expect("it was read"), String::from_utf8_lossy(body));
        self.0.lock().unwrap().push(format!("{body} at {}: {decided:?} {shadow:?} {unlike:?}", origin.position));
    }
}

fn with_shadow(stage: &mut FilterStage, shadow: Native, share: f64) -> (Arc<ShadowMeter>, Arc<Told>) {
    let (meter, told) = (Arc::<ShadowMeter>::default(), Arc::<Told>::default());
    let shared = Arc::new(Shadow::new(share, meter.clone(), told.clone()));
    stage.shadow = Some(Box::new(ShadowStage::new(Box::new(shadow), shared)));
    (meter, told)
}

#[test]
fn a_shadow_sees_what_the_filter_sees_and_what_differs_is_counted_and_told() {
    let words = ["first", "second"];
    let mut filter = stage(Native::judging(|body| u8::from(body == b"b")).reasons(&words));
    let shadow = Native::new(|seen, decisions| {
        decisions.verdicts.extend(seen.bodies().map(|body| u8::from(body == b"c")));
        emit(decisions, b"emitted", b"", 0, 0);
        Ok(())
    });
    let (meter, told) = with_shadow(&mut filter, shadow.reasons(&words), 1.0);
    let (mut rig, probe) = Rig::simple(vec![filter], Policy::Confirm);
    rig.ended_stream("s", &["a\nb\nc\n"]);
    let counts = rig.run();
    assert_eq!((probe.texts().concat(), counts[0].dropped, counts[0].emitted), ("ac".into(), 1, 0));
    assert_eq!((meter.records.get(), meter.differing.get(), meter.errors.get()), (3, 3, 0));
    let expected =
        [r#"b at 2: Drop("first") Keep ["verdict"]"#, r#"c at 4: Keep Drop("first") ["verdict"]"#].map(String::from);
    assert_eq!(*told.0.lock().unwrap(), expected);
}

#[test]
fn a_shadow_sees_records_before_the_filter_edits_them_and_its_share_alone() {
    let edited = || {
        Native::new(|seen, decisions| {
            assert!(seen.bodies().all(|body| body.starts_with(b"s")), "as they were read");
            (0..seen.len()).for_each(|index| replace(decisions, index, Part::Body, 0..1, b"x"));
            Ok(())
        })
    };
    let mut filter = stage(edited());
    let (meter, told) = with_shadow(&mut filter, edited(), 0.25);
    let (mut rig, probe) = Rig::simple(vec![filter], Policy::Confirm);
    give(&mut rig, 1600);
    rig.run();
    assert_eq!(probe.texts(), lines("x", 1600));
    assert_eq!((meter.records.get(), meter.differing.get(), told.0.lock().unwrap().len()), (400, 0, 0));
}

#[test]
fn a_thousand_differences_are_told_and_all_are_counted() {
    let mut filter = stage(Native::keeping());
    let (meter, told) = with_shadow(&mut filter, Native::judging(|_| 1).reasons(&["all"]), 1.0);
    let (mut rig, _) = Rig::simple(vec![filter], Policy::Confirm);
    give(&mut rig, 1600);
    rig.run();
    assert_eq!((meter.differing.get(), told.0.lock().unwrap().len()), (1600, 1000));
}

#[test]
fn a_shadow_that_fails_has_no_effect_and_is_left_alone() {
    let mut filter = stage(marking("-"));
    let (meter, _) = with_shadow(&mut filter, Native::new(|_, _| Err(FilterError::Trap("told to".into()))), 1.0);
    let own = filter.meter.clone();
    let (mut rig, probe) = Rig::simple(vec![filter], Policy::Confirm);
    give(&mut rig, 1600);
    rig.run();
    assert_eq!((probe.count(), own.errors().len()), (1600, 0));
    assert_eq!((meter.records.get(), meter.errors.get()), (0, 4));
}
