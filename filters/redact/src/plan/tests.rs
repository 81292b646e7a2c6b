//! How values and matches become pieces.

use logagent_sdk::scan::Match;

use super::{Plan, Span};

fn found(start: usize, end: usize) -> Span {
    Span::of_match(Match { record: 0, pattern: 0, range: start..end }, true)
}

/// The pieces as start, end, and whether each overlaps.
fn pieces(body: &str, values: &[(usize, usize)], matches: &[(usize, usize)]) -> Vec<(usize, usize, bool)> {
    let value = |&(start, end): &(usize, usize)| Span::of_value(0, start..end, 1, body.as_bytes());
    let values: Vec<_> = values.iter().map(value).collect();
    let matches = matches.iter().map(|&(start, end)| found(start, end));
    let mut pieces = Vec::new();
    Plan::default().make(
        &values,
        matches,
        |_| body.as_bytes(),
        |piece| {
            pieces.push((piece.range.start, piece.range.end, piece.overlaps));
        },
    );
    pieces
}

#[test]
fn what_overlaps_in_part_starts_where_the_first_ends() {
    let body = "0123456789";
    assert_eq!(pieces(body, &[], &[(0, 3), (3, 5)]), [(0, 3, false), (3, 5, false)]);
    assert_eq!(pieces(body, &[], &[(0, 5), (3, 8), (9, 10)]), [(0, 5, true), (5, 8, true), (9, 10, false)]);
    assert_eq!(pieces(body, &[], &[(0, 4), (2, 6), (5, 9)]), [(0, 4, true), (4, 6, true), (6, 9, true)]);
    assert_eq!(pieces(body, &[], &[(0, 9), (2, 6), (2, 9), (3, 10)]), [(0, 9, true), (9, 10, true)]);
}

#[test]
fn a_value_covers_the_matches_in_it_and_other_values() {
    let body = r#"{"a":"x@y.zz","b":{"c":[1,2]}}"#;
    assert_eq!(pieces(body, &[(5, 13)], &[(6, 12)]), [(6, 12, false)]);
    assert_eq!(pieces(body, &[(18, 29), (23, 28)], &[(24, 25), (26, 27)]), [(18, 29, false)]);
    assert_eq!(pieces(body, &[(5, 13)], &[(0, 8)]), [(0, 8, true), (8, 12, true)]);
}

#[test]
fn matches_within_a_number_are_the_number_once() {
    let body = r#"{"a":-123456.5,"b":"1, 2"}"#;
    assert_eq!(
        pieces(body, &[], &[(6, 8), (8, 10), (10, 12), (20, 21), (23, 24)]),
        [(5, 14, false), (20, 21, false), (23, 24, false)]
    );
}

#[test]
fn records_are_kept_apart() {
    let matches = (0..3).map(|record| Span::of_match(Match { record, pattern: 0, range: 0..2 }, true));
    let values: Vec<_> = (1..3).map(|record| Span::of_value(record, 1..3, 1, b"x12")).collect();
    let mut pieces = Vec::new();
    Plan::default().make(&values, matches, |_| &b"x12"[..], |piece| pieces.push((piece.record, piece.range.clone())));
    assert_eq!(pieces, [(0, 0..2), (1, 0..2), (1, 2..3), (2, 0..2), (2, 2..3)]);
}
