//! Shares that streams get of what is read.

use super::*;
use proptest::prelude::*;

const QUANTUM: usize = 1000;

/// A stream that always has something, and gives so many bytes a read at most.
struct Busy {
    claim: Claim,
    most: usize,
    got: usize,
}

/// Reads `rounds` times, of which each may take at most a quantum; answers what each stream got.
fn shares(streams: &[(Priority, usize)], rounds: usize) -> Vec<usize> {
    let mut turns = Turns::new();
    let mut all: Vec<Busy> =
        streams.iter().map(|&(priority, most)| Busy { claim: turns.enter(priority), most, got: 0 }).collect();
    for _ in 0..rounds {
        let index = turns.next(all.len(), |index| Some(&all[index].claim)).expect("all have something");
        let stream = &mut all[index];
        if turns.begin(index, &mut stream.claim, QUANTUM) {
            stream.got += stream.most;
            turns.spend(index, &mut stream.claim, stream.most, true);
        }
    }
    all.into_iter().map(|stream| stream.got).collect()
}

#[test]
fn streams_get_the_same_however_much_a_read_of_each_gives() {
    let normal = Priority::Normal;
    let got = shares(&[(normal, 1000), (normal, 10), (normal, 333)], 10_000);
    let (least, most) = (got.iter().min().unwrap(), got.iter().max().unwrap());
    assert!(most - least <= 2 * QUANTUM, "{got:?}");
}

#[test]
fn a_high_priority_stream_is_first_and_gets_eight_times_as_much() {
    let got = shares(&[(Priority::Normal, 1000), (Priority::High, 1000), (Priority::Normal, 1000)], 9000);
    assert_eq!(shares(&[(Priority::Normal, 1000), (Priority::High, 1000)], 1), [0, 1000]);
    // In two passes: the high-priority one twice, the others once each.
    assert!(got[1].abs_diff(16 * got[0]) <= 20 * QUANTUM && got[0].abs_diff(got[2]) <= QUANTUM, "{got:?}");
}

#[test]
fn who_had_nothing_has_gathered_nothing() {
    let mut turns = Turns::new();
    let mut claim = turns.enter(Priority::Normal);
    for _ in 0..5 {
        assert_eq!(turns.next(1, |_| Some(&claim)), Some(0));
        assert!(turns.begin(0, &mut claim, QUANTUM));
        assert_eq!(claim.deficit, i64::try_from(QUANTUM).unwrap());
        turns.spend(0, &mut claim, 10, false);
    }
    assert_eq!(turns.next(1, |_| None::<&Claim>), None);
}

proptest! {
    #[test]
    fn no_stream_starves(
        streams in prop::collection::vec((any::<bool>(), 1usize..3000), 1..8),
    ) {
        let priority = |is_high| if is_high { Priority::High } else { Priority::Normal };
        let streams: Vec<_> = streams.into_iter().map(|(is_high, most)| (priority(is_high), most)).collect();
        let got = shares(&streams, 200_000);
        prop_assert!(got.iter().all(|&bytes| bytes > 0), "{:?}: {:?}", streams, got);
    }
}
