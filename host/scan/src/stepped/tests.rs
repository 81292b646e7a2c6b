//! The stepped search against the `regex` crate.

use super::*;
use proptest::prelude::*;
use proptest::sample::select;
use regex::bytes::Regex;
use regex_syntax::ParserBuilder;

const EXPRESSIONS: &[&str] = &[
    "a+b",
    "ab|ba",
    "ab|abc",
    "^a",
    "b$",
    r"\bab\b",
    r"\Bb",
    "a*",
    "$",
    "[ab]{3}c",
    "(?i)abc",
    "c.*c",
    "a{2,4}",
    "(a|b)+?c",
    r"(?-u:\b)a",
    r"\s1",
    r"b\s?",
    "(?m)^b",
    "(?m)c$",
    "(?:)",
    "a*?b|c+",
    r"(?-u:\xFF)a",
    "é+",
    r"(?s).b.",
    "[ab]{20}c",
    r"\b\w+\b",
    r"\w{3,9}",
    "(?:a|b|c)*?1",
    "b(?:.*c)?",
];

const ATOMS: &[&[u8]] = &[b"a", b"b", b"c", b"1", b"\n", b" ", b"abc", "é".as_bytes(), b"\xff", b"A"];

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let some = prop::collection::vec(select(ATOMS), 0..40).prop_map(|atoms| atoms.concat());
    (some, 1_usize..40).prop_map(|(bytes, times)| bytes.repeat(times))
}

fn hir(text: &str) -> Hir {
    ParserBuilder::new().utf8(false).build().parse(text).unwrap()
}

type Span = Option<(usize, usize)>;

fn span(found: Option<Match>) -> Span {
    found.map(|found| (found.start(), found.end()))
}

fn wanted(text: &str, bytes: &[u8], from: usize) -> Span {
    Regex::new(text).unwrap().find_at(bytes, from).map(|found| (found.start(), found.end()))
}

/// By the automata, and by threads alone.
fn both(stepped: &Stepped, cache: &mut Cache, input: &Input<'_>) -> [Span; 2] {
    let goes_on = &mut || true;
    let pace = &mut Pace::new(goes_on);
    let nfa = stepped.forward.get_nfa();
    let by_threads = Threads::new(nfa).find(nfa, input, pace).unwrap();
    [span(stepped.find(cache, input, pace).unwrap()), span(by_threads)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn a_match_is_the_one_that_regex_finds(
        text in select(EXPRESSIONS), bytes in bytes(), from in any::<prop::sample::Index>(), lazy_bytes in select(&[0, 1 << 20][..]),
    ) {
        let stepped = Stepped::new(&[&hir(text)], lazy_bytes).unwrap();
        let mut cache = stepped.create_cache();
        for from in [0, from.index(bytes.len() + 1), bytes.len()] {
            let wanted = wanted(text, &bytes, from);
            prop_assert_eq!(both(&stepped, &mut cache, &Input::new(&bytes).range(from..)), [wanted; 2], "from {}", from);
            let anchored = Input::new(&bytes).range(from..).anchored(Anchored::Yes);
            let wanted = wanted.filter(|(start, _)| *start == from);
            prop_assert_eq!(both(&stepped, &mut cache, &anchored), [wanted; 2], "at {}", from);
        }
    }

    #[test]
    fn of_several_expressions_the_leftmost_match_is_found(
        texts in prop::collection::vec(select(EXPRESSIONS), 2..5), bytes in bytes(),
    ) {
        let hirs: Vec<Hir> = texts.iter().map(|text| hir(text)).collect();
        let stepped = Stepped::new(&hirs.iter().collect::<Vec<_>>(), 1 << 20).unwrap();
        let found = both(&stepped, &mut stepped.create_cache(), &Input::new(&bytes));
        let all = texts.iter().filter_map(|text| wanted(text, &bytes, 0));
        prop_assert_eq!(found, [all.min_by_key(|(start, _)| *start); 2]);
    }
}
