//! Escapes in strings: whether one is right, and what a string with some decodes to.

/// Whether the backslash at `at` begins an escape.
///
/// # Errors
/// The place of the byte that it breaks at.
pub(crate) fn check(body: &[u8], at: usize) -> Result<(), usize> {
    match body.get(at + 1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(()),
        Some(b'u') => {
            let digits = body[at + 2..].iter().take(4).take_while(|byte| byte.is_ascii_hexdigit()).count();
            if digits == 4 { Ok(()) } else { Err(at + 2 + digits) }
        }
        _ => Err(at + 1),
    }
}

/// Appends what the text between two quotes stands for. A lone surrogate becomes its three bytes, which are no UTF-8 and
/// so equal no text; of an escape that [`check`] refuses no more is asked than that it does no harm.
pub(crate) fn decode(mut raw: &[u8], out: &mut Vec<u8>) {
    while let Some(at) = memchr::memchr(b'\\', raw) {
        out.extend_from_slice(&raw[..at]);
        let Some(&letter) = raw.get(at + 1) else { return };
        raw = &raw[at + 2..];
        match letter {
            b'u' => raw = decode_unicode(raw, out),
            b'b' => out.push(8),
            b'f' => out.push(12),
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b't' => out.push(b'\t'),
            itself => out.push(itself),
        }
    }
    out.extend_from_slice(raw);
}

/// From behind `\u`. Answers what is left.
fn decode_unicode<'a>(raw: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
    let Some((unit, rest)) = unit(raw) else { return raw };
    let pair = rest.strip_prefix(b"\\u").and_then(self::unit);
    if let (0xd800..0xdc00, Some((low @ 0xdc00..0xe000, rest))) = (unit, pair) {
        let code = 0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
        push(code, out);
        return rest;
    }
    push(unit, out);
    rest
}

fn unit(raw: &[u8]) -> Option<(u32, &[u8])> {
    let (digits, rest) = raw.split_at_checked(4)?;
    Some((u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?, rest))
}

fn push(code: u32, out: &mut Vec<u8>) {
    match char::from_u32(code) {
        Some(char) => out.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes()),
        None => out
            .extend([0xe0 | code >> 12, 0x80 | code >> 6 & 0x3f, 0x80 | code & 0x3f].map(|byte| byte.to_le_bytes()[0])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_decode_to_what_they_stand_for() {
        for (raw, text) in [
            ("plain", "plain"),
            (r#"\"\\\/\b\f\n\r\t"#, "\"\\/\u{8}\u{c}\n\r\t"),
            (r"us\u0065r", "user"),
            (r"\u00e9\u20AC", "é€"),
            (r"\ud83d\ude00!", "😀!"),
        ] {
            let mut out = Vec::new();
            decode(raw.as_bytes(), &mut out);
            assert_eq!(out, text.as_bytes(), "{raw}");
        }
    }

    #[test]
    fn a_lone_surrogate_equals_no_text() {
        for raw in [r"\ud83d", r"\ud83d\u0041", r"\ude00\ud83d", r"\ud83dx"] {
            let mut out = Vec::new();
            decode(raw.as_bytes(), &mut out);
            assert!(std::str::from_utf8(&out).is_err(), "{raw}");
        }
    }

    #[test]
    fn a_wrong_escape_breaks_at_the_byte_that_is_wrong() {
        for (raw, at) in [(r"\x", 1), (r"\", 1), (r"\u", 2), (r"\u12", 4), (r"\u12g4", 4), (r"\u000", 5)] {
            assert_eq!(check(raw.as_bytes(), 0), Err(at), "{raw}");
        }
    }
}
