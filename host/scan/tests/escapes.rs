//! Bodies searched as what their JSON escapes stand for.

#[path = "support/layout.rs"]
mod layout;

use layout::{Layout, literal, regex, set};
use logagent_scan::{Escapes, Pattern, Report};

/// Of one body, what each match covers as it is written.
fn spans(body: &str, pattern: &Pattern) -> Vec<String> {
    let layout = Layout::lines(&["{}", body, r#"{"other":"\n"}"#]);
    let all = layout.run(&set(std::slice::from_ref(pattern), Report::All, Escapes::Json));
    let first = layout.run(&set(std::slice::from_ref(pattern), Report::First, Escapes::Json));
    let spans = |matches: Vec<logagent_scan::Match>| -> Vec<String> {
        let own = matches.into_iter().filter(|found| found.record == 1);
        own.map(|found| layout.body_at(1)[found.start as usize..found.end as usize].to_vec())
            .map(|bytes| String::from_utf8(bytes).unwrap())
            .collect()
    };
    let all = spans(all);
    let first = spans(first);
    assert_eq!(first.len(), all.len().min(1), "{body} {pattern:?}");
    assert!(first.iter().all(|found| all.contains(found)), "{body} {pattern:?}");
    all
}

#[test]
fn a_match_covers_whole_escapes_as_they_are_written() {
    for (body, pattern, wanted) in [
        (r#"{"m":"a\u0040b.c"}"#, literal("a@b"), vec![r"a\u0040b"]),
        (r#"{"m":"\u0040"}"#, literal("@"), vec![r"\u0040"]),
        (r#"{"m":"\"\\\/\b\f\n\r\t"}"#, literal("\"\\/\u{8}\u{c}\n\r\t"), vec![r#"\"\\\/\b\f\n\r\t"#]),
        (r#"{"m":"x\nyy\nz"}"#, literal("y"), vec!["y", "y"]),
        (r#"{"m":"x\ny"}"#, regex(r"x\sy"), vec![r"x\ny"]),
        (r#"{"m":"\ud83d\ude00!"}"#, literal("😀!"), vec![r"\ud83d\ude00!"]),
        (r#"{"m":"\u00e9"}"#, regex(r"(?-u:\xC3)"), vec![r"\u00e9"]),
        (r#"{"m":"\u00e9x"}"#, regex(r"(?-u:\xA9)x"), vec![r"\u00e9x"]),
        (r#"{"m":"a\\u0040b"}"#, literal("a@b"), vec![]),
        (r#"{"m":"a\\u0040b"}"#, literal(r"a\u0040b"), vec![r"a\\u0040b"]),
        (r#"{"m":"\n"}"#, literal("n"), vec![]),
        (r#"{"m":"\n"}"#, literal("m"), vec!["m"]),
        (" \t[\"a\\tb\"]", literal("a\tb"), vec![r"a\tb"]),
    ] {
        assert_eq!(spans(body, &pattern), wanted, "{body} {pattern:?}");
    }
}

#[test]
fn what_is_not_an_escape_stays_as_it_is() {
    for body in [
        r#"{"m":"\ud83d"}"#,
        r#"{"m":"\ude00\ud83d"}"#,
        r#"{"m":"\ud83d\u0040"}"#,
        r#"{"m":"\u004"}"#,
        r#"{"m":"\u00g0"}"#,
        r#"{"m":"\u+040"}"#,
        r#"{"m":"\q"}"#,
        r#"{"m":"\u00"#,
        r#"{"m":"\"#,
    ] {
        let written = body.trim_start_matches(r#"{"m":""#).trim_end_matches(r#""}"#).replace(r"\u0040", "");
        assert_eq!(spans(body, &literal(&written)), [written], "{body}");
    }
}

#[test]
fn a_body_that_is_not_json_is_searched_both_ways() {
    assert_eq!(spans(r"path C:\new", &literal(r"C:\new")), [r"C:\new"]);
    assert_eq!(spans(r"path C:\new", &literal("C:\new")), [r"C:\new"]);
    assert_eq!(spans(r#""C:\new""#, &literal(r"C:\new")), Vec::<String>::new());
    assert_eq!(spans(r"\u0040 \\u0040", &literal("@")), [r"\u0040"]);
    assert_eq!(spans(r"\u0040 \\u0040", &literal(r"\u0040")), [r"\u0040", r"\\u0040"]);
}

#[test]
fn only_bodies_with_escapes_are_changed_by_them() {
    let mut layout = Layout::lines(&[r#"{"a":1}"#, r#"{"\u0061":1}"#, "a", r"\u0061", r#"{"b":1}"#]);
    let set = set(&[literal("a")], Report::First, Escapes::Json);
    assert_eq!(layout.run(&set).iter().map(|found| found.record).collect::<Vec<_>>(), [0, 1, 2, 3]);
    layout.records.reverse();
    assert_eq!(layout.run(&set).iter().map(|found| found.record).collect::<Vec<_>>(), [1, 2, 3, 4]);
}

#[test]
fn more_escaped_bodies_than_one_portion_holds_are_all_searched() {
    let filler = "x".repeat(1000);
    let bodies: Vec<String> = (0..2000).map(|number| format!(r#"{{"m":"\u0023{number}\u0023{filler}"}}"#)).collect();
    let layout = Layout::lines(&bodies);
    let matches = layout.run(&set(&[regex(r"#\d+#")], Report::All, Escapes::Json));
    assert_eq!(matches.len(), 2000);
    assert!(matches.iter().all(|found| layout.text(*found) == format!(r"\\u0023{}\\u0023", found.record)));
}
