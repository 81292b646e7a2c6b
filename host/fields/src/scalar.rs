//! Numbers and literals, by RFC 8259's grammar.

/// Where the number or literal that begins at `at` ends. What lies behind it is not looked at.
///
/// Not inlined: most values are strings, and the walk is faster with the registers for itself.
///
/// # Errors
/// The place of the byte that it breaks at.
#[inline(never)]
pub(crate) fn end(body: &[u8], at: usize) -> Result<usize, usize> {
    match byte(body, at) {
        b'-' | b'0'..=b'9' => number(body, at),
        b't' => literal(body, at, b"true"),
        b'f' => literal(body, at, b"false"),
        b'n' => literal(body, at, b"null"),
        _ => Err(at),
    }
}

/// 0 behind the end: it belongs to no token.
#[inline]
fn byte(body: &[u8], at: usize) -> u8 {
    body.get(at).copied().unwrap_or(0)
}

#[inline]
fn literal(body: &[u8], at: usize, text: &[u8]) -> Result<usize, usize> {
    let rest = &body[at..];
    if rest.starts_with(text) {
        return Ok(at + text.len());
    }
    Err(at + rest.iter().zip(text).take_while(|(found, wanted)| found == wanted).count())
}

#[inline(always)]
fn number(body: &[u8], start: usize) -> Result<usize, usize> {
    let at = start + usize::from(body[start] == b'-');
    let mut at = if byte(body, at) == b'0' { at + 1 } else { digits(body, at)? };
    if byte(body, at) == b'.' {
        at = digits(body, at + 1)?;
    }
    if matches!(byte(body, at), b'e' | b'E') {
        let sign = matches!(byte(body, at + 1), b'+' | b'-');
        at = digits(body, at + 1 + usize::from(sign))?;
    }
    Ok(at)
}

/// One digit or more.
#[inline(always)]
fn digits(body: &[u8], start: usize) -> Result<usize, usize> {
    let mut at = start;
    while byte(body, at).is_ascii_digit() {
        at += 1;
    }
    if at == start { Err(at) } else { Ok(at) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scalar_ends_where_its_grammar_does() {
        for (text, expected) in [
            ("0", Ok(1)),
            ("-0", Ok(2)),
            ("01", Ok(1)),
            ("120.50e+3,", Ok(9)),
            ("1E5x", Ok(3)),
            ("true1", Ok(4)),
            ("false", Ok(5)),
            ("null", Ok(4)),
            ("-", Err(1)),
            ("1.", Err(2)),
            ("1.e1", Err(2)),
            ("1e", Err(2)),
            ("1e-", Err(3)),
            ("trux", Err(3)),
            ("fals", Err(4)),
            ("+1", Err(0)),
            (".5", Err(0)),
            ("", Err(0)),
        ] {
            assert_eq!(end(text.as_bytes(), 0), expected, "{text}");
        }
    }
}
