use super::*;
use logagent_component::Fresh;

fn description(reasons: &[&str], outputs: &[&str]) -> Description {
    let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    Description { reasons: names(reasons), outputs: names(outputs), ..Description::default() }
}

const BYTES: &[u8] = b"a card\nother\n";

fn records() -> [Descriptor; 2] {
    let first = Descriptor { body_at: 0, body_len: 6, severity: 9, ..Descriptor::default() };
    [first, Descriptor { body_at: 7, body_len: 5, ..first }]
}

fn compare(one: (&Decisions, &Description), two: (&Decisions, &Description)) -> Compared {
    let bytes = |at: u32, length: u32| &BYTES[at as usize..(at + length) as usize];
    let side = |(decisions, description)| Side { decisions, description };
    let mut compared = Compared::default();
    compared.take(&records(), bytes, side(one), side(two));
    compared
}

/// What differs of which record, where both speak alike.
fn differences(one: &Decisions, two: &Decisions) -> Vec<(usize, Vec<&'static str>)> {
    let words = description(&["noise", "other"], &["alerts"]);
    let compared = compare((one, &words), (two, &words));
    let mirrored = compare((two, &words), (one, &words));
    assert_eq!(compared.records, mirrored.records, "it is the same the other way round");
    let names = |unlike: &Unlike| {
        let (names, count) = unlike.names();
        (unlike.index, names[..count].to_vec())
    };
    compared.records.iter().map(names).collect()
}

fn edit(at: u32, length: u32, patch_length: u32) -> Edit {
    Edit { index: 0, part: Part::Body, at, length, patch_length }
}

#[test]
fn what_differs_is_named_for_each_record() {
    let none = Decisions::default;
    let edited = |edits: &[Edit], patch: &[u8]| Decisions { edits: edits.to_vec(), patch: patch.to_vec(), ..none() };
    let judged = |verdicts: &[u8]| Decisions { verdicts: verdicts.to_vec(), ..none() };
    let stamped = |severity| Decisions { stamps: vec![Stamp { index: 1, severity, time_unix_nano: 0 }], ..none() };
    let copied = || Decisions { copies: vec![Copied { index: 1, output: 0 }], ..none() };
    for (one, two, expected) in [
        (none(), none(), vec![]),
        (none(), judged(&[0, 0]), vec![]),
        (judged(&[1, 0]), judged(&[1, 0]), vec![]),
        (judged(&[0, 1]), none(), vec![(1, vec!["verdict"])]),
        (judged(&[1, 128]), judged(&[2, 0]), vec![(0, vec!["verdict"]), (1, vec!["verdict"])]),
        (edited(&[edit(2, 4, 3)], b"[x]"), none(), vec![(0, vec!["body"])]),
        // The same text by other edits.
        (edited(&[edit(2, 4, 3)], b"[x]"), edited(&[edit(0, 6, 5)], b"a [x]"), vec![]),
        (edited(&[edit(2, 4, 4)], b"card"), none(), vec![]),
        // What nobody sees.
        (Decisions { verdicts: vec![1, 0], ..edited(&[edit(0, 1, 1)], b"x") }, judged(&[1, 0]), vec![]),
        (stamped(17), none(), vec![(1, vec!["stamp"])]),
        (stamped(9), none(), vec![]),
        (copied(), none(), vec![(1, vec!["copies"])]),
        (copied(), judged(&[0, 1]), vec![(1, vec!["verdict", "copies"])]),
    ] {
        assert_eq!(differences(&one, &two), expected, "{one:?} {two:?}");
    }
}

#[test]
fn words_are_compared_by_name_and_not_by_number() {
    let (old, new) = (description(&["a", "b"], &["x", "y"]), description(&["b"], &["y", "x"]));
    let decided = |verdicts: &[u8]| Decisions { verdicts: verdicts.to_vec(), ..Decisions::default() };
    let count = |one: &[u8], two: &[u8]| compare((&decided(one), &old), (&decided(two), &new)).count();
    assert_eq!((count(&[2, 128], &[1, 129]), count(&[1, 128], &[1, 128])), (0, 2));
}

#[test]
fn what_differs_of_new_records_counts_once() {
    let words = description(&[], &[]);
    let fresh = Fresh { body_length: 1, attributes_length: 0, time_unix_nano: 0, severity: 0 };
    let emitting = |bytes: &[u8]| Decisions {
        emitted: vec![fresh; bytes.len()],
        emitted_bytes: bytes.to_vec(),
        ..Decisions::default()
    };
    let count = |one: &[u8], two: &[u8]| compare((&emitting(one), &words), (&emitting(two), &words)).count();
    assert_eq!((count(b"ab", b"ab"), count(b"ab", b"ba"), count(b"ab", b"")), (0, 1, 1));
}
