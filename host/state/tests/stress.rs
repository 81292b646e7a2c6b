//! Everything at once, for the sanitizers: writers, readers, ranges, eviction, undo and growth on one small map.

use logagent_state::*;
use std::sync::atomic::{AtomicBool, Ordering};

const ROUNDS: u64 = 20_000;

fn act(map: &Map, ns: Namespace, random: &mut fastrand::Rng, scratch: &mut Scratch, journal: &mut Journal) {
    let now = UnixMs(random.u64(1_000..1_100));
    let expiry = if random.bool() { Expiry::Never } else { Expiry::At(UnixMs(now.0 + 50)) };
    let mut call = Call { expiry, journal: Some(journal), ..Call::at(now) };
    let key = random.u64(0..2_000).to_le_bytes();
    let value = vec![key[0]; random.usize(0..600)];
    // What fails for want of room is part of it.
    match random.u32(0..8) {
        0..3 => drop(map.set(ns, &key, &value, &mut call)),
        3 => drop(map.remove(ns, &key, &mut Vec::new(), &mut call)),
        4 => drop(map.fold(ns, &key, Fold::Add, 1, &mut call)),
        5 => drop(map.append(ns, &key, &value[..value.len().min(9)], 900, &mut call)),
        6 => {
            let keys: Vec<_> = (0..50_u64).map(|_| random.u64(0..2_000).to_le_bytes()).collect();
            let keys: Values = keys.iter().map(|key| Some(&key[..])).collect();
            let values: Values = keys.iter().map(|key| Some(&key.unwrap()[..1])).collect();
            drop(map.insert_many(ns, keys.flat(), values.flat(), &mut call, scratch));
        }
        _ => {
            map.undo(journal, now);
        }
    }
    if random.u32(0..50) == 0 {
        journal.clear();
    }
}

/// A value that was read is one key's: all its bytes are the key's first one, or it is a number.
fn read(map: &Map, ns: Namespace, random: &mut fastrand::Rng, page: &mut Page) {
    let key = random.u64(0..2_000).to_le_bytes();
    let mut value = Vec::new();
    if map.get(ns, &key, UnixMs(1_000), &mut value).is_some() {
        let own = value.iter().filter(|byte| **byte == key[0]).count();
        assert!(own == value.len() || value.len() >= 8, "{key:?}: {value:?}");
    }
    if random.u32(0..1_000) == 0 {
        let mut cursor = Some(Cursor::default());
        while let Some(from) = cursor {
            cursor = map.range(ns, b"", from, UnixMs(1_000), 10_000, page);
        }
    }
}

#[test]
fn all_operations_at_once_leave_a_map_whose_books_are_right() {
    let options = Options { shards: 2, max_shards: 16, budget_bytes: 1 << 20, ..Options::default() };
    let map = Map::new(options).unwrap();
    let ns = map.namespace("stress", Quota { budget_bytes: 300_000, when_full: WhenFull::Evict }).unwrap();
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let (map, is_over) = (&map, &is_over);
        let writers: Vec<_> = (1..3)
            .map(|seed| {
                scope.spawn(move || {
                    let mut random = fastrand::Rng::with_seed(seed);
                    let (mut scratch, mut journal) = (Scratch::default(), Journal::default());
                    (0..ROUNDS).for_each(|_| act(map, ns, &mut random, &mut scratch, &mut journal));
                })
            })
            .collect();
        scope.spawn(move || {
            let (mut random, mut page) = (fastrand::Rng::with_seed(3), Page::default());
            while !is_over.load(Ordering::Relaxed) {
                read(map, ns, &mut random, &mut page);
                if random.u32(0..10_000) == 0 {
                    map.grow();
                }
            }
        });
        writers.into_iter().for_each(|writer| writer.join().unwrap());
        is_over.store(true, Ordering::Relaxed);
    });
    let (mut entries, mut bytes, mut index) = (0, 0, 0);
    while index < map.shards() {
        map.export_shard(index, UnixMs(0), &mut |entry| {
            entries += 1;
            bytes += entry_bytes(entry.key.len(), entry.value.len(), entry.expiry != Expiry::Never);
        });
        index += 1;
    }
    assert_eq!((map.len(ns), map.bytes(ns)), (entries, bytes));
    assert!(bytes <= 300_000 && map.memory_bytes() <= 1 << 20);
    map.clear(ns);
    assert_eq!((map.len(ns), map.bytes(ns)), (0, 0));
}

/// Who overwrites without a journal finds the entry before the lock: by then it may be gone, and its memory another's.
#[test]
fn overwrites_beside_removals_never_reach_another_keys_entry() {
    let map = Map::new(Options { shards: 2, max_shards: 16, budget_bytes: 1 << 20, ..Options::default() }).unwrap();
    let ns = map.namespace("stress", Quota { budget_bytes: 1 << 20, when_full: WhenFull::Evict }).unwrap();
    let key = |random: &mut fastrand::Rng| random.u64(0..4).to_le_bytes();
    let is_own = |key: &[u8], value: &[u8]| value.iter().all(|byte| *byte == key[0]);
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let (map, is_over) = (&map, &is_over);
        let writers = [1, 2].map(|seed| {
            scope.spawn(move || {
                let mut random = fastrand::Rng::with_seed(seed);
                for _ in 0..10 * ROUNDS {
                    let (key, mut call) = (key(&mut random), Call::at(UnixMs(1)));
                    match random.u32(0..4) {
                        0 => drop(map.remove(ns, &key, &mut Vec::new(), &mut call)),
                        _ => map.set(ns, &key, &[key[0]; 64], &mut call).unwrap(),
                    }
                }
            })
        });
        scope.spawn(move || {
            let (mut random, mut value) = (fastrand::Rng::with_seed(3), Vec::new());
            while !is_over.load(Ordering::Relaxed) {
                let key = key(&mut random);
                value.clear();
                map.get(ns, &key, UnixMs(1), &mut value);
                assert!(is_own(&key, &value), "{key:?}: {value:?}");
                if random.u32(0..100_000) == 0 {
                    map.grow();
                }
            }
        });
        writers.into_iter().for_each(|writer| writer.join().unwrap());
        is_over.store(true, Ordering::Relaxed);
    });
    for index in 0..map.shards() {
        map.export_shard(index, UnixMs(1), &mut |entry| assert!(is_own(entry.key, entry.value)));
    }
}
