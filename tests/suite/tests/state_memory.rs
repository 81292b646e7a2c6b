//! What the state map takes beside its budget is no more than what `memory.limit` plans for, and not much less.

use logagent_state::{Call, Map, Options, Quota, UnixMs, WhenFull};
use logagent_testkit::{CountingAllocator, allocated_bytes};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

/// The map's entries are in a mapping, which no allocator sees: what is allocated is all but the budget.
fn allocated(options: &Options) -> (usize, Map) {
    let before = allocated_bytes();
    let map = Map::new(options.clone()).expect("options as they may be");
    (allocated_bytes() - before, map)
}

#[test]
fn bookkeeping_is_planned_for_and_not_by_far_too_much() {
    let with = |shards, max_shards, mebibytes: u64| Options {
        shards,
        max_shards,
        budget_bytes: mebibytes << 20,
        ..Options::default()
    };
    for options in
        [Options::default(), with(1, 1, 1), with(16, 65_536, 1 << 10), with(4096, 65_536, 64), with(64, 64, 8 << 10)]
    {
        let planned = options.bookkeeping_bytes();
        let (allocated, _map) = allocated(&options);
        assert!(allocated <= planned, "{options:?}: {allocated} of {planned}");
        assert!(planned <= 2 * allocated, "{options:?}: {allocated} of {planned}");
    }
}

#[test]
fn a_map_that_fills_takes_no_more() {
    let options = Options { budget_bytes: 4 << 20, ..Options::default() };
    let (at_first, map) = allocated(&options);
    let before = allocated_bytes();
    let quota = Quota { budget_bytes: options.budget_bytes, when_full: WhenFull::Evict };
    let namespace = map.namespace("n", quota).expect("the first");
    for number in 0..200_000_u64 {
        map.set(namespace, &number.to_le_bytes(), &[0; 64], &mut Call::at(UnixMs(1))).expect("room");
    }
    assert!(at_first + (allocated_bytes() - before) <= options.bookkeeping_bytes());
}
