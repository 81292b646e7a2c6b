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

/// Each way in which a value is read and replaced: by its length, that of its key, and whether it expires.
#[test]
fn values_of_all_lengths_come_back_after_they_were_replaced() {
    let map = Map::new(Options { budget_bytes: 1 << 20, ..Options::default() }).unwrap();
    let ns = map.namespace("a", Quota { budget_bytes: 1 << 20, when_full: WhenFull::Refuse }).unwrap();
    let lengths = [0, 1, 8, 9, 63, 64, 65, 128, 255, 256, 257, 1000];
    for expiry in [Expiry::Never, Expiry::At(UnixMs(10))] {
        for key in [&[b'k'; 16][..], &[b'k'; 80], &[b'k'; 81]] {
            for (length, byte) in lengths.iter().flat_map(|length| [(*length, 1), (*length, 2)]) {
                let value = vec![byte; length];
                map.set(ns, key, &value, &mut Call { expiry, ..Call::at(UnixMs(1)) }).unwrap();
                let mut into = Vec::new();
                assert_eq!(map.get(ns, key, UnixMs(9), &mut into), Some(length));
                assert_eq!(into, value);
                assert_eq!(map.contains(ns, key, UnixMs(10)), expiry == Expiry::Never);
            }
        }
    }
}

/// An overwrite of the same length takes no room, so it succeeds where there is none.
#[test]
fn a_full_map_takes_values_of_the_same_length_whatever_their_keys() {
    let options = Options { shards: 2, max_shards: 2, budget_bytes: 1 << 16, ..Options::default() };
    let map = Map::new(options).unwrap();
    let ns = map.namespace("a", Quota { budget_bytes: 1 << 20, when_full: WhenFull::Refuse }).unwrap();
    let key = |number: u16| [&[b'k'; 100][..], &number.to_le_bytes()].concat();
    let set = |number, byte| map.set(ns, &key(number), &[byte; 100], &mut Call::at(UnixMs(1)));
    let taken: Vec<u16> = (0..1000).filter(|number| set(*number, 1).is_ok()).collect();
    assert!(taken.len() < 1000);
    for number in taken {
        assert_eq!(set(number, 2), Ok(()));
    }
}
