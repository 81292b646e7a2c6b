//! Files as they were written, as disks and crashes leave them, and as nobody should write them.

mod damage;
mod files;

use crate::restore::fill;
use crate::save::write;
use crate::{DamageError, Restored, Saved};
use logagent_state::{Call, Expiry, Map, Options, Quota, UnixMs, WhenFull};
use proptest::prelude::*;
use std::collections::BTreeMap;

const NOW: UnixMs = UnixMs(1_000_000);

fn map() -> Map {
    Map::new(Options { shards: 8, max_shards: 8, ..Options::default() }).unwrap()
}

fn quota(budget_bytes: u64) -> Quota {
    Quota { budget_bytes, when_full: WhenFull::Refuse }
}

fn wanted(_: &str) -> Option<Quota> {
    Some(quota(64 << 20))
}

fn set(map: &Map, name: &str, key: &[u8], value: &[u8], expiry: Expiry) {
    let namespace = map.namespace(name, quota(64 << 20)).unwrap();
    map.set(namespace, key, value, &mut Call { expiry, ..Call::at(NOW) }).unwrap();
}

fn saved(map: &Map) -> Vec<u8> {
    let mut bytes = Vec::new();
    let Saved { bytes: count, .. } = write(map, NOW, &mut bytes).unwrap();
    assert_eq!(count, bytes.len() as u64);
    bytes
}

fn restored(bytes: &[u8], now: UnixMs) -> (Map, Restored) {
    let map = map();
    let restored = fill(&map, bytes, now, &wanted).unwrap();
    (map, restored)
}

fn refusal(bytes: &[u8]) -> DamageError {
    fill(&map(), bytes, NOW, &wanted).unwrap_err()
}

type Contents = BTreeMap<(String, Vec<u8>), (Vec<u8>, Option<u64>)>;

/// All that lives in a map.
fn contents(map: &Map, now: UnixMs) -> Contents {
    let mut contents = Contents::new();
    for index in 0..map.shards() {
        map.export_shard(index, now, &mut |entry| {
            let expiry = match entry.expiry {
                Expiry::Never => None,
                Expiry::At(at) => Some(at.0),
            };
            let name = map.namespace_name(entry.namespace).unwrap();
            contents.insert((name, entry.key.to_vec()), (entry.value.to_vec(), expiry));
        });
    }
    contents
}

/// A few entries of two namespaces.
fn example() -> Map {
    let map = map();
    set(&map, "seen", b"a", b"1", Expiry::Never);
    set(&map, "seen", b"", b"", Expiry::At(UnixMs(NOW.0 + 10)));
    set(&map, "shared:tokens", b"a", &7_i64.to_le_bytes(), Expiry::At(UnixMs(NOW.0 + 500)));
    map
}

proptest! {
    #[test]
    fn a_map_comes_back_as_it_was(
        entries in prop::collection::btree_map(
            (0..3_u8, prop::collection::vec(any::<u8>(), 0..20)),
            (prop::collection::vec(any::<u8>(), 0..300), prop::option::of(1..1000_u64)),
            0..100,
        )
    ) {
        let map = map();
        for ((name, key), (value, ttl)) in &entries {
            let expiry = ttl.map_or(Expiry::Never, |ttl| Expiry::At(UnixMs(NOW.0 + ttl)));
            set(&map, &format!("filter-{name}"), key, value, expiry);
        }
        let (again, restored) = restored(&saved(&map), NOW);
        prop_assert_eq!(contents(&again, NOW), contents(&map, NOW));
        prop_assert_eq!(restored, Restored { entries: entries.len() as u64, ..Restored::default() });
    }
}

#[test]
fn time_that_passed_while_nobody_ran_counts() {
    let bytes = saved(&example());
    for (passed, entries, expired) in [(0, 3, 0), (9, 3, 0), (10, 2, 1), (499, 2, 1), (500, 1, 2), (u64::MAX / 2, 1, 2)]
    {
        let now = UnixMs(NOW.0 + passed);
        let (map, restored) = restored(&bytes, now);
        assert_eq!((restored.entries, restored.expired), (entries, expired), "{passed} ms");
        assert_eq!(contents(&map, now), contents(&example(), now), "{passed} ms");
    }
}

#[test]
fn nothing_outlives_its_time_because_the_clock_went_back() {
    let now = UnixMs(NOW.0 - 900_000);
    let (map, restored) = restored(&saved(&example()), now);
    assert_eq!((restored.entries, restored.clock_behind_ms), (3, 900_000));
    let counts = [0, 9, 10, 499, 500].map(|passed| contents(&map, UnixMs(now.0 + passed)).len());
    assert_eq!(counts, [3, 3, 2, 2, 1]);
}

#[test]
fn what_has_expired_is_not_written() {
    let map = example();
    let mut bytes = Vec::new();
    assert_eq!(write(&map, UnixMs(NOW.0 + 10), &mut bytes).unwrap().entries, 2);
}

#[test]
fn a_namespace_that_nobody_wants_is_left_out_and_named() {
    let map = map();
    let is_wanted = |name: &str| (name == "seen").then(|| quota(1 << 20));
    let restored = fill(&map, &saved(&example())[..], NOW, &is_wanted).unwrap();
    assert_eq!((restored.entries, restored.unwanted), (2, 1));
    assert_eq!(restored.unwanted_names, ["shared:tokens"]);
    assert_eq!(map.namespaces().len(), 1);
}

#[test]
fn a_smaller_budget_takes_what_it_can() {
    let map = map();
    (0..1000_u64).for_each(|key| set(&map, "seen", &key.to_le_bytes(), &[0; 100], Expiry::Never));
    let smaller = self::map();
    let budget = 10_000;
    let restored = fill(&smaller, &saved(&map)[..], NOW, &|_| Some(quota(budget))).unwrap();
    assert!(restored.entries > 50 && restored.no_room > 800, "{restored:?}");
    assert_eq!(restored.entries + restored.no_room, 1000);
    assert!(smaller.namespaces()[0].bytes <= budget);
}

#[test]
fn large_values_are_parted_into_blocks_between_entries() {
    let map = Map::new(Options { shards: 1, max_shards: 1, ..Options::default() }).unwrap();
    (0..5_u8).for_each(|key| set(&map, "large", &[key], &vec![key; 700 << 10], Expiry::Never));
    let (again, restored) = restored(&saved(&map), NOW);
    assert_eq!(restored.entries, 5);
    assert_eq!(contents(&again, NOW), contents(&map, NOW));
}

#[test]
fn an_empty_map_is_a_snapshot_too() {
    let (again, restored) = restored(&saved(&map()), NOW);
    assert_eq!((restored, contents(&again, NOW).len()), (Restored::default(), 0));
}

#[test]
fn no_more_than_a_shard_is_in_memory_at_once() {
    struct Longest(usize);
    impl std::io::Write for Longest {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 = self.0.max(bytes.len());
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let map = Map::new(Options { shards: 64, max_shards: 64, ..Options::default() }).unwrap();
    (0..10_000_u64).for_each(|key| set(&map, "seen", &key.to_le_bytes(), &[0; 100], Expiry::Never));
    let mut longest = Longest(0);
    let Saved { bytes, shards, .. } = write(&map, NOW, &mut longest).unwrap();
    assert_eq!(shards, 64);
    assert!(longest.0 as u64 * 32 < bytes, "{} of {bytes} bytes in one write", longest.0);
}
