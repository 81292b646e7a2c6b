//! The map, used as a filter would.

use logagent_state::*;
#[test]
fn a_value_comes_back_until_it_expires() {
    let map = Map::new(Options { budget_bytes: 1 << 20, ..Options::default() }).unwrap();
    let ns = map.namespace("a", Quota { budget_bytes: 1 << 20, when_full: WhenFull::Evict }).unwrap();
    let mut journal = Journal::default();
    let mut call = Call { expiry: Expiry::At(UnixMs(10)), journal: Some(&mut journal), ..Call::at(UnixMs(1)) };
    map.set(ns, b"k", b"v", &mut call).unwrap();
    assert_eq!(map.fold(ns, b"n", Fold::Add, 3, &mut call), Ok(3));
    let mut into = Vec::new();
    assert_eq!(map.get(ns, b"k", UnixMs(9), &mut into), Some(1));
    assert_eq!(map.get(ns, b"k", UnixMs(10), &mut into), None);
    map.undo(&mut journal, UnixMs(2));
    assert!(!map.contains(ns, b"k", UnixMs(2)) && map.is_empty(ns));
}
