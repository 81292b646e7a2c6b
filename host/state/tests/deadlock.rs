//! A planted deadlock is told with where its threads wait. Run with the feature `deadlock-detection`.
#![cfg(feature = "deadlock-detection")]

use logagent_state::*;
use std::sync::{Arc, Barrier};

const NOW: UnixMs = UnixMs(1_000);

/// Takes the lock of `first`, and, when the other thread has its own, wants that of `second`. That is what exporting
/// forbids: to write while it shows a shard.
fn hold_one_and_want_the_other(map: &Map, both: &Barrier, first: u32, second: u32) {
    map.export_shard(first, NOW, &mut |_| {
        both.wait();
        map.export_shard(second, NOW, &mut |_| {});
    });
}

#[test]
fn two_threads_that_want_each_others_lock_are_found_with_both_backtraces() {
    let map = Arc::new(Map::new(Options { shards: 2, ..Options::default() }).unwrap());
    let ns = map.namespace("dead", Quota { budget_bytes: 1 << 20, when_full: WhenFull::Evict }).unwrap();
    (0..100_u8).for_each(|key| map.set(ns, &[key], b"", &mut Call::at(NOW)).unwrap());
    let both = Arc::new(Barrier::new(2));
    // They never end; the process does.
    for (first, second) in [(0, 1), (1, 0)] {
        let (map, both) = (map.clone(), both.clone());
        std::thread::spawn(move || hold_one_and_want_the_other(&map, &both, first, second));
    }
    let cycles = loop {
        let cycles = deadlocks();
        if !cycles.is_empty() {
            break cycles;
        }
        std::thread::yield_now();
    };
    let [cycle] = &cycles[..] else { panic!("{cycles:?}") };
    assert_eq!(cycle.len(), 2);
    assert!(cycle.iter().all(|thread| thread.backtrace.contains("hold_one_and_want_the_other")), "{cycle:?}");
}
