//! The search over a batch finds what a search body by body finds.
#![no_main]

use libfuzzer_sys::fuzz_target;
use logagent_record::Bodies;
use logagent_scan::{Escapes, Match, Options, Pattern, Report, Scratch, Set};
use std::sync::LazyLock;

/// The same patterns under `All` and `First`.
struct Pair {
    all: Set,
    first: Set,
}

static PAIRS: LazyLock<Vec<Pair>> = LazyLock::new(|| {
    let literals = |all: &[&str]| all.iter().map(|it| Pattern::Literal((*it).into())).collect::<Vec<_>>();
    let regexes = |all: &[&str]| all.iter().map(|it| Pattern::Regex((*it).into())).collect::<Vec<_>>();
    let lists = [
        literals(&["ab"]),
        literals(&["a", "ab", "bc", "abcd", "\n", "\"", "DEBUG", "x1", "@", "\\"]),
        regexes(&[r"^[a-z]+", r"\d{3}-\d{4}", r"b$", "(?-u:\\b)key=[0-9]+", r"a*"]),
        [literals(&["user", "::"]), regexes(&[r"id=\d+"])].concat(),
    ];
    let set = |patterns: &[Pattern], report, escapes| Set::new(patterns, Options { report, escapes }).expect("patterns");
    let pair = |patterns: &Vec<Pattern>, escapes| Pair {
        all: set(patterns, Report::All, escapes),
        first: set(patterns, Report::First, escapes),
    };
    lists.iter().flat_map(|patterns| [pair(patterns, Escapes::Raw), pair(patterns, Escapes::Json)]).collect()
});

fn search(set: &Set, lines: &[&[u8]], gap: u8) -> Vec<Match> {
    let (bytes, records) = logagent_fuzz::lay_out(lines, gap);
    let (mut scratch, mut found) = (Scratch::default(), Vec::new());
    set.run(&Bodies::new(&bytes, 0, &records), &mut scratch, &mut || true, &mut found).expect("not interrupted");
    found
}

fuzz_target!(|input: (u8, &[u8])| {
    let (gap, data) = input;
    let lines = logagent_fuzz::lines(data);
    for pair in PAIRS.iter() {
        let together = search(&pair.all, &lines, gap);
        let mut apart = Vec::new();
        for (record, line) in (0..).zip(&lines) {
            apart.extend(search(&pair.all, &[line], gap).into_iter().map(|found| Match { record, ..found }));
        }
        assert_eq!(together, apart);
        // Empty matches are told of under First alone.
        let matched: Vec<u32> = search(&pair.first, &lines, gap).iter().map(|found| found.record).collect();
        assert!(matched.is_sorted_by(|one, next| one < next));
        assert!(together.iter().all(|found| matched.contains(&found.record)));
    }
});
