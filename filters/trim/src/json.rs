//! Places between the tokens of valid JSON. On other bytes the answers mean nothing, and nothing panics.

pub(crate) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// The first place from `at` on that is no blank.
pub(crate) fn behind_blanks(body: &[u8], at: usize) -> usize {
    let blanks = body.get(at..).unwrap_or_default().iter().take_while(|byte| is_blank(**byte)).count();
    at + blanks
}

/// The place behind the last byte before `at` that is no blank.
pub(crate) fn before_blanks(body: &[u8], at: usize) -> usize {
    let blanks = body.get(..at).unwrap_or_default().iter().rev().take_while(|byte| is_blank(**byte)).count();
    at - blanks
}

/// The byte before `at`.
pub(crate) fn byte_before(body: &[u8], at: usize) -> Option<u8> {
    at.checked_sub(1).and_then(|at| body.get(at)).copied()
}

/// The place of the quote that closes the string whose text begins at `at`, or `end`.
pub(crate) fn string_end(body: &[u8], mut at: usize, end: usize) -> usize {
    loop {
        let Some(found) = body.get(at..end).and_then(|rest| memchr::memchr2(b'"', b'\\', rest)) else { return end };
        at += found;
        if body[at] == b'"' {
            return at;
        }
        at += 2;
    }
}

/// The same text as a string of JSON.
pub(crate) fn quoted(text: &str) -> Vec<u8> {
    serde_json::Value::from(text).to_string().into_bytes()
}
