use super::*;

fn kept(text: &str, most: usize) -> &str {
    let cut = Cut { most, ellipsis: b".".to_vec() };
    &text[..cut.kept(text.as_bytes())]
}

#[test]
fn a_text_is_cut_behind_a_whole_character() {
    let cases = [
        ("abcdef", 1, ""),
        ("abcdef", 4, "abc"),
        ("äöü", 2, ""),
        ("äöü", 3, "ä"),
        ("äöü", 4, "ä"),
        ("äöü", 5, "äö"),
        ("a😀😀", 5, "a"),
        ("a😀😀", 6, "a😀"),
    ];
    for (text, most, expected) in cases {
        assert_eq!(kept(text, most), expected, "{text} {most}");
    }
}

#[test]
fn a_text_is_cut_behind_a_whole_escape() {
    let cases = [
        (r"\n\n\n", 2, ""),
        (r"\n\n\n", 3, r"\n"),
        (r"\n\n\n", 4, r"\n"),
        (r"\\\\\\", 4, r"\\"),
        (r#"a\"bcd"#, 3, "a"),
        (r#"a\"bcd"#, 4, r#"a\""#),
        (r"\u00e4\u00f6", 6, ""),
        (r"\u00e4\u00f6", 7, r"\u00e4"),
        (r"\ud83d\ude00\n", 7, ""),
        (r"\ud83d\ude00\n", 12, ""),
        (r"\uD83D\uDE00\n", 13, r"\uD83D\uDE00"),
        (r"\ud83d\u0041\n", 7, r"\ud83d"),
        (r"\ude00\ud83d\n", 7, r"\ude00"),
        (r"\u00e4ä", 8, r"\u00e4"),
        (r"\\ud83d\ude00", 9, r"\\ud83d"),
    ];
    for (text, most, expected) in cases {
        assert_eq!(kept(text, most), expected, "{text} {most}");
    }
}

#[test]
fn a_body_with_a_long_string_is_never_passed_over() {
    let cut = Cut { most: 4, ellipsis: Vec::new() };
    let cases = [
        ("", false),
        ("12345", true),
        (r#"{"a":1}"#, false),
        (r#"{"a":"1234"}"#, false),
        (r#"{"a":"12345"}"#, true),
        (r#"["12345"]"#, true),
        (r#"["1234","1234","1234"]"#, false),
        (r#"["1234","1\"34","12345"]"#, true),
        (r#"["\"\"1"]"#, true),
        (r#"["\\"]"#, false),
        (r#""12345"#, true),
        (r#"{"12345":1}"#, true),
    ];
    for (body, expected) in cases {
        assert_eq!(cut.may_be_in(body.as_bytes()), expected, "{body}");
    }
}
