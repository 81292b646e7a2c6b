//! Escapes in strings: JSON's (RFC 8259, 7), and the bytes in hexadecimal of nginx's and Apache's logs.

/// What a string's text stands for by JSON's escapes: itself, or what `buffer` holds then.
#[inline]
pub(crate) fn decoded<'a>(raw: &'a [u8], buffer: &'a mut Vec<u8>) -> &'a [u8] {
    if memchr::memchr(b'\\', raw).is_none() {
        return raw;
    }
    buffer.clear();
    unescape(raw, buffer);
    buffer
}

/// Appends what `text` stands for by JSON's escapes. Half of a surrogate pair becomes U+FFFD; an escape that JSON does
/// not know stays as it stands.
pub(crate) fn unescape(mut text: &[u8], out: &mut Vec<u8>) {
    while let Some(at) = memchr::memchr(b'\\', text) {
        out.extend_from_slice(&text[..at]);
        text = escape(&text[at + 1..], out);
    }
    out.extend_from_slice(text);
}

/// From behind the backslash. Answers what is left.
fn escape<'a>(text: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
    let Some((&letter, rest)) = text.split_first() else {
        out.push(b'\\');
        return text;
    };
    match letter {
        b'"' | b'\\' | b'/' => out.push(letter),
        b'b' => out.push(8),
        b'f' => out.push(12),
        b'n' => out.push(b'\n'),
        b'r' => out.push(b'\r'),
        b't' => out.push(b'\t'),
        b'u' => return unicode(rest, out),
        // The letter itself may begin a character of several bytes: it is left to the plain text.
        _ => {
            out.push(b'\\');
            return text;
        }
    }
    rest
}

fn unicode<'a>(text: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
    let Some((unit, rest)) = unit(text) else {
        out.extend_from_slice(b"\\u");
        return text;
    };
    let low = rest.strip_prefix(b"\\u").and_then(self::unit);
    if let (0xd800..0xdc00, Some((low @ 0xdc00..0xe000, rest))) = (unit, low) {
        push(0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00), out);
        return rest;
    }
    push(unit, out);
    rest
}

fn unit(text: &[u8]) -> Option<(u32, &[u8])> {
    let (digits, rest) = text.split_first_chunk::<4>()?;
    digits.iter().try_fold(0, |unit, &digit| Some(unit << 4 | hex(digit)?)).map(|unit| (unit, rest))
}

fn hex(digit: u8) -> Option<u32> {
    char::from(digit).to_digit(16)
}

fn push(code: u32, out: &mut Vec<u8>) {
    let char = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
    out.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
}

/// Appends what `text` stands for in a web server's log: `\"`, `\\` and `\xHH`. Another escape stays as it stands.
pub(crate) fn unescape_bytes(mut text: &[u8], out: &mut Vec<u8>) {
    while let Some(at) = memchr::memchr(b'\\', text) {
        out.extend_from_slice(&text[..at]);
        let (byte, length) = match text[at + 1..] {
            [letter @ (b'"' | b'\\'), ..] => (letter, 2),
            [b'x', high, low, ..] => byte(high, low).map_or((b'\\', 1), |byte| (byte, 4)),
            _ => (b'\\', 1),
        };
        out.push(byte);
        text = &text[at + length..];
    }
    out.extend_from_slice(text);
}

fn byte(high: u8, low: u8) -> Option<u8> {
    u8::try_from(hex(high)? << 4 | hex(low)?).ok()
}

/// The place of the quote that ends a string whose text begins at `text`'s start; a backslash escapes what follows it.
#[inline]
pub(crate) fn closing_quote(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += memchr::memchr2(b'"', b'\\', text.get(at..)?)?;
        if text[at] == b'"' {
            return Some(at);
        }
        at += 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(unescape: fn(&[u8], &mut Vec<u8>), text: &str) -> String {
        let mut out = Vec::new();
        unescape(text.as_bytes(), &mut out);
        String::from_utf8_lossy(&out).into_owned()
    }

    #[test]
    fn json_escapes_become_what_they_stand_for() {
        for (text, expected) in [
            ("plain", "plain"),
            (r#"\"\\\/\b\f\n\r\t"#, "\"\\/\u{8}\u{c}\n\r\t"),
            (r"us\u0065r \u20ac", "user €"),
            (r"\ud83d\ude00!", "😀!"),
            (r"\ud83d", "\u{fffd}"),
            (r"\ud83d\u0041", "\u{fffd}A"),
            (r"\ude00\ud83d\ude00", "\u{fffd}😀"),
            (r"\x \é \u12 \u00g0", r"\x \é \u12 \u00g0"),
            ("end\\", "end\\"),
        ] {
            assert_eq!(with(unescape, text), expected, "{text}");
        }
    }

    #[test]
    fn a_web_servers_escapes_become_what_they_stand_for() {
        for (text, expected) in
            [(r#"\x22a\x22 \"b\" \\"#, r#""a" "b" \"#), (r"\xC3\xA9", "é"), (r"\xg0 \x1 \n", r"\xg0 \x1 \n")]
        {
            assert_eq!(with(unescape_bytes, text), expected, "{text}");
        }
    }

    #[test]
    fn an_escaped_quote_ends_no_string() {
        for (text, expected) in
            [(r#"a"b"#, Some(1)), (r#"\"a""#, Some(3)), (r#"\\""#, Some(2)), (r#"\""#, None), ("\\", None), ("", None)]
        {
            assert_eq!(closing_quote(text.as_bytes()), expected, "{text}");
        }
    }
}
