//! What counts as a match, and what is refused.

#[path = "support/layout.rs"]
mod layout;

use layout::{Layout, literal, regex, set};
use logagent_scan::{
    Escapes, Interrupted, Kind, MAX_COMPILED_BYTES, MAX_LITERAL_BYTES, MAX_MATCHES, MAX_PATTERN_BYTES, MAX_PATTERNS,
    Options, Pattern, PatternError, PatternProblem, Report, Scratch, Set,
};

#[test]
fn nothing_is_found_across_or_outside_of_bodies() {
    let across = Layout::default().body(b"xab").gap(b"c").body(b"dx");
    let from_gap = Layout::default().body(b"x").gap(b"ab").body(b"cdx");
    let in_gap = Layout::default().body(b"x").gap(b"-abcd-").body(b"y");
    let into_gap = Layout::default().body(b"xabc").gap(b"d").body(b"y");
    let touching = Layout::default().body(b"xab").body(b"cdx");
    for (name, layout) in
        [("across", across), ("from", from_gap), ("in", in_gap), ("into", into_gap), ("touching", touching)]
    {
        for patterns in [
            vec![literal("abcd")],
            vec![literal("abcd"), literal("none")],
            vec![regex("abcd|no")],
            vec![regex("[a]bc*d")],
        ] {
            assert_eq!(layout.first(&patterns), [], "{name} {patterns:?}");
            assert_eq!(layout.all(&patterns), [], "{name} {patterns:?}");
        }
    }
}

#[test]
fn a_shorter_literal_is_found_where_a_longer_one_leaves_the_body() {
    let layout = Layout::default().body(b"x-abc").gap(b"def").body(b"-").gap(b"zab").body(b"cabc");
    let patterns = [literal("abcdef"), literal("abc"), literal("zabc")];
    assert_eq!(layout.first(&patterns), [0, 2]);
    assert_eq!(layout.all(&patterns), [(0, 1, "abc".into()), (2, 1, "abc".into())]);
}

#[test]
fn an_expression_sees_its_body_alone() {
    let layout = Layout::default().gap(b"a").body(b"b c").gap(b"d").body(b"").gap(b" ").body(b"e");
    for (text, records) in [
        ("^b", vec![0]),
        ("c$", vec![0]),
        (r"\bb", vec![0]),
        (r"c\b", vec![0]),
        (r"\Bb", vec![]),
        (r"\s", vec![0]),
        ("^$", vec![1]),
        (r"^\w$", vec![2]),
    ] {
        assert_eq!(layout.first(&[regex(text)]), records, "{text}");
    }
}

#[test]
fn an_empty_match_counts_for_first_but_not_for_all() {
    let layout = Layout::lines(&["", "b", "ab"]);
    assert_eq!(layout.first(&[regex("a*")]), [0, 1, 2]);
    assert_eq!(layout.all(&[regex("a*")]), [(2, 0, "a".into())]);
}

#[test]
fn a_match_within_another_is_left_out_and_one_that_overlaps_is_not() {
    let layout = Layout::lines(&["abcdef"]);
    let patterns = [literal("bcd"), literal("cd"), regex("b.d"), regex("d[e]f"), literal("abc")];
    assert_eq!(layout.all(&patterns), [(0, 4, "abc".into()), (0, 0, "bcd".into()), (0, 3, "def".into())]);
}

#[test]
fn a_pattern_does_not_overlap_itself() {
    let layout = Layout::lines(&["aaaaa", "aa"]);
    assert_eq!(layout.all(&[literal("aa")]), [(0, 0, "aa".into()), (0, 0, "aa".into()), (1, 0, "aa".into())]);
}

#[test]
fn bodies_that_were_moved_are_searched_in_the_order_of_records() {
    let mut layout = Layout::lines(&["one x", "two", "three x", "x"]);
    layout.records.swap(0, 2);
    layout.records.swap(1, 3);
    for patterns in [vec![literal("x")], vec![regex(r"\w")], vec![literal("x"), regex(r"\d")]] {
        let wanted: Vec<u32> = if patterns == [regex(r"\w")] { vec![0, 1, 2, 3] } else { vec![0, 1, 2] };
        assert_eq!(layout.first(&patterns), wanted, "{patterns:?}");
    }
    assert_eq!(layout.all(&[literal("x")]).iter().map(|found| found.0).collect::<Vec<_>>(), [0, 1, 2]);
}

#[test]
fn bodies_need_not_be_utf8() {
    let layout = Layout::lines(&[&b"\xff\xfea\x80"[..], b"\xc3", b"\xc3\xa9"]);
    assert_eq!(layout.first(&[literal(b"\xfea")]), [0]);
    assert_eq!(layout.first(&[regex(r"(?-u:\xC3)$")]), [1]);
    assert_eq!(layout.all(&[regex(r"\w")]), [(0, 0, "a".into()), (2, 0, r"\xc3\xa9".into())]);
    assert_eq!(layout.first(&[regex(r"\bé\b|\d\b")]), [2]);
}

#[test]
fn a_body_full_of_false_hits_is_settled_at_once() {
    let hostile = b"\"level\":\"DEBU".repeat(3000);
    let found = [hostile.clone(), b"\"level\":\"DEBUG".to_vec()].concat();
    let layout = Layout::lines(&[hostile, found]);
    let patterns = [literal("\"level\":\"DEBUG\""), literal("l\":\"DEBUG"), literal("DEBUg"), regex("BU(gg|G)")];
    assert_eq!(layout.first(&patterns), [1]);
    assert_eq!(layout.all(&patterns).len(), 1);
}

#[test]
fn long_literals_and_long_bodies_are_searched_in_stretches() {
    let needle = b"0123456789".repeat(5000);
    let body = [b"x".repeat(40_000), needle.clone(), b"y".repeat(70_000), needle.clone()].concat();
    let layout = Layout::lines(&[b"x".repeat(100_000), body]);
    for patterns in [vec![literal(&needle)], vec![literal("none"), literal(&needle)]] {
        assert_eq!(layout.first(&patterns), [1]);
        assert_eq!(layout.all(&patterns).len(), 2);
    }
}

#[test]
fn no_patterns_match_nothing() {
    assert_eq!(Layout::lines(&["a", ""]).first(&[]), []);
    assert_eq!(Layout::default().first(&[literal("a"), regex("a*")]), []);
}

#[test]
fn a_run_that_may_not_go_on_ends_without_matches() {
    let layout = Layout::lines(&vec!["a 12 line of text"; 5000]);
    for patterns in
        [vec![literal("a")], vec![literal("none")], vec![regex(r"\d")], vec![regex("x*")], vec![regex(r"\pL{9}\w{99}")]]
    {
        for report in [Report::First, Report::All] {
            let mut asked = 0;
            let mut goes_on = || {
                asked += 1;
                asked < 3
            };
            let set = set(&patterns, report, Escapes::Json);
            let mut matches = vec![];
            let result = set.run(&layout.bodies(), &mut Scratch::default(), &mut goes_on, &mut matches);
            assert_eq!((result, matches.len(), asked), (Err(Interrupted), 0, 3), "{patterns:?} {report:?}");
        }
    }
}

/// How often a run asked, and its result, when the question with this number is answered with no.
fn asked(patterns: &[Pattern], report: Report, layout: &Layout, no_at: usize) -> (usize, Result<(), Interrupted>) {
    let mut asked = 0;
    let mut goes_on = || {
        asked += 1;
        asked != no_at
    };
    let set = set(patterns, report, Escapes::Raw);
    let result = set.run(&layout.bodies(), &mut Scratch::default(), &mut goes_on, &mut vec![]);
    (asked, result)
}

/// Bytes in which expressions of `a` and `b` find something else to remember at each place.
fn noise(len: usize) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(7);
    (0..len).map(|_| if random.bool() { b'a' } else { b'b' }).collect()
}

#[test]
fn a_large_expression_over_a_long_body_can_be_stopped() {
    let layout = Layout::lines(&[noise(1 << 20)]);
    let unicode = Layout::lines(&[["é".as_bytes(), &noise(1 << 20)].concat()]);
    for (text, layout) in
        [("a[ab]{2000}c", &layout), ("[ab]{2000}[ac][ab]{3000}[cd]", &layout), (r"\b[^c]{2000}c", &unicode)]
    {
        for patterns in [vec![regex(text)], vec![regex(text), regex("[ab]{9}[c]")], vec![regex(&format!("aab{text}"))]]
        {
            for report in [Report::First, Report::All] {
                assert_eq!(asked(&patterns, report, layout, 3), (3, Err(Interrupted)), "{text} {report:?}");
            }
        }
    }
}

#[test]
fn the_larger_an_expression_the_fewer_bytes_between_two_questions() {
    const LEN: usize = 12 << 10;
    for (text, states) in [("a[ab]{400}c", 400), ("a[ab]{2000}c", 2000)] {
        let (asked, result) = asked(&[regex(text)], Report::All, &Layout::lines(&[noise(LEN)]), usize::MAX);
        assert_eq!(result, Ok(()));
        assert!(asked > LEN * states / (1 << 20), "{text}: {asked}");
    }
}

#[test]
fn many_large_expressions_are_made_and_stopped_in_time() {
    let patterns: Vec<Pattern> = (0..1024).map(|_| regex("[a-z]{100}[x]")).collect();
    assert_eq!(asked(&patterns, Report::First, &Layout::lines(&[vec![b'a'; 1 << 20]]), 3), (3, Err(Interrupted)));
}

#[test]
fn too_many_matches_end_a_run() {
    let line = "a".repeat(1 << 20);
    for (lines, wanted) in [(MAX_MATCHES >> 20, Ok(())), ((MAX_MATCHES >> 20) + 1, Err(Interrupted))] {
        let layout = Layout::lines(&vec![&line; lines]);
        for patterns in [vec![literal("a")], vec![regex("[a]")]] {
            assert_eq!(asked(&patterns, Report::All, &layout, usize::MAX).1, wanted, "{lines} {patterns:?}");
        }
    }
}

fn errors(patterns: &[Pattern]) -> Vec<PatternError> {
    Set::new(patterns, Options { report: Report::First, escapes: Escapes::Raw }).unwrap_err()
}

#[test]
fn all_wrong_patterns_are_named() {
    let errors = errors(&[literal(""), literal("a"), regex("a("), literal(vec![b'a'; MAX_PATTERN_BYTES + 1])]);
    let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "pattern 0: an empty literal; one byte or more is needed",
            "pattern 2: not a regular expression: unclosed group",
            "pattern 3: 65537 bytes long; at most 65536 are allowed",
        ]
    );
}

#[test]
fn what_is_too_large_is_refused() {
    let too_many = PatternProblem::TooMany { count: MAX_PATTERNS + 1, limit: MAX_PATTERNS };
    assert_eq!(errors(&vec![literal("a"); MAX_PATTERNS + 1]), [PatternError { index: MAX_PATTERNS, reason: too_many }]);
    for patterns in [vec![regex(r"\w{1000}{1000}")], vec![regex(r"\w{50}"); 100]] {
        let errors = errors(&patterns);
        let reason = &errors[0].reason;
        assert!(matches!(reason, PatternProblem::TooLarge { limit: MAX_COMPILED_BYTES, .. }), "{reason}");
    }
}

#[test]
fn literals_that_are_too_long_together_are_refused() {
    let literals = vec![literal(vec![b'a'; MAX_PATTERN_BYTES]); MAX_LITERAL_BYTES / MAX_PATTERN_BYTES];
    assert_eq!(Layout::lines(&["a"]).first(&literals), []);
    let errors = errors(&[literals, vec![literal("b"), literal("a")]].concat());
    let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(lines, ["pattern 16: the set's literals are 1048578 bytes long together; at most 1048576 are allowed"]);
}

#[test]
fn secrets_are_patterns_like_others() {
    let layout = Layout::lines(&["no", "to a@b.co now", "x-a@b.co"]);
    let patterns = [literal("x"), Pattern::Kind(Kind::Email), literal("@b"), Pattern::Kind(Kind::Email)];
    assert_eq!(layout.first(&patterns), [1, 2]);
    let all = layout.all(&patterns);
    assert_eq!(all[0], (1, 1, "a@b.co".into()));
    assert!(all.iter().all(|(_, pattern, _)| *pattern < 2), "{all:?}");
}

#[test]
fn a_set_can_be_shared_between_threads() {
    fn shared<T: Send + Sync>(_: &T) {}
    shared(&set(&[literal("a"), regex("b+"), Pattern::Kind(Kind::Card)], Report::First, Escapes::Raw));
}
