//! What is JSON and what is not: one case a line, in the spirit of the public suites.
//!
//! Where RFC 8259 leaves the choice: numbers of any size and precision are accepted, and lone surrogates as escapes;
//! a byte order mark is refused, as is nesting deeper than 512. Duplicate keys and empty keys are accepted.

use super::find_in;
use crate::Field;

fn is_json(text: &[u8]) -> bool {
    find_in(&["**"], &[text]).iter().all(|field| field.path != Field::MALFORMED)
}

#[test]
fn json_is_accepted() {
    for text in ACCEPTED {
        assert!(is_json(text.as_bytes()), "{text:?}");
        assert!(
            is_json(format!("\r\n\t [{text}\n, {{ \"a\":{text} }}] ").as_bytes()),
            "{text:?} in an array and an object"
        );
    }
}

#[test]
fn what_is_not_json_is_refused() {
    for text in REFUSED {
        assert!(!is_json(text.as_bytes()), "{text:?}");
        assert!(!is_json(format!("[[{{\"a\":{text}").as_bytes()), "{text:?} in what isn't closed");
    }
}

#[test]
fn what_is_not_utf_8_is_refused() {
    for text in NOT_UTF_8 {
        assert!(!is_json(text), "{text:?}");
    }
}

#[test]
fn what_any_json_is_cut_to_is_refused() {
    let text = r#"{"a":[1,-2.5e3,true,null,"x\u00e9\n"],"b":{}}"#;
    for end in 0..text.len() {
        assert!(!is_json(&text.as_bytes()[..end]), "{}", &text[..end]);
    }
}

#[test]
fn any_byte_put_between_tokens_is_refused_but_for_blanks() {
    let text = br#"{"a":[1,2]}"#;
    for at in [0, 1, 4, 5, 6, 8, 10, 11] {
        for byte in (0..=u8::MAX).filter(|byte| !b"\"-0123456789.eE,".contains(byte)) {
            let mut changed = text.to_vec();
            changed.insert(at, byte);
            assert_eq!(is_json(&changed), b" \t\r\n".contains(&byte), "{:?}", String::from_utf8_lossy(&changed));
        }
    }
}

#[rustfmt::skip]
const ACCEPTED: &[&str] = &[
    // Values of each kind.
    "null", "true", "false", "0", "\"\"", "[]", "{}", "[ ]", "{ }", "[\n]", "{\t}",
    // Numbers.
    "-0", "7", "-7", "10", "1234567890", "0.0", "-0.0", "0.5", "-0.5", "1.25", "10.01", "0e0", "0E0", "0e+1", "0e-1",
    "1e5", "1E5", "1e+5", "1e-5", "1E+05", "1.5e10", "-1.5E-10", "100000000000000000000000", "-9223372036854775809",
    "1e400", "-1e400", "1e-400", "0.000000000000000000000000000000000000001", "123.456e789", "20e00",
    // Strings.
    "\"a\"", "\" \"", "\"{}[]:,\"", "\"true\"", "\"a b\"", "\"'\"", "\"/\"", "\"é\"", "\"€\"", "\"😀\"", "\"\u{7f}\"",
    "\"\u{80}\"", "\"\u{2028}\u{2029}\"", "\"\u{feff}\"", "\"\u{ffff}\"", "\"\u{10ffff}\"", "\"// no comment\"",
    // Escapes.
    r#""\"""#, r#""\\""#, r#""\/""#, r#""\b\f\n\r\t""#, r#""\\\"""#, r#""\\\\""#, r#""\\n""#, r#""\u0041""#,
    r#""\u00e9""#, r#""\u00E9""#, r#""\u0000""#, r#""\u001f""#, r#""\u0022""#, r#""\u005C""#, r#""\uffff""#,
    r#""\ud83d\ude00""#, r#""\uD83D\uDE00""#, r#""a\u0062c\\d\"e""#,
    // Left to the implementation: lone and swapped surrogates.
    r#""\ud800""#, r#""\udc00""#, r#""\udc00\ud800""#, r#""\ud800\ud800""#, r#""\ud800x""#, r#""\ud800\n""#,
    // Arrays and objects.
    "[1]", "[1,2]", "[ 1 , 2 ]", "[null,true,false,0,\"\",[],{}]", "[[]]", "[[],[]]", "[[[[]]]]", "[\"a\"]", "[-1]",
    r#"{"a":1}"#, r#"{ "a" : 1 }"#, r#"{"a":1,"b":2}"#, r#"{"a":{"b":{}}}"#, r#"{"a":[]}"#, r#"{"":0}"#,
    r#"{"a":1,"a":2}"#, r#"{"a":1,"a":1}"#, r#"{"\u0061":1}"#, r#"{"a b":1}"#, r#"{"{":"}"}"#, r#"{"a":"b:c,d"}"#,
    "{\"a\"\n:\r1\t}", r#"[{"a":1},{"b":2}]"#, r#"{"é":"€"}"#, r#"{"\"":"\\"}"#,
];

#[rustfmt::skip]
const REFUSED: &[&str] = &[
    // Nothing, or not one value.
    "", " ", "\n", "1 2", "{}{}", "[][]", "null null", "\"a\" \"b\"", "{} x", "[]]", "{}}", "1,", ",", ",1", ":",
    "[],", "1]", "]", "}", "\u{feff}1", "\u{feff}{}",
    // Words.
    "nul", "nulll", "Null", "NULL", "tru", "truee", "True", "fals", "falsey", "False", "undefined", "NaN", "Infinity",
    "-Infinity", "+Infinity", "inf", "nan", "a", "true1", "truefalse", "true\"\"", "None", "t", "f", "n", "nu ll",
    // Numbers.
    "-", "+1", "++1", "--1", "- 1", "01", "-01", "00", "-00", "1.", "-1.", ".5", "-.5", "1.e1", "1..2", "1.2.3", "1e",
    "1E", "1e+", "1e-", "1e1.5", "1e1e1", "1ee1", "0x1", "0b1", "0o7", "1_000", "1 000", "1a", "1-", "1+1", "1'000",
    "1,5", "1e 5", "1 .5", "0e", "0.", "0.e1", "２", "1f", "1L", "0-1", "1\"\"", "1e0x1", "-a", "-[]",
    // Strings.
    "\"", "\"a", "a\"", "'a'", "\"a\"b", "\"\"\"", "\"\\\"", "\"\t\"", "\"\n\"", "\"\r\"", "\"\u{0}\"", "\"\u{1}\"",
    "\"\u{1f}\"", "\"\\\t\"", "\"\\\n\"", "“a”", "`a`", "\"a\"\"b\"",
    // Escapes.
    r#""\x41""#, r#""\a""#, r#""\0""#, r#""\v""#, r#""\'""#, r#""\ ""#, r#""\U0041""#, r#""\u""#, r#""\u1""#,
    r#""\u12""#, r#""\u123""#, r#""\u123g""#, r#""\u 123""#, r#""\u+123""#, r#""\u-123""#, r#""\u{41}""#,
    r#""\ud83d\u""#, r#""\ud83d\u12""#, r#""\é""#, r"\n", r#"\"a""#, r#""a\"#, r#""\\\""#, r#"\u0031"#,
    // Arrays.
    "[", "[1", "[1,", "[1,]", "[,]", "[,1]", "[1,,2]", "[1 2]", "[1:2]", "[1;2]", "[1}", "[\"a\":1]", "[\"a\"", "[[]",
    "[}", "[1,2", "[a]", "[1,\n", "[true false]", "[\"a\" \"b\"]", "[-]", "[[1],", "[{]}", "(1)", "[1]x", "[*]",
    "[...]",
    // Objects.
    "{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{\"a\"}", "{\"a\":}", "{\"a\" 1}", "{\"a\",1}",
    "{:1}", "{1:1}", "{a:1}", "{'a':1}", "{null:1}", "{[]:1}", "{{}:1}", "{,}", "{\"a\":1,,\"b\":2}", "{,\"a\":1}",
    "{\"a\"::1}", "{\"a\":1:2}", "{\"a\":1 \"b\":2}", "{\"a\":1;\"b\":2}", "{\"a\":1]", "{]", "{\"a\":1,\"b\"}",
    "{\"a\":1,\"b\":}", "{\"a\":b}", "{\"a\":'b'}", "{\"a\"=1}", "{\"a\":1}}", "{\"a\":\"b\"c}", "{\"a\\x\":1}",
    "{\"a\n\":1}", "{true}", "{\"a\":1,2}", "{\"a\":,\"b\":1}", "{\"a\" \"b\"}", "{\"a\"x:1}", "{\"a\":1 x}", "{1}",
    "{[]}", "{{}}",
    // Comments and blanks that are none.
    "1//", "1 // x", "/* x */ 1", "# x\n1", "1 #", "[1/*x*/]", "\u{b}1", "\u{c}1", "1\u{c}", "\u{a0}1", "\u{2028}1",
    "1\u{0}", "\u{0}", "[\u{b}1]", "[1\u{c},2]", "{\u{c}}", "[\u{1a}]", "{\"a\"\u{1a}1}", "[1\u{c}2]", "\u{7f}",
    "[\u{e9}]", "\u{2060}1",
    // Lines of logs.
    "2026-11-24T10:11:12Z INFO started", "INFO {\"a\":1}", "{\"a\":1} trailing", "key=value", "level=info msg=\"x\"",
    "<1>Nov 24 host app: x", "127.0.0.1 - - [24/Nov/2026] \"GET /\" 200 5", "{\"a\":1}\n{\"a\":2}", "{'a': None}",
    "{\"a\": 0x1F}",
];

#[rustfmt::skip]
const NOT_UTF_8: &[&[u8]] = &[
    b"\"\xff\"", b"\"\x80\"", b"\"\xc3\"", b"\"\xc3\x28\"", b"\"\xe2\x82\"", b"\"\xc0\xaf\"", b"\"\xe0\x80\xaf\"",
    b"\"\xed\xa0\x80\"", b"\"\xed\xb0\x80\"", b"\"\xf4\x90\x80\x80\"", b"\"\xf5\x80\x80\x80\"", b"\"\xf0\x9f\x98\"",
    b"[\"\xe9\"]", b"{\"\xff\":1}", b"\xff", b"\xfe\xff\x001", b"1\x80", b"[1,\xc3\xa9\xff]", b"\"\\u\xc3\xa90\"",
    b"\"a\xfc\"",
];
