//! Sets over random bodies in random places, against each pattern tried on each body alone.

#[path = "support/layout.rs"]
mod layout;

use layout::{Layout, literal, regex, set};
use logagent_scan::{Escapes, Match, Pattern, Report, Scratch};
use proptest::prelude::*;
use proptest::sample::select;
use regex::bytes::Regex;
use std::cmp::Reverse;

const REGEXES: &[&str] = &[
    "a+b",
    "ab|ba",
    "ab|c1",
    "^a",
    "b$",
    r"\bab\b",
    r"\Bb",
    "a*",
    "$",
    "[ab]{3}c",
    "(?i)abc",
    "(?i)ab1",
    "c.*c",
    "a{2,4}",
    "(a|b)+?c",
    r"\d{2}",
    r"\d+-\d",
    r"1\d+",
    r"(?-u:\xFF)a",
    "[^a]b",
    "é+",
    r"\w+@\w+",
    r"(?s).b.",
    "aaab.",
    r"\s1",
    r"b\s?",
    r"@ab\b",
    "(?m)^b",
    "(?:)",
    r"[ab]+@c1",
    "(abc|a1|@@)2",
];

const ATOMS: &[&str] =
    &["a", "b", "c", "1", "2", "-", "@", "\n", " ", "é", "A", "ab", "abc", "aaab", "@ab", "c1", "@@2", "\\"];

fn bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
    let atom = prop_oneof![20 => select(ATOMS).prop_map(|atom| atom.as_bytes().to_vec()), 1 => Just(vec![0xff]), 1 => Just(vec![0xc3])];
    prop::collection::vec(atom, 0..=most).prop_map(|atoms| atoms.concat())
}

fn pattern() -> impl Strategy<Value = Pattern> {
    prop_oneof![
        bytes(3).prop_filter("an empty literal is refused", |bytes| !bytes.is_empty()).prop_map(Pattern::Literal),
        select(REGEXES).prop_map(regex),
    ]
}

/// Bodies with gaps, some of which touch, in order or not.
fn layout() -> impl Strategy<Value = Layout> {
    let bodies = prop::collection::vec((bytes(12), bytes(2)), 0..12);
    (bodies, prop::bool::weighted(0.3), any::<prop::sample::Index>()).prop_map(|(bodies, turned, at)| {
        let mut layout = bodies.iter().fold(Layout::default(), |layout, (body, gap)| layout.body(body).gap(gap));
        if turned && !layout.records.is_empty() {
            let at = at.index(layout.records.len());
            layout.records.rotate_left(at);
        }
        layout
    })
}

/// What a pattern finds in a body, by the plainest means.
fn found_in(pattern: &Pattern, body: &[u8]) -> Vec<(usize, usize)> {
    match pattern {
        Pattern::Literal(bytes) => {
            let mut found = vec![];
            let mut reach = 0;
            for (start, _) in body.windows(bytes.len()).enumerate().filter(|(_, window)| window == bytes) {
                if start >= reach {
                    reach = start + bytes.len();
                    found.push((start, reach));
                }
            }
            found
        }
        Pattern::Regex(text) => {
            Regex::new(text).unwrap().find_iter(body).map(|found| (found.start(), found.end())).collect()
        }
        Pattern::Kind(_) => unreachable!("kinds are tested elsewhere"),
    }
}

fn all_in(patterns: &[Pattern], layout: &Layout) -> Vec<Match> {
    let mut all = vec![];
    for record in 0..u32::try_from(layout.records.len()).unwrap() {
        for (index, pattern) in patterns.iter().enumerate() {
            for (start, end) in found_in(pattern, layout.body_at(record)) {
                let [pattern, start, end] = [index, start, end].map(|wide| u32::try_from(wide).unwrap());
                all.push(Match { record, pattern, start, end });
            }
        }
    }
    all
}

/// Whether `found` makes `other` needless.
fn covers(found: &Match, other: &Match) -> bool {
    let same = (found.start, found.end) == (other.start, other.end);
    found.record == other.record
        && found.start <= other.start
        && other.end <= found.end
        && (!same || found.pattern < other.pattern)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn all_reports_what_each_pattern_finds_alone(
        patterns in prop::collection::vec(pattern(), 1..6), layout in layout(),
    ) {
        let mut wanted = all_in(&patterns, &layout);
        wanted.retain(|found| found.start < found.end);
        let everything = wanted.clone();
        wanted.retain(|found| !everything.iter().any(|other| covers(other, found)));
        wanted.sort_by_key(|found| (found.record, found.start));
        prop_assert_eq!(layout.run(&set(&patterns, Report::All, Escapes::Raw)), wanted);
    }

    #[test]
    fn first_reports_each_record_that_a_pattern_is_found_in(
        patterns in prop::collection::vec(pattern(), 1..6), layout in layout(),
    ) {
        let mut wanted: Vec<u32> = all_in(&patterns, &layout).iter().map(|found| found.record).collect();
        wanted.dedup();
        let matches = layout.run(&set(&patterns, Report::First, Escapes::Raw));
        for found in &matches {
            let (start, end) = (found.start as usize, found.end as usize);
            let body = layout.body_at(found.record);
            match &patterns[found.pattern as usize] {
                Pattern::Regex(text) => {
                    let again = Regex::new(text).unwrap().find_at(body, start).map(|again| (again.start(), again.end()));
                    prop_assert_eq!(again, Some((start, end)));
                }
                Pattern::Literal(bytes) => prop_assert_eq!(&body[start..end], bytes),
                Pattern::Kind(_) => unreachable!("kinds are tested elsewhere"),
            }
        }
        prop_assert_eq!(matches.iter().map(|found| found.record).collect::<Vec<_>>(), wanted);
    }

    #[test]
    fn long_bodies_are_searched_as_short_ones_are(
        patterns in prop::collection::vec(pattern(), 1..4),
        bodies in prop::collection::vec(prop_oneof![bytes(3), bytes(150)], 6..30),
        times in 1_usize..20,
    ) {
        let layout = Layout::lines(&bodies.iter().map(|body| body.repeat(times)).collect::<Vec<_>>());
        let mut all = all_in(&patterns, &layout);
        let mut records: Vec<u32> = all.iter().map(|found| found.record).collect();
        records.dedup();
        let first = layout.run(&set(&patterns, Report::First, Escapes::Raw));
        prop_assert_eq!(first.iter().map(|found| found.record).collect::<Vec<_>>(), records);
        all.retain(|found| found.start < found.end);
        all.sort_by_key(|found| (found.record, found.start, Reverse(found.end), found.pattern));
        let mut reach = (0, 0);
        all.retain(|found| {
            let is_new = found.record != reach.0 || found.end > reach.1;
            reach = (found.record, if is_new { found.end } else { reach.1 });
            is_new
        });
        prop_assert_eq!(layout.run(&set(&patterns, Report::All, Escapes::Raw)), all);
    }

    #[test]
    fn many_literals_are_found_as_few_are(
        bytes in prop::collection::vec(bytes(3), 1..200), layout in layout(),
    ) {
        let patterns: Vec<Pattern> = bytes.iter().filter(|bytes| !bytes.is_empty()).map(literal).collect();
        let mut wanted = all_in(&patterns, &layout);
        let everything = wanted.clone();
        wanted.retain(|found| !everything.iter().any(|other| covers(other, found)));
        wanted.sort_by_key(|found| (found.record, found.start));
        prop_assert_eq!(layout.run(&set(&patterns, Report::All, Escapes::Raw)), wanted);
    }

    #[test]
    fn without_backslashes_json_escapes_change_nothing(
        patterns in prop::collection::vec(pattern(), 1..4), mut layout in layout(), json in any::<bool>(),
    ) {
        layout.bytes.iter_mut().filter(|byte| **byte == b'\\').for_each(|byte| *byte = if json { b'{' } else { b'z' });
        for report in [Report::First, Report::All] {
            let raw = layout.run(&set(&patterns, report, Escapes::Raw));
            prop_assert_eq!(layout.run(&set(&patterns, report, Escapes::Json)), raw);
        }
    }

    #[test]
    fn a_scratch_that_served_another_set_changes_nothing(
        patterns in prop::collection::vec(pattern(), 2..5), layout in layout(),
    ) {
        let mut scratch = Scratch::default();
        for patterns in [&patterns[1..], &patterns[..], &patterns[..1]] {
            let set = set(patterns, Report::All, Escapes::Json);
            let mut matches = vec![];
            set.run(&layout.bodies(), &mut scratch, &mut || true, &mut matches).unwrap();
            prop_assert_eq!(matches, layout.run(&set));
        }
    }
}
