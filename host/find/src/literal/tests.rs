//! Where the processor has nothing for it there is no literal, and nothing to test.

use super::*;
use proptest::prelude::*;
use std::convert::Infallible;

fn naive(needle: &[u8], bytes: &[u8]) -> Vec<usize> {
    (0..bytes.len()).filter(|&at| bytes[at..].starts_with(needle)).collect()
}

/// All places, looked for by steps of one byte behind the last.
fn places(needle: &[u8], bytes: &[u8]) -> Option<Vec<usize>> {
    let literal = Literal::new(needle)?;
    let mut hits = literal.hits(bytes)?;
    let mut places = Vec::new();
    while let Some(at) = next(&mut hits, places.last().map_or(0, |last| last + 1)) {
        places.push(at);
    }
    Some(places)
}

fn next(hits: &mut Hits<'_>, from: usize) -> Option<usize> {
    let Ok(place) = hits.next(from, |_| Ok::<_, Infallible>(()));
    place
}

#[test]
fn a_literal_of_each_length_is_found_at_each_place_of_each_run() {
    let alphabet: Vec<u8> = (b'0'..=b'z').collect();
    for length in [2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64] {
        let needle = &alphabet[..length];
        for bytes in BLOCK + length..3 * BLOCK + length {
            for at in (0..=bytes - length).filter(|at| at % 64 < 2 || at % 64 > 60 || bytes - length - at < 3) {
                let mut text = vec![b'.'; bytes];
                text[at..at + length].copy_from_slice(needle);
                assert!(places(needle, &text).is_none_or(|found| found == [at]), "{length} at {at} of {bytes}");
            }
        }
    }
}

#[test]
fn one_that_is_cut_off_at_the_end_is_not_found() {
    let needle = b"level\":\"DEBUG";
    for kept in 0..needle.len() {
        let text = [&[b'.'; 200][..], &needle[..kept]].concat();
        assert!(places(needle, &text).is_none_or(|found| found.is_empty()), "{kept}");
    }
}

#[test]
fn a_search_that_may_not_go_on_ends_before_it_looks() {
    let (text, Some(literal)) = ([b'.'; 1000], Literal::new(b"ab")) else { return };
    let mut hits = literal.hits(&text).unwrap();
    assert_eq!(hits.next(0, Err::<(), _>), Err(text.len() - 1));
    assert_eq!(hits.next(400, Err::<(), _>), Err(text.len() - 401));
}

proptest! {
    #[test]
    fn all_places_are_found_and_no_others(
        needle in proptest::collection::vec(b'a'..=b'c', 2..12),
        text in proptest::collection::vec(b'a'..=b'c', 0..10_000),
    ) {
        if let Some(found) = places(&needle, &text) {
            prop_assert_eq!(found, naive(&needle, &text));
        }
    }

    #[test]
    fn a_caller_that_passes_over_bytes_is_told_the_first_place_behind(
        steps in proptest::collection::vec(1..6_000_usize, 1..50),
        text in proptest::collection::vec(prop_oneof![9 => Just(b'.'), 1 => b'a'..=b'b'], 100..20_000),
    ) {
        let Some(literal) = Literal::new(b"ab") else { return Ok(()) };
        let (all, mut hits, mut from) = (naive(b"ab", &text), literal.hits(&text).unwrap(), 0);
        for step in steps {
            let found = next(&mut hits, from);
            prop_assert_eq!(found, all.iter().copied().find(|&at| at >= from));
            from = found.unwrap_or(from) + step;
        }
    }
}
