//! The map against a plain model, with a virtual clock: every operation, expiry, undo, and growth in between.

use logagent_state::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// What a filter may do to one key.
#[derive(Debug, Clone)]
enum Act {
    Set(Vec<u8>),
    Insert(Vec<u8>),
    CompareAndSet(Option<Vec<u8>>, Vec<u8>),
    Fold(Fold, i64),
    Append(Vec<u8>, u32),
    Remove,
    Get,
    Contains,
}

#[derive(Debug, Clone)]
enum Step {
    One {
        act: Act,
        key: Vec<u8>,
        lives_ms: Option<u64>,
    },
    Many {
        act: Act,
        keys: Vec<Vec<u8>>,
        lives_ms: Option<u64>,
    },
    /// A transaction, which is undone.
    Undone(Vec<(Act, Vec<u8>)>),
    Pass(u64),
    Sweep,
    Grow,
    Clear,
    Range(usize),
}

/// Debug builds are for the sanitizers, and slow.
const CASES: u32 = if cfg!(miri) {
    2
} else if cfg!(debug_assertions) {
    64
} else {
    1_024
};

/// More than all keys with their longest values.
const BUDGET: u64 = 2 << 20;

/// miri takes a minute for some twenty steps.
const STEPS: usize = if cfg!(miri) { 20 } else { 120 };

type Model = BTreeMap<Vec<u8>, (Vec<u8>, Expiry)>;

fn lives(expiry: Expiry, now: UnixMs) -> bool {
    match expiry {
        Expiry::Never => true,
        Expiry::At(at) => now < at,
    }
}

fn number(value: &[u8]) -> Option<i64> {
    value.try_into().ok().map(i64::from_le_bytes)
}

fn folded(how: Fold, there: i64, operand: i64) -> i64 {
    match how {
        Fold::Add => there.saturating_add(operand),
        Fold::Min => there.min(operand),
        Fold::Max => there.max(operand),
    }
}

/// What an act answers: whether it was done, with a value or a number where it has one.
#[derive(Debug, PartialEq)]
enum Answer {
    Done(bool),
    Value(Option<Vec<u8>>),
    Number(Option<i64>),
}

fn on_model(model: &mut Model, act: &Act, key: &[u8], expiry: Expiry, now: UnixMs) -> Answer {
    model.retain(|_, (_, expiry)| lives(*expiry, now));
    let there = model.get(key).cloned();
    let value = there.as_ref().map(|there| there.0.clone());
    let kept = there.as_ref().map_or(expiry, |there| there.1);
    let mut put = |value: Vec<u8>, expiry| drop(model.insert(key.to_vec(), (value, expiry)));
    match act {
        Act::Set(new) => put(new.clone(), expiry),
        Act::Insert(_) if value.is_some() => return Answer::Done(false),
        Act::Insert(new) => put(new.clone(), expiry),
        Act::CompareAndSet(expected, _) if *expected != value => return Answer::Done(false),
        Act::CompareAndSet(_, new) => put(new.clone(), expiry),
        Act::Fold(how, operand) => {
            let result = match &value {
                None => Some(*operand),
                Some(value) => number(value).map(|there| folded(*how, there, *operand)),
            };
            if let Some(result) = result {
                put(result.to_le_bytes().to_vec(), kept);
            }
            return Answer::Number(result);
        }
        Act::Append(more, most) => {
            let whole = [value.unwrap_or_default(), more.clone()].concat();
            if whole.len() > *most as usize {
                return Answer::Done(false);
            }
            put(whole, kept);
        }
        Act::Remove => {
            model.remove(key);
            return Answer::Value(value);
        }
        Act::Get => return Answer::Value(value),
        Act::Contains => return Answer::Done(value.is_some()),
    }
    Answer::Done(true)
}

fn on_map(map: &Map, ns: Namespace, act: &Act, key: &[u8], call: &mut Call<'_>) -> Answer {
    let mut into = b"before".to_vec();
    let answer = match act {
        Act::Set(value) => Answer::Done(map.set(ns, key, value, call).is_ok()),
        Act::Insert(value) => Answer::Done(map.insert(ns, key, value, call).unwrap()),
        Act::CompareAndSet(expected, value) => {
            Answer::Done(map.compare_and_set(ns, key, expected.as_deref(), value, call).unwrap())
        }
        Act::Fold(how, operand) => Answer::Number(map.fold(ns, key, *how, *operand, call).ok()),
        Act::Append(value, most) => Answer::Done(map.append(ns, key, value, *most, call).unwrap()),
        Act::Remove => {
            let bytes = map.remove(ns, key, &mut into, call).unwrap();
            Answer::Value(bytes.map(|bytes| into[into.len() - bytes..].to_vec()))
        }
        Act::Get => {
            let bytes = map.get(ns, key, call.now, &mut into);
            Answer::Value(bytes.map(|bytes| into[into.len() - bytes..].to_vec()))
        }
        Act::Contains => Answer::Done(map.contains(ns, key, call.now)),
    };
    assert!(into.starts_with(b"before"));
    answer
}

/// The same act on many keys in one call: the answers in the keys' order.
fn on_map_many(map: &Map, ns: Namespace, act: &Act, keys: &[Vec<u8>], call: &mut Call<'_>) -> Vec<Answer> {
    let scratch = &mut Scratch::default();
    let flat: Values = keys.iter().map(|key| Some(&key[..])).collect();
    let same = |value: &[u8]| keys.iter().map(|_| Some(value)).collect::<Values>();
    let mut out = Values::default();
    let statuses = |scratch: &Scratch| scratch.statuses.iter().map(|&status| Answer::Done(status == 1)).collect();
    let values = |out: &Values| out.iter().map(|value| Answer::Value(value.map(<[u8]>::to_vec))).collect();
    match act {
        Act::Set(value) => map.set_many(ns, flat.flat(), same(value).flat(), call, scratch).unwrap(),
        Act::Insert(value) => map.insert_many(ns, flat.flat(), same(value).flat(), call, scratch).unwrap(),
        Act::CompareAndSet(expected, value) => {
            let expected: Values = keys.iter().map(|_| expected.as_deref()).collect();
            map.compare_and_set_many(ns, flat.flat(), expected.flat(), same(value).flat(), call, scratch).unwrap();
        }
        Act::Append(value, most) => map.append_many(ns, flat.flat(), same(value).flat(), *most, call, scratch).unwrap(),
        Act::Fold(how, operand) => {
            map.fold_many(ns, flat.flat(), *how, &vec![*operand; keys.len()], call, scratch).unwrap();
            let results = scratch.numbers.iter().zip(&scratch.statuses);
            return results.map(|(&number, &status)| Answer::Number((status == 1).then_some(number))).collect();
        }
        Act::Remove => {
            map.remove_many(ns, flat.flat(), call, scratch, &mut out).unwrap();
            return values(&out);
        }
        Act::Get => {
            map.get_many(ns, flat.flat(), call.now, scratch, &mut out);
            return values(&out);
        }
        Act::Contains => {
            let mut there = Vec::new();
            map.contains_many(ns, flat.flat(), call.now, scratch, &mut there);
            return there.iter().map(|&there| Answer::Done(there == 1)).collect();
        }
    }
    statuses(scratch)
}

fn all(map: &Map, ns: Namespace, now: UnixMs, most_bytes: usize) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let (mut page, mut cursor, mut seen) = (Page::default(), Some(Cursor::default()), BTreeMap::new());
    while let Some(from) = cursor {
        cursor = map.range(ns, b"", from, now, most_bytes, &mut page);
        for (key, value) in page.keys.iter().zip(&mut page.values.iter()) {
            let twice = seen.insert(key.unwrap().to_vec(), value.unwrap().to_vec());
            assert_eq!(twice, None, "seen twice: {key:?}");
        }
    }
    seen
}

fn key() -> impl Strategy<Value = Vec<u8>> {
    // Some are longer than those that are looked at in one glance, which have up to 80 bytes.
    let more = prop::sample::select(vec![0, 9, 18, 79, 80]);
    (0..25_u8, more).prop_map(|(number, more)| [vec![number], vec![b'k'; more]].concat())
}

/// So many bytes, no two lines of which are the same.
fn unlike_each_other((first, bytes): (u8, usize)) -> Vec<u8> {
    let byte = |at: usize| first.wrapping_add((at % 251).to_le_bytes()[0]);
    (0..bytes).map(byte).collect()
}

fn value() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        any::<i64>().prop_map(|number| number.to_le_bytes().to_vec()),
        prop::collection::vec(any::<u8>(), 0..40),
        // Lengths at which values are read and replaced in other ways, few enough that one often follows itself.
        (any::<u8>(), prop::sample::select(vec![0, 8, 9, 63, 64, 65, 128, 255, 256, 257])).prop_map(unlike_each_other),
        (any::<u8>(), 0..3000_usize).prop_map(unlike_each_other),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    let how = prop_oneof![Just(Fold::Add), Just(Fold::Min), Just(Fold::Max)];
    prop_oneof![
        3 => value().prop_map(Act::Set),
        2 => value().prop_map(Act::Insert),
        2 => (prop::option::of(value()), value()).prop_map(|(expected, new)| Act::CompareAndSet(expected, new)),
        3 => (how, any::<i64>()).prop_map(|(how, operand)| Act::Fold(how, operand)),
        2 => (value(), 0..100_u32).prop_map(|(more, most)| Act::Append(more, most)),
        2 => Just(Act::Remove),
        3 => Just(Act::Get),
        1 => Just(Act::Contains),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let lives = || prop::option::of(1..50_u64);
    prop_oneof![
        10 => (act(), key(), lives()).prop_map(|(act, key, lives_ms)| Step::One { act, key, lives_ms }),
        3 => (act(), prop::collection::vec(key(), 0..40), lives())
            .prop_map(|(act, keys, lives_ms)| Step::Many { act, keys, lives_ms }),
        2 => prop::collection::vec((act(), key()), 0..12).prop_map(Step::Undone),
        2 => (1..20_u64).prop_map(Step::Pass),
        1 => Just(Step::Sweep),
        1 => Just(Step::Grow),
        1 => (0..2000_usize).prop_map(Step::Range),
        1 => Just(Step::Clear),
    ]
}

fn expiry(lives_ms: Option<u64>, now: UnixMs) -> Expiry {
    lives_ms.map_or(Expiry::Never, |ms| Expiry::At(UnixMs(now.0 + ms)))
}

struct Run {
    map: Map,
    ns: Namespace,
    model: Model,
    now: UnixMs,
}

impl Run {
    fn new() -> Self {
        let options = Options { shards: 2, max_shards: 16, budget_bytes: BUDGET, ..Options::default() };
        let map = Map::new(options).unwrap();
        let ns = map.namespace("model", Quota { budget_bytes: BUDGET, when_full: WhenFull::Refuse }).unwrap();
        Self { map, ns, model: Model::new(), now: UnixMs(1_000) }
    }

    fn step(&mut self, step: Step) {
        let now = self.now;
        match step {
            Step::One { act, key, lives_ms } => {
                let mut call = Call { expiry: expiry(lives_ms, now), ..Call::at(now) };
                let expected = on_model(&mut self.model, &act, &key, call.expiry, now);
                assert_eq!(on_map(&self.map, self.ns, &act, &key, &mut call), expected);
            }
            Step::Many { act, keys, lives_ms } => {
                let mut call = Call { expiry: expiry(lives_ms, now), ..Call::at(now) };
                let each = keys.iter().map(|key| on_model(&mut self.model, &act, key, call.expiry, now));
                let expected: Vec<_> = each.collect();
                assert_eq!(on_map_many(&self.map, self.ns, &act, &keys, &mut call), expected);
            }
            Step::Undone(acts) => self.undone(&acts),
            Step::Pass(ms) => self.now.0 += ms,
            Step::Sweep => self.map.sweep(now, 1),
            Step::Grow => {
                self.map.grow();
            }
            Step::Clear => {
                self.map.clear(self.ns);
                self.model.clear();
                assert_eq!((self.map.len(self.ns), self.map.bytes(self.ns)), (0, 0));
            }
            Step::Range(most_bytes) => self.compare(most_bytes),
        }
    }

    fn undone(&mut self, acts: &[(Act, Vec<u8>)]) {
        let mut journal = Journal::default();
        let before = self.model.clone();
        for (act, key) in acts {
            let mut call = Call { journal: Some(&mut journal), ..Call::at(self.now) };
            let expected = on_model(&mut self.model, act, key, Expiry::Never, self.now);
            assert_eq!(on_map(&self.map, self.ns, act, key, &mut call), expected);
        }
        assert_eq!(self.map.undo(&mut journal, self.now), 0);
        assert!(journal.is_empty() && journal.bytes() == 0);
        self.model = before;
        self.compare(usize::MAX);
    }

    fn compare(&self, most_bytes: usize) {
        let living = self.model.iter().filter(|(_, (_, expiry))| lives(*expiry, self.now));
        let expected: BTreeMap<_, _> = living.map(|(key, (value, _))| (key.clone(), value.clone())).collect();
        assert_eq!(all(&self.map, self.ns, self.now, most_bytes), expected);
        let mut exported = BTreeMap::new();
        let mut index = 0;
        while index < self.map.shards() {
            self.map.export_shard(index, self.now, &mut |entry| {
                let (_, expiry) = &self.model[entry.key];
                assert_eq!(entry.expiry, *expiry);
                exported.insert(entry.key.to_vec(), entry.value.to_vec());
            });
            index += 1;
        }
        assert_eq!(exported, expected);
    }

    fn check_bytes(&mut self) {
        self.map.sweep(self.now, u32::MAX);
        let now = self.now;
        self.model.retain(|_, (_, expiry)| lives(*expiry, now));
        let entry = |(key, (value, expiry)): (&Vec<u8>, &(Vec<u8>, Expiry))| {
            entry_bytes(key.len(), value.len(), *expiry != Expiry::Never)
        };
        assert_eq!(self.map.bytes(self.ns), self.model.iter().map(entry).sum::<u64>());
        assert_eq!(self.map.len(self.ns), self.model.len() as u64);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_map_does_what_a_plain_map_does(steps in prop::collection::vec(step(), 0..STEPS)) {
        let mut run = Run::new();
        steps.into_iter().for_each(|step| run.step(step));
        run.compare(100);
        run.check_bytes();
    }
}
