//! Concurrent histories of a key's operations, checked: some order of them, in which none comes before one that was
//! over when it began, must explain all answers. (Wing and Gong, "Testing and Verifying Concurrent Objects", JPDC 17,
//! 1993, with a memory of what was tried, as Lowe adds, 2017. Keys are checked one by one: linearizability is local,
//! Herlihy and Wing, TOPLAS 12:3, 1990.)

use logagent_state::*;
use std::collections::HashSet;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};

const NOW: UnixMs = UnixMs(1_000);
const ROUNDS: u64 = if cfg!(miri) { 3 } else { 3_000 };
const THREADS: usize = 3;
const ACTS: usize = 5;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Act {
    Get,
    Set(i64),
    Swap(Option<i64>, i64),
    Add(i64),
    Remove,
}

/// What was answered: a value (none: there was none), or whether it was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Answer {
    Value(Option<i64>),
    Done(bool),
}

/// One operation with its answer, and the moments between which it happened.
#[derive(Debug, Clone, Copy)]
struct Event {
    act: Act,
    answer: Answer,
    began: u64,
    ended: u64,
}

/// What a register does, one operation after the other.
fn apply(state: Option<i64>, act: Act) -> (Option<i64>, Answer) {
    match act {
        Act::Get => (state, Answer::Value(state)),
        Act::Set(value) => (Some(value), Answer::Done(true)),
        Act::Swap(expected, value) if state == expected => (Some(value), Answer::Done(true)),
        Act::Swap(..) => (state, Answer::Done(false)),
        Act::Add(more) => {
            let sum = Some(state.unwrap_or(0) + more);
            (sum, Answer::Value(sum))
        }
        Act::Remove => (None, Answer::Value(state)),
    }
}

/// Whether the events can be put into one order.
fn is_linearizable(events: &[Event]) -> bool {
    let mut tried = HashSet::new();
    try_next(events, (1 << events.len()) - 1, None, &mut tried)
}

/// Whether those events that are left (bits) can follow in the state.
fn try_next(events: &[Event], left: u32, state: Option<i64>, tried: &mut HashSet<(u32, Option<i64>)>) -> bool {
    if left == 0 {
        return true;
    }
    if !tried.insert((left, state)) {
        return false;
    }
    let remaining = || events.iter().enumerate().filter(|(index, _)| left & 1 << index != 0);
    let first_end = remaining().map(|(_, event)| event.ended).min().unwrap_or(u64::MAX);
    remaining().filter(|(_, event)| event.began < first_end).any(|(index, event)| {
        let (next, answer) = apply(state, event.act);
        answer == event.answer && try_next(events, left & !(1 << index), next, tried)
    })
}

/// How a number is kept: in 8 bytes, which are replaced in place, or in more, which are not.
#[derive(Debug, Clone, Copy)]
enum Kept {
    Small,
    Large,
}

impl Kept {
    fn write(self, number: i64) -> Vec<u8> {
        match self {
            Self::Small => number.to_le_bytes().to_vec(),
            Self::Large => number.to_le_bytes().repeat(9),
        }
    }

    /// All copies of a large one must be the same.
    fn read(self, value: &[u8]) -> i64 {
        let number = i64::from_le_bytes(value[..8].try_into().unwrap());
        assert_eq!(value, self.write(number), "torn");
        number
    }
}

struct Recorder<'a> {
    map: &'a Map,
    ns: Namespace,
    kept: Kept,
    clock: &'a AtomicU64,
}

impl Recorder<'_> {
    fn record(&self, key: &[u8], act: Act, run: impl Fn(&Self, &[u8], Act) -> Answer) -> Event {
        let began = self.clock.fetch_add(1, Ordering::SeqCst);
        let answer = run(self, key, act);
        Event { act, answer, began, ended: self.clock.fetch_add(1, Ordering::SeqCst) }
    }

    fn run(&self, key: &[u8], act: Act) -> Answer {
        let (map, ns, call) = (self.map, self.ns, &mut Call::at(NOW));
        let mut into = Vec::new();
        match act {
            Act::Get => {
                let found = map.get(ns, key, NOW, &mut into);
                Answer::Value(found.map(|_| self.kept.read(&into)))
            }
            Act::Set(number) => Answer::Done(map.set(ns, key, &self.kept.write(number), call).is_ok()),
            Act::Swap(expected, number) => {
                let expected = expected.map(|number| self.kept.write(number));
                let value = self.kept.write(number);
                Answer::Done(map.compare_and_set(ns, key, expected.as_deref(), &value, call).unwrap())
            }
            Act::Add(more) => Answer::Value(Some(map.fold(ns, key, Fold::Add, more, call).unwrap())),
            Act::Remove => {
                let found = map.remove(ns, key, &mut into, call).unwrap();
                Answer::Value(found.map(|_| self.kept.read(&into)))
            }
        }
    }
}

fn map() -> (Map, Namespace) {
    let map = Map::new(Options { shards: 1, max_shards: 64, ..Options::default() }).unwrap();
    let ns = map.namespace("history", Quota { budget_bytes: 1 << 20, when_full: WhenFull::Evict }).unwrap();
    (map, ns)
}

fn random_act(random: &mut fastrand::Rng, kept: Kept) -> Act {
    let number = |random: &mut fastrand::Rng| random.i64(0..3);
    match (random.u32(0..10), kept) {
        (0..3, _) => Act::Get,
        (3..5, _) => Act::Set(number(random)),
        (5..7, _) => Act::Swap(random.bool().then(|| number(random)), number(random)),
        (7..9, Kept::Small) => Act::Add(1 + number(random)),
        (7..9, Kept::Large) => Act::Set(number(random)),
        _ => Act::Remove,
    }
}

/// What threads that start together do to one key.
fn history(recorder: &Recorder<'_>, key: &[u8], seed: u64, extra: impl Fn() + Sync) -> Vec<Event> {
    let start = Barrier::new(THREADS);
    std::thread::scope(|scope| {
        let (start, extra) = (&start, &extra);
        let threads: Vec<_> = (0..THREADS as u64)
            .map(|thread| {
                scope.spawn(move || {
                    let mut random = fastrand::Rng::with_seed(seed * 100 + thread);
                    start.wait();
                    let acts = (0..ACTS).map(|_| {
                        extra();
                        recorder.record(key, random_act(&mut random, recorder.kept), Recorder::run)
                    });
                    acts.collect::<Vec<_>>()
                })
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}

fn check(kept: Kept, extra: impl Fn(&Map, u64) + Sync) {
    let (map, ns) = map();
    let clock = AtomicU64::new(0);
    let recorder = Recorder { map: &map, ns, kept, clock: &clock };
    for round in 0..ROUNDS {
        let events = history(&recorder, &round.to_le_bytes(), round, || extra(&map, round));
        assert!(is_linearizable(&events), "{events:#?}");
    }
}

#[test]
fn histories_of_numbers_are_linearizable() {
    check(Kept::Small, |_, _| {});
}

#[test]
fn histories_of_larger_values_are_linearizable() {
    check(Kept::Large, |_, _| {});
}

#[test]
fn histories_are_linearizable_while_shards_double() {
    check(Kept::Large, |map, round| {
        if round % 200 == 100 {
            map.grow();
        }
    });
}

/// The planted bug: an addition that is a read and a write, with another thread's addition between the two.
#[test]
fn the_checker_finds_an_addition_that_is_not_atomic() {
    let (map, ns) = map();
    let clock = AtomicU64::new(0);
    let recorder = Recorder { map: &map, ns, kept: Kept::Small, clock: &clock };
    let between = Barrier::new(2);
    let broken = |recorder: &Recorder<'_>, key: &[u8], act: Act| {
        let Answer::Value(there) = recorder.run(key, Act::Get) else { unreachable!() };
        between.wait();
        between.wait();
        let (sum, answer) = apply(there, act);
        recorder.run(key, Act::Set(sum.unwrap()));
        answer
    };
    let events = std::thread::scope(|scope| {
        let first = scope.spawn(|| recorder.record(b"sum", Act::Add(1), broken));
        between.wait();
        let second = recorder.record(b"sum", Act::Add(1), Recorder::run);
        between.wait();
        vec![first.join().unwrap(), second, recorder.record(b"sum", Act::Get, Recorder::run)]
    });
    assert_eq!(events[2].answer, Answer::Value(Some(1)));
    assert!(!is_linearizable(&events));
}
