//! Which matches are bare values, and which only look like one.

use super::{Quotes, begins_as_json};

/// The bare value around the marked match, as text.
fn bare(marked: &str) -> Option<String> {
    let (start, end) = (marked.find('«').unwrap(), marked.find('»').unwrap() - "«".len());
    let body = marked.replace(['«', '»'], "");
    let value = Quotes::default().bare_value(0, body.as_bytes(), &(start..end))?;
    Some(body[value].to_owned())
}

#[test]
fn a_value_outside_of_strings_is_bare() {
    let cases = [
        ("{\"a\":«4111»}", "4111"),
        ("{\"a\" : «4111» }", "4111"),
        ("{\"a\":-«4111».5e+3,\"b\":1}", "-4111.5e+3"),
        ("[«4111»]", "4111"),
        ("[1,«4111» ,2]", "4111"),
        ("[1,\n\t«4111»\r\n]", "4111"),
        (" {\"a\\\"\":\"\\\\\",\"b\":4«11»1}", "4111"),
        ("{\"a\":«true»}", "true"),
        ("[[«1»]]", "1"),
    ];
    for (marked, expected) in cases {
        assert_eq!(bare(marked).as_deref(), Some(expected), "{marked}");
    }
}

#[test]
fn what_only_looks_like_one_is_not() {
    let cases = [
        "{\"a\":\"«4111»\"}",
        "{\"a\":\"x,«4111»,\"}",
        "{\"a\":\"\\\",«4111»,\"}",
        "{\"a\":\"\\\\\\\",«4111»]\"}",
        "{\"«4111»\":1}",
        "{\"a, «4111», b\":1}",
        "a: «4111», b",
        "«4111»",
        "[2026-01-01] «4111», b",
        "[«4111»",
        "[«41 11»]",
        "{\"a\":«+1555»}",
        "[«10.0.0.1», 10.0.0.2]",
        "[«0123»]",
        "[«1.»]",
        "[«1e»]",
        "[«tru»e1]",
        "[17:30] n: «4111», ok",
        "[INFO] n: [«4111»]",
    ];
    for marked in cases {
        assert_eq!(bare(marked), None, "{marked}");
    }
}

#[test]
fn quotes_are_counted_on_from_match_to_match_and_anew_for_each_record() {
    let mut quotes = Quotes::default();
    let body = br#"{"a":1,"b":"x, 2, y","c":3}"#;
    let mut is_bare = |record, at| quotes.bare_value(record, body, &(at..at + 1)).is_some();
    assert_eq!([5, 15, 25].map(|at| is_bare(0, at)), [true, false, true]);
    assert_eq!([15, 15, 5].map(|at| is_bare(1, at)), [false, false, true]);
}

#[test]
fn json_is_told_by_its_first_characters() {
    let json = ["{", " \t[", "{}", "{ \"a", "[[", "[ -1", "[true"];
    let none = ["\"a\"", "x {", "", "[INFO]", "{a", "[main] x"];
    assert!(json.iter().all(|body| begins_as_json(body.as_bytes())));
    assert!(none.iter().all(|body| !begins_as_json(body.as_bytes())));
}
