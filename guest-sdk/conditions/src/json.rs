//! One value of JSON, from its text to what can be compared. The host has found it and checked the body; this only
//! reads. Not for objects and lists.

use crate::scalar::{Found, Number};

/// What the text says. `decoded` is used for strings with escapes alone: others are read where they stand.
pub(crate) fn read<'a>(written: &'a [u8], decoded: &'a mut Vec<u8>) -> Found<'a> {
    match written {
        [b'"', inner @ .., b'"'] => Found::Text(text(inner, decoded)),
        b"true" => Found::Bool(true),
        b"false" => Found::Bool(false),
        [b'-' | b'0'..=b'9', ..] => number(written).map_or(Found::Other, Found::Number),
        _ => Found::Other,
    }
}

fn text<'a>(inner: &'a [u8], decoded: &'a mut Vec<u8>) -> &'a [u8] {
    if !inner.contains(&b'\\') {
        return inner;
    }
    decoded.clear();
    decode(inner, decoded);
    decoded
}

fn number(written: &[u8]) -> Option<Number> {
    let text = str::from_utf8(written).ok()?;
    if let Ok(number) = text.parse::<i64>() {
        return Some(Number::Whole(number.into()));
    }
    if let Ok(number) = text.parse::<u64>() {
        return Some(Number::Whole(number.into()));
    }
    serde_json::from_slice(written).ok().map(Number::Float)
}

/// RFC 8259, section 7.
fn decode(mut rest: &[u8], decoded: &mut Vec<u8>) {
    while let Some(at) = rest.iter().position(|&byte| byte == b'\\') {
        let (before, escape) = rest.split_at(at);
        decoded.extend_from_slice(before);
        rest = match escape {
            [_, b'u', ..] => unicode(escape, decoded),
            [_, escaped, behind @ ..] => {
                decoded.push(simple(*escaped));
                behind
            }
            _ => &[],
        };
    }
    decoded.extend_from_slice(rest);
}

fn simple(escaped: u8) -> u8 {
    match escaped {
        b'b' => 0x08,
        b'f' => 0x0c,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        other => other,
    }
}

/// One `\uXXXX`, or a pair of them; answers what follows.
fn unicode<'a>(escape: &'a [u8], decoded: &mut Vec<u8>) -> &'a [u8] {
    let Some((high, behind)) = unit(escape) else { return &[] };
    if (0xd800..0xdc00).contains(&high)
        && let Some((low @ 0xdc00..=0xdfff, behind)) = unit(behind)
    {
        push(0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00), decoded);
        return behind;
    }
    push(high, decoded);
    behind
}

fn unit(escape: &[u8]) -> Option<(u32, &[u8])> {
    let (digits, behind) = escape.strip_prefix(b"\\u")?.split_at_checked(4)?;
    let unit = u32::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()?;
    Some((unit, behind))
}

/// A lone surrogate is encoded as UTF-8 would, if it could (the WTF-8 encoding): no valid text has these bytes.
fn push(code: u32, decoded: &mut Vec<u8>) {
    match char::from_u32(code) {
        Some(char) => decoded.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes()),
        None => decoded.extend([code >> 12, code >> 6, code].into_iter().zip([0xe0, 0x80, 0x80]).map(wtf8)),
    }
}

fn wtf8((bits, lead): (u32, u8)) -> u8 {
    lead | u8::try_from(bits & 0x3f).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_read_by_what_they_decode_to() {
        let cases: [(&str, &[u8]); 9] = [
            (r#""""#, b""),
            (r#""plain""#, b"plain"),
            (r#""a\nb\t\"\\\/""#, b"a\nb\t\"\\/"),
            (r#""\b\f\r""#, b"\x08\x0c\r"),
            (r#""\u0041\u00e9""#, "Aé".as_bytes()),
            (r#""x\ud83d\ude00y""#, "x😀y".as_bytes()),
            (r#""\ud83d!""#, b"\xed\xa0\xbd!"),
            (r#""\ude00\ud83d""#, b"\xed\xb8\x80\xed\xa0\xbd"),
            (r#""\ud83d\u0041""#, b"\xed\xa0\xbdA"),
        ];
        for (written, expected) in cases {
            assert_eq!(read(written.as_bytes(), &mut Vec::new()), Found::Text(expected), "{written}");
        }
    }

    #[test]
    fn what_no_host_would_answer_does_no_harm() {
        for written in
            ["", "\"", r#""\"#, r#""\u12"#, r#""\u12""#, r#""\uzzzz""#, r#""\u+123""#, "-", "1x", "tru", "{}"]
        {
            read(written.as_bytes(), &mut Vec::new());
        }
    }

    #[test]
    fn numbers_stay_whole_as_long_as_they_can() {
        let whole = |number| Found::Number(Number::Whole(number));
        let cases = [
            ("0", whole(0)),
            ("-0", whole(0)),
            ("-9223372036854775808", whole(i64::MIN.into())),
            ("18446744073709551615", whole(u64::MAX.into())),
            ("18446744073709551616", Found::Number(Number::Float(18_446_744_073_709_551_616.0))),
            ("0.1", Found::Number(Number::Float(0.1))),
            ("0.30000000000000004", Found::Number(Number::Float(0.1 + 0.2))),
            ("1e2", Found::Number(Number::Float(100.0))),
            ("1e999", Found::Other),
            ("null", Found::Other),
            ("[1]", Found::Other),
        ];
        for (written, expected) in cases {
            assert_eq!(read(written.as_bytes(), &mut Vec::new()), expected, "{written}");
        }
    }
}
