//! Budgets: kept to the byte, and what goes first.

use logagent_state::*;

const NOW: UnixMs = UnixMs(1_000);

fn map(budget_bytes: u64) -> Map {
    Map::new(Options { shards: 4, max_shards: 4, budget_bytes, seed: Some([1, 2]), ..Options::default() }).unwrap()
}

fn evicting(map: &Map, budget_bytes: u64) -> Namespace {
    map.namespace("evicting", Quota { budget_bytes, when_full: WhenFull::Evict }).unwrap()
}

fn refusing(map: &Map, budget_bytes: u64) -> Namespace {
    map.namespace("refusing", Quota { budget_bytes, when_full: WhenFull::Refuse }).unwrap()
}

fn key(number: u64) -> [u8; 8] {
    number.to_le_bytes()
}

fn set(map: &Map, ns: Namespace, number: u64, bytes: usize) -> Result<(), WriteError> {
    map.set(ns, &key(number), &vec![1; bytes], &mut Call::at(NOW))
}

fn set_until(map: &Map, ns: Namespace, number: u64, expiry: Expiry) {
    map.set(ns, &key(number), &[1; 16], &mut Call { expiry, ..Call::at(NOW) }).unwrap();
}

/// What the entries that can be seen are charged with.
fn seen_bytes(map: &Map, ns: Namespace) -> u64 {
    let mut bytes = 0;
    for index in 0..map.shards() {
        map.export_shard(index, NOW, &mut |entry| {
            if entry.namespace == ns {
                bytes += entry_bytes(entry.key.len(), entry.value.len(), entry.expiry != Expiry::Never);
            }
        });
    }
    bytes
}

fn stats(map: &Map, ns: Namespace) -> NamespaceStats {
    map.namespaces().into_iter().find(|stats| stats.namespace == ns).unwrap()
}

#[test]
fn a_namespace_never_holds_more_than_its_budget_and_counts_exactly() {
    let map = map(4 << 20);
    let ns = evicting(&map, 20_000);
    let mut random = fastrand::Rng::with_seed(1);
    for _ in 0..5_000 {
        set(&map, ns, random.u64(0..1_000), random.usize(0..2_000)).unwrap();
        assert!(map.bytes(ns) <= 20_000);
    }
    assert_eq!(map.bytes(ns), seen_bytes(&map, ns));
    assert!(map.bytes(ns) > 15_000 && stats(&map, ns).evicted.budget > 0);
}

#[test]
fn the_map_never_takes_more_than_its_memory_whatever_sizes_come() {
    let budget = 1 << 20;
    let map = map(budget);
    let ns = evicting(&map, 1 << 30);
    let mut random = fastrand::Rng::with_seed(2);
    for round in 0..20_000 {
        let bytes = if round % 500 == 0 { random.usize(0..100_000) } else { random.usize(0..500) };
        set(&map, ns, random.u64(0..10_000), bytes).unwrap();
        assert!(map.memory_bytes() <= budget && map.bytes(ns) <= budget);
    }
    assert_eq!(map.bytes(ns), seen_bytes(&map, ns));
    assert!(map.bytes(ns) > budget / 2, "{} bytes of {budget} are in use", map.bytes(ns));
}

#[test]
fn what_is_read_stays_and_what_is_not_goes() {
    let map = map(4 << 20);
    let ns = evicting(&map, 1_000 * entry_bytes(8, 16, false));
    (0..1_000).for_each(|number| set(&map, ns, number, 16).unwrap());
    for number in 1_000..6_000 {
        assert!((0..100).all(|hot| map.contains(ns, &key(hot), NOW)));
        set(&map, ns, number, 16).unwrap();
    }
    let hot = (0..100).filter(|&hot| map.contains(ns, &key(hot), NOW)).count();
    let cold = (100..1_000).filter(|&cold| map.contains(ns, &key(cold), NOW)).count();
    assert!(hot == 100 && cold == 0, "{hot} of 100 hot ones and {cold} cold ones are left");
}

#[test]
fn expired_entries_go_before_living_ones() {
    let map = map(4 << 20);
    let ns = evicting(&map, 500 * entry_bytes(8, 16, false) + 500 * entry_bytes(8, 16, true));
    (0..500).for_each(|number| set_until(&map, ns, number, Expiry::Never));
    (500..1_000).for_each(|number| set_until(&map, ns, number, Expiry::At(NOW)));
    (1_000..1_400).for_each(|number| set_until(&map, ns, number, Expiry::Never));
    let living = (0..500).filter(|&number| map.contains(ns, &key(number), NOW)).count();
    let evicted = stats(&map, ns).evicted;
    assert!(living == 500 && evicted.budget == 0 && evicted.expired > 300, "{living} living: {evicted:?}");
}

#[test]
fn a_full_namespace_refuses_where_it_is_told_to_until_something_expires() {
    let map = map(4 << 20);
    let ns = refusing(&map, 10 * entry_bytes(8, 16, true));
    (0..10).for_each(|number| set_until(&map, ns, number, Expiry::At(UnixMs(2_000))));
    let full = set(&map, ns, 10, 16);
    assert!(matches!(full, Err(WriteError::Full { .. })), "{full:?}");
    assert_eq!((map.len(ns), stats(&map, ns).refused), (10, 1));
    map.set(ns, &key(10), &[1; 16], &mut Call::at(UnixMs(2_000))).unwrap();
    assert!(map.contains(ns, &key(10), UnixMs(2_000)) && stats(&map, ns).evicted.expired > 0);
}

#[test]
fn entries_of_a_namespace_that_refuses_are_never_evicted_for_others() {
    let map = map(1 << 20);
    let (kept, ns) = (refusing(&map, 200_000), evicting(&map, 1 << 30));
    (0..1_000).for_each(|number| set(&map, kept, number, 64).unwrap());
    (0..50_000).for_each(|number| set(&map, ns, number, 64).unwrap());
    (0..20).for_each(|number| set(&map, ns, number, 50_000).unwrap());
    assert_eq!(map.len(kept), 1_000);
    assert!((0..1_000).all(|number| map.contains(kept, &key(number), NOW)));
}

#[test]
fn memory_that_served_one_size_serves_another() {
    let map = map(1 << 20);
    let ns = evicting(&map, 1 << 30);
    let mut held = Vec::new();
    for bytes in [64, 3_000, 64, 500, 64] {
        (0..20_000).for_each(|number| set(&map, ns, number, bytes).unwrap());
        held.push((bytes, map.bytes(ns)));
    }
    assert!(held.iter().all(|(_, bytes)| *bytes > (1 << 20) * 6 / 10), "{held:?}");
}

#[test]
fn a_smaller_quota_takes_effect_at_once() {
    let map = map(4 << 20);
    let ns = evicting(&map, 1 << 20);
    (0..1_000).for_each(|number| set(&map, ns, number, 64).unwrap());
    assert_eq!(evicting(&map, 10_000), ns);
    assert!(map.bytes(ns) <= 10_000 && map.len(ns) > 80);
}

#[test]
fn what_can_never_fit_is_too_large() {
    let map = map(1 << 20);
    let ns = evicting(&map, 10_000);
    let too_large = |written| assert!(matches!(written, Err(WriteError::TooLarge { .. })), "{written:?}");
    too_large(set(&map, ns, 1, 10_000));
    too_large(map.set(ns, &[1; 65_536], b"", &mut Call::at(NOW)));
    let wide = map.namespace("wide", Quota { budget_bytes: 1 << 30, when_full: WhenFull::Evict }).unwrap();
    too_large(set(&map, wide, 1, 1 << 18));
    assert_eq!(map.fold(ns, b"a", Fold::Add, 1, &mut Call::at(NOW)), Ok(1));
    assert_eq!(map.append(ns, b"a", b"b", 9, &mut Call::at(NOW)), Ok(true));
    let number = map.fold(ns, b"a", Fold::Add, 1, &mut Call::at(NOW));
    assert_eq!(number, Err(WriteError::NotANumber { found: 9 }));
}
