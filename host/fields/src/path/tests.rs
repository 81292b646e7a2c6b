//! Paths that are read, and those that are refused.

use super::*;

fn key(text: &str) -> Step {
    Step::Key(text.as_bytes().to_vec())
}

#[test]
fn a_path_is_its_steps() {
    use Step::{AnyDepth, AnyIndex, AnyKey, Index};
    for (text, steps) in [
        ("$", vec![]),
        ("user", vec![key("user")]),
        ("user.email", vec![key("user"), key("email")]),
        ("items[*].card", vec![key("items"), AnyIndex, key("card")]),
        ("items[0]", vec![key("items"), Index(0)]),
        ("[*].id", vec![AnyIndex, key("id")]),
        ("[4294967295][0]", vec![Index(u32::MAX), Index(0)]),
        ("*", vec![AnyKey]),
        ("a.*.b", vec![key("a"), AnyKey, key("b")]),
        ("**.password", vec![AnyDepth, key("password")]),
        ("a.**", vec![key("a"), AnyDepth]),
        ("**[0]", vec![AnyDepth, Index(0)]),
        (r#""a.b".c"#, vec![key("a.b"), key("c")]),
        (r#"c."a[0] \"\u0041\n""#, vec![key("c"), key("a[0] \"A\n")]),
        (r#""""#, vec![key("")]),
        (r#""$""#, vec![key("$")]),
        (r#""\ud83d\ude00""#, vec![key("😀")]),
        ("$ref.@type.x-y_z/ü", vec![key("$ref"), key("@type"), key("x-y_z/ü")]),
    ] {
        assert_eq!(parse(text), Ok(steps), "{text}");
    }
}

#[test]
fn a_wrong_path_is_refused_with_the_place_and_what_may_stand_there() {
    for (text, message) in [
        ("", "the path is empty; the root's is `$`"),
        (".a", "found '.' at byte 0; allowed: a key, `*`, `**` or `[`"),
        ("a.", "found the end at byte 2; allowed: a key, `*`, `**` or `[`"),
        ("a..b", "found '.' at byte 2; allowed: a key, `*`, `**` or `[`"),
        ("a.[0]", "found '[' at byte 2; allowed: a key, `*`, `**` or `[`"),
        ("a b", "found ' ' at byte 1; allowed: `.`, `[` or the end"),
        ("a*", "found '*' at byte 1; allowed: `.`, `[` or the end"),
        ("***", "found '*' at byte 2; allowed: `.`, `[` or the end"),
        ("ü]", "found ']' at byte 2; allowed: `.`, `[` or the end"),
        ("a[0]b", "found 'b' at byte 4; allowed: `.`, `[` or the end"),
        ("a[", "found the end at byte 2; allowed: an index or `*`"),
        ("a[-1]", "found '-' at byte 2; allowed: an index or `*`"),
        ("a[**]", "found '*' at byte 3; allowed: `]`"),
        ("a[1", "found the end at byte 3; allowed: `]`"),
        ("a[01]", "found an index with a leading zero at byte 2; allowed: none"),
        ("[4294967296]", "found an index at byte 1 that is too large; allowed: up to 4294967295"),
        ("$.a", "found `$` at byte 0; allowed: `$` as the whole path, or as a key in quotes"),
        ("$[0]", "found `$` at byte 0; allowed: `$` as the whole path, or as a key in quotes"),
        (r#""a"#, "found the end at byte 2; allowed: `\"`, an escape or a printable character"),
        ("\"a\nb\"", "found '\\n' at byte 2; allowed: `\"`, an escape or a printable character"),
        (
            r#""\x""#,
            "found no escape of JSON that goes on at byte 2; allowed: \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX",
        ),
        (r#""\ud800""#, "found a lone surrogate in the key at byte 1; allowed: pairs"),
    ] {
        assert_eq!(parse(text).map_err(|problem| problem.to_string()), Err(message.into()), "{text}");
    }
}
