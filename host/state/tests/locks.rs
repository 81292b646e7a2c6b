//! Locks that are held: deadlines, and what is told of long holds.

use logagent_state::*;
use std::time::{Duration, Instant};

const NOW: UnixMs = UnixMs(1_000);

fn map() -> (Map, Namespace) {
    let map = Map::new(Options { shards: 2, seed: Some([1, 2]), ..Options::default() }).unwrap();
    let ns = map.namespace("locks", Quota { budget_bytes: 1 << 20, when_full: WhenFull::Evict }).unwrap();
    (0..100_u8).for_each(|key| map.set(ns, &[key], b"", &mut Call::at(NOW)).unwrap());
    (map, ns)
}

/// Runs `act` while another thread holds a shard's lock.
fn while_held<R: Send>(map: &Map, shard: u32, act: impl FnOnce() -> R + Send) -> R {
    let (mut act, mut result) = (Some(act), None);
    map.export_shard(shard, NOW, &mut |_| {
        if let Some(act) = act.take() {
            result = std::thread::scope(|scope| scope.spawn(act).join().ok());
        }
    });
    result.unwrap()
}

#[test]
fn a_write_whose_deadline_passes_names_the_shard_the_wait_and_the_keys_hash() {
    let (map, ns) = map();
    let wait = Duration::from_millis(2);
    let errors = while_held(&map, 1, || {
        let late = |key| {
            let deadline = Instant::now() + wait;
            let error = map.set(ns, &[key], b"late", &mut Call { deadline: Some(deadline), ..Call::at(NOW) }).err();
            assert!(error.is_none() || Instant::now() >= deadline);
            error
        };
        (0..20_u8).filter_map(late).collect::<Vec<_>>()
    });
    let mut hashes = std::collections::BTreeSet::new();
    for error in &errors {
        let WriteError::DeadlineExceeded { shard: 1, waited, hash } = error else { panic!("{error}") };
        assert!(!waited.is_zero() && hash & 1 == 1);
        hashes.insert(*hash);
    }
    assert!(!errors.is_empty() && errors.len() < 20 && hashes.len() == errors.len());
    assert_eq!(map.shard_stats()[1].late, errors.len() as u64);
}

#[test]
fn a_batch_whose_deadline_passes_says_what_it_has_done() {
    let (map, ns) = map();
    let keys: Vec<_> = (0..100_u8).collect();
    let keys: Values = keys.iter().map(|key| Some(std::slice::from_ref(key))).collect();
    let values: Values = keys.iter().map(|_| Some(&b"done"[..])).collect();
    let mut scratch = Scratch::default();
    let written = while_held(&map, 1, || {
        let deadline = Some(Instant::now());
        let mut call = Call { deadline, ..Call::at(NOW) };
        map.set_many(ns, keys.flat(), values.flat(), &mut call, &mut scratch)
    });
    assert!(matches!(written, Err(WriteError::DeadlineExceeded { shard: 1, .. })), "{written:?}");
    for (key, status) in keys.iter().zip(&scratch.statuses) {
        let mut value = Vec::new();
        map.get(ns, key.unwrap(), NOW, &mut value);
        assert_eq!(value == b"done", *status == Status::Done as u8);
    }
}

#[test]
fn reads_go_on_while_all_locks_are_held() {
    let (map, ns) = map();
    let found = while_held(&map, 0, || while_held(&map, 1, || (0..100_u8).all(|key| map.contains(ns, &[key], NOW))));
    assert!(found);
}

#[test]
fn a_lock_that_was_held_for_long_is_listed_as_slow() {
    let (map, _) = map();
    let held = Duration::from_millis(1);
    let mut start = None;
    map.export_shard(1, NOW, &mut |_| while start.get_or_insert_with(Instant::now).elapsed() < held {});
    let slow = map.slow();
    let mut found = slow.iter().filter(|slow| slow.what == Operation::Export && slow.shard == 1);
    assert!(found.any(|slow| slow.held >= held), "{slow:?}");
}

#[test]
fn the_list_of_slow_operations_keeps_the_last_1024() {
    let (map, _) = map();
    for _ in 0..1_030 {
        let mut start = None;
        let wait = Duration::from_micros(100);
        map.export_shard(0, NOW, &mut |_| while start.get_or_insert_with(Instant::now).elapsed() < wait {});
    }
    assert_eq!(map.slow().len(), 1_024);
}

/// Threads that do so can come to wait for each other; debug builds tell at once, whether they meet or not.
#[cfg(all(debug_assertions, not(feature = "deadlock-detection")))]
#[test]
fn a_thread_that_waits_for_locks_in_the_wrong_order_is_told() {
    let (map, _) = map();
    let held_by_another = while_held(&map, 0, || {
        let wanted = std::panic::AssertUnwindSafe(|| map.export_shard(1, NOW, &mut |_| map.sweep(NOW, 1)));
        std::panic::catch_unwind(wanted).unwrap_err()
    });
    let message = held_by_another.downcast_ref::<String>().unwrap();
    assert_eq!(message, "the lock of shard 0 is wanted while that of shard 1 is held, which comes later");
}
