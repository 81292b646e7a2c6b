use super::*;
use crate::fixture::{Lane, Line};
use logagent_record::Severity;
use proptest::prelude::*;
use std::sync::{Mutex, PoisonError};

const INFO: u8 = 9;
const ERROR: u8 = 17;

/// A sink that keeps what it is given until it is told to confirm it.
#[derive(Clone, Default)]
struct Shelf(Arc<Mutex<(VecDeque<Delivery>, Vec<Line>)>>);

impl Shelf {
    fn confirm_oldest(&self) {
        let oldest = self.0.lock().unwrap().0.pop_front();
        oldest.into_iter().for_each(Delivery::confirm);
    }

    fn lose_oldest(&self) {
        let oldest = self.0.lock().unwrap().0.pop_front();
        drop(oldest);
    }

    fn held(&self) -> usize {
        self.0.lock().unwrap().0.len()
    }

    /// What has come, in order.
    fn lines(&self) -> Vec<Line> {
        self.0.lock().unwrap().1.clone()
    }

    fn bodies(&self) -> Vec<String> {
        self.lines().into_iter().map(|line| String::from_utf8(line.body).unwrap()).collect()
    }
}

impl Sink for Shelf {
    fn deliver(&mut self, delivery: Delivery) -> Result<(), SinkError> {
        let records = delivery.descriptors();
        let line = |record: &Descriptor| Line {
            body: delivery.body(record).to_vec(),
            attributes: delivery.attributes(record).to_vec(),
            time: record.time_unix_nano,
            severity: record.severity,
            ..Line::default()
        };
        assert_eq!(delivery.bytes, records.iter().map(|record| u64::from(record.body_len) + 1).sum::<u64>());
        let lines: Vec<Line> = records.iter().map(line).collect();
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.1.extend(lines);
        state.0.push_back(delivery);
        Ok(())
    }
}

/// A buffer of 4 KiB, which sheds what is less than a warning once half of it is held.
fn shedding(brimful: Brimful) -> (Box<dyn Sink>, Shelf, Arc<SinkMeter>) {
    let (shelf, meter) = (Shelf::default(), Arc::new(SinkMeter::default()));
    let policy = ShedPolicy { severities: Severities::below(Severity(13)), above: 0.5, brimful };
    let config = ShedConfig { name: "out".into(), bytes: 4096, policy };
    (Shed::new(config, meter.clone()).before(Box::new(shelf.clone())), shelf, meter)
}

fn line(body: &str, severity: u8) -> Line {
    Line { severity, ..Line::new(body) }
}

/// Gives the sink a batch as a lane does; answers what it sheds.
fn give(sink: &mut dyn Sink, lane: &mut Lane, lines: &[Line]) -> Severities {
    let delivery = lane.batch(lines);
    let shed = sink.sheds(delivery.descriptors(), false);
    sink.deliver(delivery).unwrap();
    shed
}

#[test]
fn what_is_taken_is_copied_as_it_is_and_the_lanes_ring_is_free() {
    let (mut sink, shelf, _) = shedding(Brimful::Wait);
    let mut lane = Lane::new();
    let lines = [
        Line { attributes: vec![0x80], time: 5, ..line("one", INFO) },
        Line { is_unterminated: true, ..line("", ERROR) },
        line("three", 0),
    ];
    give(&mut *sink, &mut lane, &lines);
    assert_eq!(lane.returned(), [false]);
    let bare = |line: &Line| (line.body.clone(), line.attributes.clone(), line.time, line.severity);
    assert_eq!(shelf.lines().iter().map(bare).collect::<Vec<_>>(), lines.iter().map(bare).collect::<Vec<_>>());
}

#[test]
fn what_is_on_its_way_is_owed_until_the_sink_has_confirmed_it() {
    let (mut sink, shelf, _) = shedding(Brimful::Wait);
    let mut lane = Lane::new();
    give(&mut *sink, &mut lane, &[line("one", INFO)]);
    give(&mut *sink, &mut lane, &[line("two", INFO)]);
    assert_eq!([0, 1, 2].map(|sequence| sink.owes(sequence)), [true, true, false]);
    shelf.confirm_oldest();
    assert_eq!([0, 1, 2].map(|sequence| sink.owes(sequence)), [false, true, false]);
}

#[test]
fn a_sink_that_is_behind_takes_what_matters_alone_until_it_has_caught_up() {
    let (mut sink, shelf, meter) = shedding(Brimful::Wait);
    let mut lane = Lane::new();
    let (long, pair) = ("x".repeat(2100), [line("info", INFO), line("error", ERROR), line("unknown", 0)]);
    give(&mut *sink, &mut lane, &[line(&long, INFO)]);
    assert!(!meter.behind.is_behind());
    let shed = give(&mut *sink, &mut lane, &pair);
    assert_eq!((shed, meter.shed.get()), (Severities::below(Severity(13)), 1));
    assert!(meter.behind.is_behind());
    assert_eq!(shelf.bodies()[1..], ["error", "unknown"]);
    shelf.confirm_oldest();
    shelf.confirm_oldest();
    assert_eq!(give(&mut *sink, &mut lane, &pair), Severities::NONE);
    assert!(!meter.behind.is_behind());
    assert_eq!(shelf.bodies()[3..], ["info", "error", "unknown"]);
    assert_eq!(lane.returned(), [false; 3]);
}

#[test]
fn nothing_is_owed_of_a_batch_that_is_shed_as_a_whole() {
    let (mut sink, shelf, meter) = shedding(Brimful::Wait);
    let mut lane = Lane::new();
    give(&mut *sink, &mut lane, &[line(&"x".repeat(2100), INFO)]);
    give(&mut *sink, &mut lane, &[line("info", INFO)]);
    assert_eq!((sink.owes(1), shelf.held(), meter.shed.get()), (false, 1, 1));
    assert_eq!(lane.returned(), [false; 2]);
}

#[test]
fn what_is_kept_waits_in_the_lanes_ring_and_goes_on_record_by_record() {
    let (mut sink, shelf, _) = shedding(Brimful::Wait);
    let mut lane = Lane::new();
    let long = "x".repeat(1500);
    give(&mut *sink, &mut lane, &[line(&long, ERROR)]);
    let three = ["a", "b", "c"].map(|name| line(&(name.to_owned() + &long), ERROR));
    give(&mut *sink, &mut lane, &three);
    give(&mut *sink, &mut lane, &[line("last", ERROR)]);
    // The first of the three has room; the others wait, and what comes behind them.
    assert_eq!((shelf.lines().len(), lane.returned(), sink.flush_at()), (2, vec![false], None));
    for arrived in [3, 5] {
        shelf.confirm_oldest();
        assert!(sink.flush_at().is_some());
        sink.flush().unwrap();
        assert_eq!(shelf.lines().len(), arrived);
    }
    let first: String = shelf.bodies().iter().map(|body| body.chars().next().unwrap()).collect();
    assert_eq!((first.as_str(), lane.returned()), ("xabcl", vec![false; 2]));
}

#[test]
fn a_record_that_is_longer_than_the_buffer_stays_in_the_lanes_ring() {
    let (mut sink, shelf, _) = shedding(Brimful::Wait);
    let mut lane = Lane::new();
    give(&mut *sink, &mut lane, &[line("short", ERROR), line(&"x".repeat(5000), ERROR), line("last", ERROR)]);
    assert_eq!(shelf.lines().len(), 1);
    shelf.confirm_oldest();
    sink.flush().unwrap();
    assert_eq!(shelf.bodies().iter().map(String::len).collect::<Vec<_>>(), [5, 5000, 4]);
    // Both pieces are on their way: the long one holds the lane's span, the last is copied.
    assert!(lane.returned().is_empty());
    shelf.confirm_oldest();
    assert_eq!((lane.returned(), sink.owes(0)), (vec![false], true));
}

#[test]
fn a_full_buffer_that_is_told_to_sheds_all_and_holds_nothing_of_the_lanes() {
    let (mut sink, shelf, meter) = shedding(Brimful::Shed);
    let mut lane = Lane::new();
    let long = line(&"x".repeat(1500), ERROR);
    let batches = 6;
    for _ in 0..batches {
        give(&mut *sink, &mut lane, std::slice::from_ref(&long));
    }
    assert_eq!((shelf.held(), meter.shed.get(), lane.returned()), (2, batches - 2, vec![false; 6]));
    shelf.confirm_oldest();
    shelf.confirm_oldest();
    assert_eq!(give(&mut *sink, &mut lane, &[line("info", INFO)]), Severities::NONE);
}

#[test]
fn a_sink_behind_that_loses_records_is_a_failure() {
    let (mut sink, shelf, _) = shedding(Brimful::Wait);
    let mut lane = Lane::new();
    give(&mut *sink, &mut lane, &[line("one", ERROR)]);
    shelf.lose_oldest();
    assert!(sink.owes(0) && sink.flush_at().is_some());
    let error = sink.flush().unwrap_err();
    assert!(error.to_string().starts_with("out: buffer in memory for"), "{error}");
}

#[derive(Clone, Debug)]
enum Step {
    /// Records by length and severity, of high priority where it says so.
    Give(Vec<(usize, u8)>, bool),
    Confirm,
    Flush,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let records = prop::collection::vec((0..1200_usize, 0..=Severity::MAX), 1..8);
    let step = prop_oneof![
        3 => (records, any::<bool>()).prop_map(|(records, is_high_priority)| Step::Give(records, is_high_priority)),
        3 => Just(Step::Confirm),
        1 => Just(Step::Flush),
    ];
    prop::collection::vec(step, 1..60)
}

proptest! {
    /// All that was not shed comes once and in order, whatever is confirmed when; nothing is owed in the end, and no span
    /// of the lane's is held or lost.
    #[test]
    fn all_that_is_not_shed_arrives_in_order(steps in steps(), waits: bool) {
        let brimful = if waits { Brimful::Wait } else { Brimful::Shed };
        let (mut sink, shelf, meter) = shedding(brimful);
        let mut lane = Lane::of(1 << 20);
        let (mut given, mut shed, mut expected, mut number) = (0, 0, Vec::new(), 0);
        for step in steps {
            match step {
                Step::Give(records, is_high_priority) => {
                    let lines: Vec<Line> = records.iter().map(|&(length, severity)| {
                        number += 1;
                        line(&format!("{number:0length$}"), severity)
                    }).collect();
                    let delivery = lane.batch(&lines);
                    let without = sink.sheds(delivery.descriptors(), is_high_priority);
                    sink.deliver(delivery).unwrap();
                    given += 1;
                    let (gone, kept): (Vec<Line>, _) = lines.into_iter().partition(|line| without.contains(line.severity));
                    shed += gone.len() as u64;
                    expected.extend(kept.into_iter().map(|line| String::from_utf8(line.body).unwrap()));
                }
                Step::Confirm => shelf.confirm_oldest(),
                Step::Flush => sink.flush().unwrap(),
            }
        }
        sink.flush().unwrap();
        while shelf.held() > 0 {
            shelf.confirm_oldest();
            sink.flush().unwrap();
        }
        sink.sheds(&[], false);
        prop_assert_eq!(shelf.bodies(), expected);
        prop_assert_eq!(meter.shed.get(), shed);
        prop_assert_eq!(lane.returned(), vec![false; given]);
        prop_assert!((0..given as u64).all(|sequence| !sink.owes(sequence)));
        prop_assert!(!meter.behind.is_behind() && sink.flush_at().is_none());
    }
}
