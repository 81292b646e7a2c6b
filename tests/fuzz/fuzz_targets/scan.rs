//! The search over a batch finds what a search body by body finds.
#![no_main]

use libfuzzer_sys::fuzz_target;
use logagent_record::Bodies;
use logagent_scan::{Escapes, Match, Options, Pattern, Report, Scratch, Set};

fuzz_target!(|input: (Vec<Vec<u8>>, bool, u8, &[u8])| {
    let (literals, is_json, gap, data) = input;
    let mut patterns: Vec<Pattern> =
        literals.into_iter().filter(|it| !it.is_empty()).take(70).map(Pattern::Literal).collect();
    patterns.push(Pattern::Regex(r"^\w+|\d{3}-\d{4}|b$".into()));
    let escapes = if is_json { Escapes::Json } else { Escapes::Raw };
    let Ok(all) = Set::new(&patterns, Options { report: Report::All, escapes }) else { return };
    let first = Set::new(&patterns, Options { report: Report::First, escapes }).expect("the same patterns");
    let lines = logagent_fuzz::lines(data);
    let search = |set: &Set, lines: &[&[u8]]| -> Vec<Match> {
        let (bytes, records) = logagent_fuzz::lay_out(lines, gap);
        let (mut scratch, mut found) = (Scratch::default(), Vec::new());
        set.run(&Bodies::new(&bytes, 0, &records), &mut scratch, &mut || true, &mut found).expect("not interrupted");
        found
    };
    let together = search(&all, &lines);
    let mut apart = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let record = u32::try_from(index).expect("few lines");
        apart.extend(search(&all, &[line]).into_iter().map(|found| Match { record, ..found }));
    }
    assert_eq!(together, apart);
    // Empty matches are told of under First alone.
    let matched: Vec<u32> = search(&first, &lines).iter().map(|found| found.record).collect();
    assert!(matched.is_sorted_by(|one, next| one < next));
    assert!(together.iter().all(|found| matched.contains(&found.record)));
});
