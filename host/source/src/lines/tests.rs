//! What lines come out of which bytes, however they are offered.

use super::*;
use crate::Multiline;
use crate::testing::{split, text};
use logagent_record::Descriptor;
use proptest::prelude::*;

/// Frames `bytes` in runs that grow by `steps`, offering again what was left of each.
fn cut(bytes: &[u8], max: usize, steps: &[(usize, usize)]) -> (Vec<(Vec<u8>, Flags)>, u64) {
    cut_by(Lines::new(max), bytes, steps)
}

fn cut_by(mut lines: Lines, bytes: &[u8], steps: &[(usize, usize)]) -> (Vec<(Vec<u8>, Flags)>, u64) {
    let (mut out, mut truncated) = (Vec::new(), 0);
    let (mut start, mut end, mut steps) = (0, 0, steps.iter().cycle());
    while start < bytes.len() {
        let &(step, table) = steps.next().unwrap();
        end = bytes.len().min(end + step);
        let mut table = vec![Descriptor::default(); table];
        let mut records = Records::new(&mut table);
        let used = lines.cut(&bytes[start..end], end == bytes.len(), &mut records);
        let count = records.count();
        truncated += records.truncated();
        out.extend(table[..count].iter().map(|line| (bytes[start..][line.body()].to_vec(), line.flags)));
        start += used;
    }
    (out, truncated)
}

#[test]
fn bytes_become_these_records() {
    const DONE: Flags = Flags::TERMINATED;
    const MORE: Flags = Flags::CONTINUED;
    const OPEN: Flags = Flags(0);
    type Case = (&'static [u8], &'static [(&'static [u8], Flags)], u64);
    let cases: &[Case] = &[
        (b"", &[], 0),
        (b"a\n", &[(b"a", DONE)], 0),
        (b"a\r\nb", &[(b"a\r", DONE), (b"b", OPEN)], 0),
        (b"\n\n", &[(b"", DONE), (b"", DONE)], 0),
        (b"\0\xff\n", &[(b"\0\xff", DONE)], 0),
        (b"abcd\n", &[(b"abcd", DONE)], 0),
        (b"abcde\n", &[(b"abcd", MORE), (b"e", DONE)], 1),
        (b"abcdefgh\ni\n", &[(b"abcd", MORE), (b"efgh", DONE), (b"i", DONE)], 1),
        (b"abcdefghi", &[(b"abcd", MORE), (b"efgh", MORE), (b"i", OPEN)], 1),
        (b"abcd", &[(b"abcd", OPEN)], 0),
        (b"abcde\nabcde\n", &[(b"abcd", MORE), (b"e", DONE), (b"abcd", MORE), (b"e", DONE)], 2),
    ];
    for (bytes, lines, truncated) in cases {
        let expected = (lines.iter().map(|&(body, flags)| (body.to_vec(), flags)).collect(), *truncated);
        assert_eq!(cut(bytes, 4, &[(usize::MAX / 2, 100)]), expected, "{}", bytes.escape_ascii());
        assert_eq!(split(bytes, 4), expected, "the oracle, on {}", bytes.escape_ascii());
    }
}

#[test]
fn a_full_table_ends_the_run_before_the_record_that_has_no_place() {
    let (mut lines, mut table) = (Lines::new(4), [Descriptor::default(); 1]);
    let mut records = Records::new(&mut table);
    assert_eq!(lines.cut(b"abcdef\n", true, &mut records), 4);
    assert_eq!(lines.cut(b"ef\n", true, &mut records), 0);
    assert_eq!(records.truncated(), 1);
}

#[test]
fn the_wanted_space_grows_with_the_fragment_up_to_one_record() {
    let cases = [(0, 4096), (3000, 6000), (600_000, (1 << 20) + 1)];
    for (fragment, expected) in cases {
        assert_eq!(Lines::new(1 << 20).wanted(fragment), expected, "{fragment}");
    }
    assert_eq!(Lines::new(usize::MAX).wanted(usize::MAX), usize::MAX);
}

proptest! {
    #[test]
    fn any_runs_and_tables_give_the_same_records(
        bytes in text(),
        max in 1_usize..12,
        steps in proptest::collection::vec((1_usize..40, 1_usize..5), 1..8),
    ) {
        prop_assert_eq!(cut(&bytes, max, &steps), split(&bytes, max));
    }
}

/// Lines that begin a record begin with a `>`.
fn joined(max: usize) -> Lines {
    Lines::new(max).joined(Some(Multiline::start("^>", Duration::ZERO).unwrap()))
}

/// Joins all of `bytes`, offered in runs that grow by `steps`, into tables of so many records.
fn join(bytes: &[u8], max: usize, steps: &[(usize, usize)]) -> (Vec<(String, Flags)>, u64) {
    let (out, truncated) = cut_by(joined(max), bytes, steps);
    (out.into_iter().map(|(body, flags)| (String::from_utf8_lossy(&body).into_owned(), flags)).collect(), truncated)
}

#[test]
fn lines_that_belong_together_become_one_record() {
    const DONE: Flags = Flags::TERMINATED;
    const MORE: Flags = Flags::CONTINUED;
    const OPEN: Flags = Flags(0);
    type Case = (&'static str, &'static [(&'static str, Flags)], u64);
    let cases: &[Case] = &[
        ("", &[], 0),
        (">a\n", &[(">a", DONE)], 0),
        (">a\nb\n>c\n", &[(">a\nb", DONE), (">c", DONE)], 0),
        ("b\n>c", &[("b", DONE), (">c", OPEN)], 0),
        (">a\n\n\n>c\nd", &[(">a\n\n", DONE), (">c\nd", OPEN)], 0),
        (">a\r\nb\r\n", &[(">a\r\nb\r", DONE)], 0),
        (">ab\ncd\nefghi\n>x\n", &[(">ab\ncd", MORE), ("efghi", DONE), (">x", DONE)], 1),
        (">ab\ncdefghijklm\nn\n", &[(">ab", DONE), ("cdefghij", MORE), ("klm\nn", DONE)], 1),
    ];
    for (text, records, truncated) in cases {
        let expected = (records.iter().map(|&(body, flags)| (body.to_owned(), flags)).collect(), *truncated);
        assert_eq!(join(text.as_bytes(), 8, &[(usize::MAX / 2, 100)]), expected, "{text:?}");
    }
}

#[test]
fn a_record_whose_end_is_not_sure_is_not_cut() {
    let mut table = [Descriptor::default(); 9];
    let mut records = Records::new(&mut table);
    assert_eq!(joined(100).cut(b">a\nb\n>c\nd\n>", false, &mut records), 5);
    assert_eq!(records.count(), 1);
}

proptest! {
    #[test]
    fn any_runs_and_tables_join_the_same_records(
        lines in proptest::collection::vec(prop_oneof![">[a-c]{0,4}", "[a-c]{0,4}", "[a-c]{9,20}"], 0..20),
        steps in proptest::collection::vec((1_usize..40, 1_usize..5), 1..8),
    ) {
        let text = lines.join("\n");
        let whole = join(text.as_bytes(), 8, &[(usize::MAX / 2, 1000)]);
        prop_assert_eq!(join(text.as_bytes(), 8, &steps), whole);
    }
}
