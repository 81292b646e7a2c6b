//! The orderings between readers and a writer, in every interleaving that loom finds, on tiny maps.

use crate::lock::Intent;
use crate::stats::Operation;
use crate::{Call, Growth, Map, Namespace, Options, Quota, UnixMs, WhenFull};
use loom::sync::Arc;
use loom::thread;

const NOW: UnixMs = UnixMs(1);

/// The bugs that were planted need one preemption or two; three take a quarter of an hour.
fn explore(model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(2);
    builder.max_branches = 20_000;
    builder.check(model);
}

fn map(max_shards: u32) -> (Arc<Map>, Namespace) {
    let options = Options {
        shards: 1,
        max_shards,
        budget_bytes: 16 * 16 * 8,
        growth: Growth { threshold: 1.0, window: u32::MAX },
        seed: Some([1, 2]),
    };
    let map = Map::new(options).unwrap();
    let quota = Quota { budget_bytes: 1 << 20, when_full: WhenFull::Refuse };
    let namespace = map.namespace("loom", quota).unwrap();
    (Arc::new(map), namespace)
}

/// Odd values are longer than even ones: where one follows the other, it needs another block.
fn value_bytes(value: u8) -> usize {
    16 + 8 * usize::from(value % 2)
}

fn set(map: &Map, namespace: Namespace, key: u64, value: u8) {
    let bytes = &[value; 24][..value_bytes(value)];
    map.set(namespace, &key.to_le_bytes(), bytes, &mut Call::at(NOW)).unwrap();
}

fn remove(map: &Map, namespace: Namespace, key: u64) {
    let removed = map.remove(namespace, &key.to_le_bytes(), &mut Vec::new(), &mut Call::at(NOW));
    assert!(matches!(removed, Ok(Some(_))));
}

/// The byte that all of the key's value is.
fn get(map: &Map, namespace: Namespace, key: u64) -> Option<u8> {
    let mut value = Vec::new();
    map.get(namespace, &key.to_le_bytes(), NOW, &mut value)?;
    let is_whole = value.len() == value_bytes(value[0]) && value.iter().all(|byte| *byte == value[0]);
    assert!(is_whole, "torn: {value:?}");
    Some(value[0])
}

fn enlarge_table(map: &Map, namespace: Namespace, key: u64) {
    let hash = map.key(namespace, &key.to_le_bytes()).hash;
    assert!(map.hold(hash, Intent::patient(Operation::Set, NOW)).unwrap().enlarge_table());
}

/// Explores `prepare`, then `write` beside `read`. The writer is the thread that runs first: of a thread's accesses to a
/// word loom keeps the last, so a load of the writer's before its store would hide a reader's.
fn race(max_shards: u32, prepare: fn(&Tiny), write: fn(&Tiny), read: fn(&Tiny)) {
    explore(move || {
        let (map, namespace) = map(max_shards);
        let tiny = Tiny { map, namespace };
        prepare(&tiny);
        let reader = thread::spawn({
            let tiny = tiny.clone();
            move || read(&tiny)
        });
        write(&tiny);
        reader.join().unwrap();
        read(&tiny);
    });
}

#[derive(Clone)]
struct Tiny {
    map: Arc<Map>,
    namespace: Namespace,
}

impl Tiny {
    fn set(&self, key: u64, value: u8) {
        set(&self.map, self.namespace, key, value);
    }

    fn get(&self, key: u64) -> Option<u8> {
        get(&self.map, self.namespace, key)
    }

    /// Two reads in a row: what was seen is not taken back.
    fn reads_in_order(&self, key: u64) {
        let first = self.get(key).unwrap();
        let second = self.get(key).unwrap();
        assert!(first <= second, "{first}, then {second}");
    }

    /// Nine keys whose search begins in the first of two buckets: the last one lies in the second.
    fn nine(&self) -> Vec<u64> {
        let is_first = |key: &u64| self.map.key(self.namespace, &key.to_le_bytes()).hash >> 63 == 0;
        (0..).filter(is_first).take(9).collect()
    }

    /// A key of the shard that stays, and one of the shard that is split off.
    fn two_halves(&self) -> [u64; 2] {
        let bit = |key: u64| self.map.key(self.namespace, &key.to_le_bytes()).hash & 1;
        [0, 1].map(|half| (0..).find(|&key| bit(key) == half).unwrap())
    }
}

#[test]
fn a_reader_sees_one_value_or_another_while_its_block_is_reused() {
    race(
        1,
        |tiny| tiny.set(1, 1),
        |tiny| [2, 3].into_iter().for_each(|value| tiny.set(1, value)),
        |tiny| tiny.reads_in_order(1),
    );
}

#[test]
fn a_reader_sees_one_value_or_another_while_it_is_replaced_where_it_lies() {
    race(
        1,
        |tiny| tiny.set(1, 2),
        |tiny| [4, 6].into_iter().for_each(|value| tiny.set(1, value)),
        |tiny| tiny.reads_in_order(1),
    );
}

#[test]
fn a_reader_never_takes_another_keys_value() {
    race(
        1,
        |tiny| tiny.set(1, 1),
        |tiny| {
            remove(&tiny.map, tiny.namespace, 1);
            tiny.set(2, 2);
        },
        |tiny| assert!(matches!(tiny.get(1), None | Some(1))),
    );
}

#[test]
fn a_key_is_found_while_the_table_is_replaced_and_its_memory_reused() {
    race(
        1,
        |tiny| tiny.set(1, 1),
        |tiny| {
            enlarge_table(&tiny.map, tiny.namespace, 1);
            // Two fit into the first entry's chunk, three into the one that the table was in.
            (2..7).for_each(|key| tiny.set(key, 2));
        },
        |tiny| assert_eq!(tiny.get(1), Some(1)),
    );
}

#[test]
fn a_reader_in_a_table_that_was_replaced_sees_nothing_too_early() {
    race(
        1,
        |tiny| tiny.set(1, 1),
        |tiny| {
            enlarge_table(&tiny.map, tiny.namespace, 1);
            // The second in the block that the old table still leads to.
            [2, 3].into_iter().for_each(|value| tiny.set(1, value));
        },
        |tiny| tiny.reads_in_order(1),
    );
}

#[test]
fn a_key_is_found_while_it_is_moved_to_the_slot_of_one_that_was_removed() {
    race(
        1,
        |tiny| tiny.nine().into_iter().for_each(|key| tiny.set(key, 1)),
        |tiny| remove(&tiny.map, tiny.namespace, tiny.nine()[0]),
        |tiny| assert_eq!(tiny.get(tiny.nine()[8]), Some(1)),
    );
}

#[test]
fn keys_are_found_while_their_shard_is_split() {
    race(
        2,
        |tiny| tiny.two_halves().into_iter().for_each(|key| tiny.set(key, 1)),
        |tiny| {
            assert!(tiny.map.grow());
            tiny.set(tiny.two_halves()[0], 2);
        },
        |tiny| assert!(tiny.two_halves().map(|key| tiny.get(key)).into_iter().all(|value| value.is_some())),
    );
}

#[test]
fn a_key_that_was_split_off_is_seen_with_its_later_values() {
    race(
        2,
        |tiny| tiny.set(tiny.two_halves()[1], 1),
        |tiny| {
            assert!(tiny.map.grow());
            tiny.set(tiny.two_halves()[1], 2);
        },
        |tiny| tiny.reads_in_order(tiny.two_halves()[1]),
    );
}
