//! What allocates: nothing but what the caller's buffers need.

use logagent_state::*;
use logagent_testkit::{CountingAllocator, allocations};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

const NOW: UnixMs = UnixMs(1_000);

fn allocates(mut act: impl FnMut()) -> u64 {
    let before = allocations();
    act();
    allocations() - before
}

#[test]
fn reads_overwrites_sums_and_even_new_keys_allocate_nothing() {
    let map = Map::new(Options::default()).unwrap();
    let ns = map.namespace("still", Quota { budget_bytes: 300_000, when_full: WhenFull::Evict }).unwrap();
    let call = &mut Call::at(NOW);
    let mut into = Vec::with_capacity(1_000);
    let key = |number: u64| number.to_le_bytes();
    (0..1_000).for_each(|number| map.set(ns, &key(number), &[1; 64], call).unwrap());
    assert_eq!(allocates(|| (0..1_000).for_each(|number| map.set(ns, &key(number), &[2; 64], call).unwrap())), 0);
    assert_eq!(allocates(|| (1_000..9_000).for_each(|number| map.set(ns, &key(number), &[2; 64], call).unwrap())), 0);
    assert!(map.namespaces()[0].evicted.budget > 0);
    map.fold(ns, b"sum", Fold::Add, 1, call).unwrap();
    let mut sum = 0;
    let sums = || (0..1_000).for_each(|_| sum = map.fold(ns, b"sum", Fold::Add, 1, call).unwrap());
    assert_eq!((allocates(sums), sum), (0, 1_001));
    let reads = || {
        for number in 0..9_000 {
            into.clear();
            map.get(ns, &key(number), NOW, &mut into);
        }
    };
    assert_eq!(allocates(reads), 0);
}

#[test]
fn batched_calls_allocate_nothing_once_their_scratch_is_warm() {
    let map = Map::new(Options::default()).unwrap();
    let ns = map.namespace("batch", Quota { budget_bytes: 1 << 20, when_full: WhenFull::Evict }).unwrap();
    let keys: Vec<_> = (0..1_000_u64).map(u64::to_le_bytes).collect();
    let keys: Values = keys.iter().map(|key| Some(&key[..])).collect();
    let values: Values = keys.iter().map(|_| Some(&[1; 64][..])).collect();
    let (mut scratch, mut out, mut there) = (Scratch::default(), Values::default(), Vec::new());
    let mut journal = Journal::default();
    let mut all = || {
        let call = &mut Call { journal: Some(&mut journal), ..Call::at(NOW) };
        map.set_many(ns, keys.flat(), values.flat(), call, &mut scratch).unwrap();
        map.get_many(ns, keys.flat(), NOW, &mut scratch, &mut out);
        map.contains_many(ns, keys.flat(), NOW, &mut scratch, &mut there);
        map.remove_many(ns, keys.flat(), call, &mut scratch, &mut out).unwrap();
        journal.clear();
    };
    all();
    assert_eq!(allocates(all), 0);
}
