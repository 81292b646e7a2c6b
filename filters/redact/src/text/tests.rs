//! Texts hidden: lengths, escapes, what is left.

use super::{Text, decode, is_partial, mask, partial};
use crate::rule::Form;

fn whole(text: &str, form: Form) -> Text<'_> {
    Text { body: text.as_bytes(), range: 0..text.len(), form }
}

fn masked(text: &str, form: Form) -> String {
    let mut out = Vec::new();
    mask(&whole(text, form), &mut out);
    String::from_utf8(out).unwrap()
}

fn shown(text: &str, form: Form) -> String {
    let mut out = Vec::new();
    partial(&whole(text, form), &mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn a_mask_hides_escapes_as_wholes_and_letters_of_any_script() {
    let cases = [
        ("a@b.c", Form::Parts, "*@*.*"),
        (r"a\u0040b.c", Form::Parts, "********.*"),
        (r"a\/b", Form::Parts, "****"),
        (r"ab\", Form::Parts, "***"),
        (r"\u00zz", Form::Parts, "******"),
        ("é-ü", Form::Digits, "**-**"),
        ("a-b c", Form::Opaque, "*****"),
        ("", Form::Opaque, ""),
    ];
    for (text, form, expected) in cases {
        assert_eq!(masked(text, form), expected, "{text}");
        assert_eq!(masked(text, form).len(), text.len(), "{text}");
    }
}

#[test]
fn partial_shows_four_of_eight_or_more() {
    let cases = [
        ("4111-1111-1111-1234", Form::Digits, "****-****-****-1234"),
        ("4111-1111-1111-12-34", Form::Digits, "****-****-****-12*34"),
        ("abcdefg", Form::Opaque, "*******"),
        ("abcdefgh", Form::Opaque, "****efgh"),
        ("a-b-c-d-e-f-g-h!", Form::Opaque, "********e*f*g*h*"),
        (r"abcd\u0065fgh", Form::Opaque, "*************"),
        (r"abcdefgh\n", Form::Opaque, "****efgh**"),
        ("abc@d.efg", Form::Parts, "***@*.***"),
        ("abcdefgh@b.cd", Form::Parts, "*******h*b*cd"),
        ("2001:db8::1234", Form::Parts, "**********1234"),
    ];
    for (text, form, expected) in cases {
        assert_eq!(shown(text, form), expected, "{text}");
    }
}

#[test]
fn what_partial_left_is_known_again() {
    for text in ["abcdefgh", "a-b-c-d-e-f-g-h!", r"abcdefgh\n"] {
        assert!(is_partial(shown(text, Form::Opaque).as_bytes()), "{text}");
    }
    for text in ["abcdefgh", "****abc", "****abcde", "***abcd", "********"] {
        assert!(!is_partial(text.as_bytes()), "{text}");
    }
}

#[test]
fn what_json_has_no_escape_for_is_decoded_as_it_stands() {
    let cases =
        [(r"a\u0040b\/", "a@b/"), (r"a\qb", r"a\qb"), (r"\ud83d\ude00", "😀"), (r"\ud83d", r"\ud83d"), ("a", "a")];
    for (text, expected) in cases {
        let mut out = b"left over".to_vec();
        decode(text.as_bytes(), &mut out);
        assert_eq!(out, expected.as_bytes(), "{text}");
    }
}
