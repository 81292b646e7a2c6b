//! The number of shards doubles while the map is used.

use logagent_state::*;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

const NOW: UnixMs = UnixMs(1_000);
const KEPT: u64 = if cfg!(miri) { 50 } else { 2_000 };
const MOST_SHARDS: u32 = if cfg!(miri) { 8 } else { 256 };

fn map(growth: Growth) -> (Map, Namespace) {
    let options = Options { shards: 1, max_shards: MOST_SHARDS, budget_bytes: 64 << 20, growth, ..Options::default() };
    let map = Map::new(options).unwrap();
    let ns = map.namespace("growth", Quota { budget_bytes: 8 << 20, when_full: WhenFull::Refuse }).unwrap();
    (map, ns)
}

fn value(key: u64) -> Vec<u8> {
    key.to_le_bytes().repeat(3)
}

fn set(map: &Map, ns: Namespace, key: u64) {
    map.set(ns, &key.to_le_bytes(), &value(key), &mut Call::at(NOW)).unwrap();
}

fn get(map: &Map, ns: Namespace, key: u64) -> Option<Vec<u8>> {
    let mut into = Vec::new();
    map.get(ns, &key.to_le_bytes(), NOW, &mut into)?;
    Some(into)
}

#[test]
fn keys_that_stay_are_always_found_while_others_come_and_go_and_shards_double() {
    let (map, ns) = map(Growth::default());
    (0..KEPT).for_each(|key| set(&map, ns, key));
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for writer in [1, 2] {
            let (map, is_over) = (&map, &is_over);
            scope.spawn(move || come_and_go(map, ns, writer, is_over));
        }
        scope.spawn(|| read_until(&map, ns, &is_over));
        while map.shards() < MOST_SHARDS {
            map.grow();
            map.sweep(NOW, 1);
        }
        map.sweep(NOW, map.shards());
        is_over.store(true, Ordering::Relaxed);
    });
    assert!((0..KEPT).all(|key| get(&map, ns, key) == Some(value(key))));
    assert_eq!(map.shard_stats().iter().map(|shard| shard.entries).sum::<u64>(), map.len(ns));
}

/// Writes, overwrites and removes keys of its own, and sees each of its writes.
fn come_and_go(map: &Map, ns: Namespace, writer: u64, is_over: &AtomicBool) {
    let mut random = fastrand::Rng::with_seed(writer);
    while !is_over.load(Ordering::Relaxed) {
        let key = writer << 32 | random.u64(0..500);
        set(map, ns, key);
        assert_eq!(get(map, ns, key), Some(value(key)));
        set(map, ns, random.u64(0..KEPT));
        let removed = map.remove(ns, &key.to_le_bytes(), &mut Vec::new(), &mut Call::at(NOW));
        assert_eq!((removed, get(map, ns, key)), (Ok(Some(24)), None));
    }
}

fn read_until(map: &Map, ns: Namespace, is_over: &AtomicBool) {
    let mut random = fastrand::Rng::with_seed(3);
    while !is_over.load(Ordering::Relaxed) {
        let key = random.u64(0..KEPT);
        assert_eq!(get(map, ns, key), Some(value(key)), "{key}");
    }
}

#[test]
fn a_range_sees_each_key_once_though_shards_double_meanwhile() {
    let (map, ns) = map(Growth::default());
    (0..KEPT).for_each(|key| set(&map, ns, key));
    let (mut seen, mut page, mut cursor) = (BTreeSet::new(), Page::default(), Some(Cursor::default()));
    let mut calls = 0;
    while let Some(from) = cursor {
        cursor = map.range(ns, b"", from, NOW, 40, &mut page);
        let keys = page.keys.iter().map(|key| u64::from_le_bytes(key.unwrap().try_into().unwrap()));
        keys.for_each(|key| assert!(seen.insert(key), "{key} is seen twice"));
        calls += 1;
        if calls % 7 == 0 {
            map.grow();
        }
        map.sweep(NOW, 1);
        // The tables grow, too.
        set(&map, ns, 1 << 40 | calls);
    }
    assert!((0..KEPT).all(|key| seen.contains(&key)) && map.shards() > 4);
}

#[test]
fn conflicts_above_the_threshold_double_the_shards() {
    let (map, ns) = map(Growth { threshold: 0.5, window: 1 });
    set(&map, ns, 1);
    assert_eq!(map.shards(), 1);
    let (to_writer, held) = mpsc::channel();
    let (to_holder, done) = mpsc::channel();
    std::thread::scope(|scope| {
        let map = &map;
        scope.spawn(move || {
            map.export_shard(0, NOW, &mut |_| {
                to_writer.send(()).unwrap();
                done.recv().unwrap();
            });
        });
        held.recv().unwrap();
        let soon = Some(Instant::now() + Duration::from_millis(1));
        let late = map.set(ns, &1_u64.to_le_bytes(), b"", &mut Call { deadline: soon, ..Call::at(NOW) });
        assert!(matches!(late, Err(WriteError::DeadlineExceeded { .. })));
        to_holder.send(()).unwrap();
    });
    set(&map, ns, 1);
    assert_eq!(map.shards(), 2);
    assert_eq!(map.shard_stats()[0].late, 1);
}

#[test]
fn a_map_without_memory_to_spare_does_not_grow() {
    let options = Options { shards: 4, max_shards: 64, budget_bytes: 1 << 20, ..Options::default() };
    let map = Map::new(options).unwrap();
    let ns = map.namespace("full", Quota { budget_bytes: 1 << 30, when_full: WhenFull::Evict }).unwrap();
    (0..).take_while(|_| map.memory_bytes() < 1 << 20).for_each(|key| set(&map, ns, key));
    let entries = map.len(ns);
    assert!(!map.grow());
    assert_eq!((map.shards(), map.len(ns)), (4, entries));
}
