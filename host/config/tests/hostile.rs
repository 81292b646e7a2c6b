//! Configurations that try to harm: they end in problems, within bounds. Not for honest mistakes.

use std::path::Path;
use std::time::Duration;

use logagent_config::{Config, LoadError, MAX_FILE_BYTES};
use proptest::prelude::*;
use rustix::time::{ClockId, clock_gettime};

/// Of processor time: ample for a debug build, and far less than work in the square of the length takes.
const LIMIT: Duration = Duration::from_secs(20);

fn first_problem(text: &str) -> String {
    let problems = Config::parse(Path::new("f"), text).expect_err("a problem");
    problems.as_slice()[0].to_string()
}

#[test]
fn deep_nesting_is_refused() {
    let ours = "found a value nested too deeply, allowed at most 64 levels";
    // The library looks ahead in brackets, and has a bound of its own there.
    let librarys = "found a YAML syntax error: recursion limit exceeded, allowed YAML 1.2";
    for (text, place, expected) in [
        ("[".repeat(100) + &"]".repeat(100), "f:1:65: ", ours),
        ("[".repeat(100_000), "f:1:256: ", librarys),
        ("{a: ".repeat(100) + &"}".repeat(100), "f:1:257: ", ours),
        ("{a: ".repeat(100_000), "f:1:1021: ", librarys),
        ("- ".repeat(100_000), "f:1:129: ", ours),
        ("? ".repeat(100_000), "f:1:129: ", ours),
    ] {
        let problem = first_problem(&text);
        assert!(problem.starts_with(place) && problem.ends_with(expected), "{problem}");
    }
}

#[test]
fn aliases_are_refused_and_so_cannot_multiply() {
    let text = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n";
    assert_eq!(first_problem(text), "f:2:8: b[0]: found a YAML alias, allowed the value itself, written out");
    assert_eq!(first_problem("a: &a [*a]"), "f:1:8: a[0]: found a YAML alias, allowed the value itself, written out");
}

#[test]
fn a_second_document_and_foreign_tags_are_refused() {
    let cases = [
        ("a: 1\n---\nb: 1\n", "f:2:1: found a second YAML document, allowed one document in a file"),
        (
            "lanes: !!python/object:os.system 1",
            "f:1:8: lanes: found the tag `tag:yaml.org,2002:!python/object:os.system`, which doesn't fit, allowed no tag, \
             or one of YAML's core schema that fits the value",
        ),
        ("[a]: 1", "f:1:1: found a list as a key, allowed text (in quotes where it looks like something else)"),
    ];
    for (text, expected) in cases {
        let problems = Config::parse(Path::new("f"), text).expect_err("a problem");
        assert!(problems.as_slice().iter().any(|problem| problem.to_string() == expected), "{problems}");
    }
}

#[test]
fn a_long_file_is_refused_before_it_is_read() {
    let text = "#".repeat(MAX_FILE_BYTES + 1);
    let expected = "found a longer file, allowed at most 1048576 bytes";
    assert_eq!(first_problem(&text), format!("f:1:1: {expected}"));
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("long.yaml");
    std::fs::write(&path, text).expect("a file");
    let Err(LoadError::Problems(problems)) = Config::load(&path) else { panic!("a long file was read") };
    assert!(problems.to_string().ends_with(expected));
}

#[test]
fn a_file_that_is_no_text_or_not_there_is_an_error() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("a.yaml");
    let Err(LoadError::Read { path: named, .. }) = Config::load(&path) else { panic!("a missing file was read") };
    assert_eq!(named, path);
    std::fs::write(&path, b"lanes: 1\n# \xc3\xa9\xff\n").expect("a file");
    let Err(error) = Config::load(&path) else { panic!("a file that is no text was read") };
    let expected = "a.yaml:2:4: found a byte that is no UTF-8, allowed UTF-8 text";
    assert!(error.to_string().ends_with(expected), "{error}");
}

#[test]
fn a_byte_order_mark_is_no_content() {
    let text = "\u{feff}pipelines: 0\nsources: { in: { type: stdin } }";
    assert_eq!(first_problem(text), "f:1:12: pipelines: found 0, allowed a mapping");
}

/// Pieces, numbered, until they fill as many bytes.
fn fill(bytes: usize, piece: impl Fn(usize) -> String) -> String {
    let mut text = String::new();
    (0..)
        .take_while(|index| {
            text.push_str(&piece(*index));
            text.len() < bytes
        })
        .for_each(drop);
    text
}

/// What this thread has taken, whatever else is at work on the machine.
fn processor_time() -> Duration {
    clock_gettime(ClockId::ThreadCPUTime).try_into().unwrap()
}

/// Each is filled with what costs most to read, to keep or to report.
#[test]
fn large_files_take_bounded_time_and_give_bounded_messages() {
    const BYTES: usize = MAX_FILE_BYTES / 4;
    let long = "k".repeat(BYTES);
    let texts = [
        fill(BYTES, |index| format!("k{index}: 1\n")),
        fill(BYTES, |_| "a: 1\n".into()),
        fill(BYTES, |_| "? [a]\n: 1\n".into()),
        fill(BYTES, |_| "a ".into()),
        fill(BYTES, |_| "\"".into()),
        fill(BYTES, |_| "\n".into()),
        fill(BYTES, |index| format!("&a{index} ")),
        fill(BYTES, |_| "- !!b c\n".into()),
        format!("sources: {{ {} }}", fill(BYTES, |index| format!("s{index}: {{}}, "))),
        format!("filters: {{ f: {{ config: {{ ? {long} : [{}] }} }} }}", fill(BYTES, |_| ".nan, ".into())),
        format!("pipelines: {{ p: {{ from: [{}] }} }}", fill(BYTES, |index| format!("s{index}, "))),
    ];
    for text in texts {
        let start = processor_time();
        let problems = Config::parse(Path::new("f"), &text).expect_err("a problem");
        let shown = problems.to_string();
        let head: String = text.chars().take(40).collect();
        let took = processor_time() - start;
        assert!(took < LIMIT, "{head:?} took {took:?}");
        assert!(shown.len() < 100_000, "{head:?} gave {} bytes", shown.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_text_never_panics(text in ".{0,200}") {
        let _ = Config::parse(Path::new("f"), &text);
    }

    #[test]
    fn text_of_yamls_own_pieces_never_panics(pieces in prop::collection::vec(
        prop::sample::select(vec![
            "a", ": ", ":", "\n", "  ", " ", "- ", "[", "]", "{", "}", ", ", "? ", "&x ", "*x", "!t ", "!!str ", "|", ">",
            "'", "\"", "#", "---\n", "...\n", "%YAML 1.2\n", "\t", "~", "\\", "é", "\r", "\0", "sources:", "filters:",
            "config: ", "pipelines:", "0x", "1", ".nan",
        ]),
        0..60,
    )) {
        let _ = Config::parse(Path::new("f"), &pieces.concat());
    }

    #[test]
    fn a_right_configuration_with_a_piece_cut_out_never_panics(start in 0usize..1300, length in 0usize..60) {
        let text = include_str!("interface.yaml");
        let cut: String = text.chars().take(start).chain(text.chars().skip(start + length)).collect();
        let _ = Config::parse(Path::new("f"), &cut);
    }
}
