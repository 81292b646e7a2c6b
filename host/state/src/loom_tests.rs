//! The orderings between readers and a writer, in every interleaving that loom finds, on tiny maps.

use crate::lock::Intent;
use crate::stats::Operation;
use crate::{Call, Growth, Map, Namespace, Options, Quota, UnixMs, WhenFull};
use loom::sync::Arc;
use loom::thread;

const NOW: UnixMs = UnixMs(1);

/// Which preemptions are tried: the bugs that are looked for need two or three.
fn explore(model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
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

fn set(map: &Map, namespace: Namespace, key: u64, value: u8) {
    map.set(namespace, &key.to_le_bytes(), &[value; 16], &mut Call::at(NOW)).unwrap();
}

fn remove(map: &Map, namespace: Namespace, key: u64) {
    let removed = map.remove(namespace, &key.to_le_bytes(), &mut Vec::new(), &mut Call::at(NOW));
    assert_eq!(removed, Ok(Some(16)));
}

/// The byte that all of the key's value is.
fn get(map: &Map, namespace: Namespace, key: u64) -> Option<u8> {
    let mut value = Vec::new();
    map.get(namespace, &key.to_le_bytes(), NOW, &mut value)?;
    assert!(value.len() == 16 && value.iter().all(|byte| *byte == value[0]), "torn: {value:?}");
    Some(value[0])
}

/// Keys whose search begins in the first of two buckets.
fn keys_of_one_bucket(map: &Map, namespace: Namespace) -> impl Iterator<Item = u64> {
    (0..).filter(move |key: &u64| map.key(namespace, &key.to_le_bytes()).hash >> 63 == 0)
}

#[test]
fn a_reader_sees_one_value_or_another_while_its_block_is_reused() {
    explore(|| {
        let (map, namespace) = map(1);
        set(&map, namespace, 1, 1);
        let writer = thread::spawn({
            let map = map.clone();
            move || {
                set(&map, namespace, 1, 2);
                set(&map, namespace, 1, 3);
            }
        });
        let first = get(&map, namespace, 1).unwrap();
        let second = get(&map, namespace, 1).unwrap();
        assert!(first <= second, "{first}, then {second}");
        writer.join().unwrap();
        assert_eq!(get(&map, namespace, 1), Some(3));
    });
}

#[test]
fn a_reader_never_takes_another_keys_value() {
    explore(|| {
        let (map, namespace) = map(1);
        set(&map, namespace, 1, 1);
        let writer = thread::spawn({
            let map = map.clone();
            move || {
                remove(&map, namespace, 1);
                set(&map, namespace, 2, 2);
            }
        });
        assert!(matches!(get(&map, namespace, 1), None | Some(1)));
        writer.join().unwrap();
    });
}

#[test]
fn a_key_is_found_while_the_table_is_replaced_and_its_memory_reused() {
    explore(|| {
        let (map, namespace) = map(1);
        set(&map, namespace, 1, 1);
        let writer = thread::spawn({
            let map = map.clone();
            move || {
                let hash = map.key(namespace, &1_u64.to_le_bytes()).hash;
                let mut held = map.hold(hash, Intent::patient(Operation::Set, NOW)).unwrap();
                assert!(held.enlarge_table());
                drop(held);
                // The chunk that the table was in is the first that is free.
                (2..5).for_each(|key| set(&map, namespace, key, 2));
            }
        });
        assert_eq!(get(&map, namespace, 1), Some(1));
        writer.join().unwrap();
        assert_eq!(get(&map, namespace, 1), Some(1));
    });
}

#[test]
fn a_key_is_found_while_it_is_moved_to_the_slot_of_one_that_was_removed() {
    explore(|| {
        let (map, namespace) = map(1);
        let keys: Vec<u64> = keys_of_one_bucket(&map, namespace).take(9).collect();
        keys.iter().for_each(|&key| set(&map, namespace, key, 1));
        let (first, last) = (keys[0], keys[8]);
        let writer = thread::spawn({
            let map = map.clone();
            move || remove(&map, namespace, first)
        });
        assert_eq!(get(&map, namespace, last), Some(1));
        writer.join().unwrap();
        assert_eq!(get(&map, namespace, last), Some(1));
    });
}

#[test]
fn keys_are_found_while_their_shard_is_split() {
    explore(|| {
        let (map, namespace) = map(2);
        let keys =
            [0, 1].map(|bit| (0..).find(|key: &u64| map.key(namespace, &key.to_le_bytes()).hash & 1 == bit).unwrap());
        keys.iter().for_each(|&key| set(&map, namespace, key, 1));
        let writer = thread::spawn({
            let map = map.clone();
            move || {
                map.start_growth();
                set(&map, namespace, keys[1], 2);
            }
        });
        let seen = keys.map(|key| get(&map, namespace, key));
        assert!(seen[0] == Some(1) && matches!(seen[1], Some(1 | 2)), "{seen:?}");
        writer.join().unwrap();
        assert_eq!((map.shards(), get(&map, namespace, keys[1])), (2, Some(2)));
    });
}
