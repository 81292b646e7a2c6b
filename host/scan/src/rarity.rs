//! How rare bytes are in logs: which part of a literal is best searched for. Estimates that only speed depends on.

/// How many bytes of a window count: as many as the packed search looks at before it compares.
const FINGERPRINT: usize = 4;

/// How many bits of surprise there are in a byte of JSON and access logs: minus the logarithm of its frequency.
const fn byte_bits(byte: u8) -> u32 {
    match byte {
        b'"' | b' ' => 4,
        b'e' | b't' | b'a' | b'o' | b'i' | b'n' | b's' | b'r' | b':' | b',' | b'0'..=b'2' => 5,
        // Of the words that stand in nearly every line: GET, POST, HTTP, INFO.
        b'E' | b'F' | b'G' | b'H' | b'I' | b'N' | b'O' | b'P' | b'T' => 5,
        b'c' | b'd' | b'l' | b'm' | b'p' | b'u' | b'-' | b'.' | b'/' | b'3'..=b'9' => 6,
        b'a'..=b'z' | b'=' | b'_' | b'{' | b'}' => 7,
        b'A'..=b'Z' | b'[' | b']' | b'(' | b')' | b'\\' => 8,
        _ => 10,
    }
}

/// The bits of a literal's first bytes.
pub(crate) fn bits(bytes: &[u8]) -> u32 {
    bytes.iter().take(FINGERPRINT).map(|byte| byte_bits(*byte)).sum()
}

/// Where the literal's rarest window begins; of equal ones the last, since the ends of words and values differ more
/// than their beginnings (`"level":"DE`, `"level":"WA`).
pub(crate) fn rarest(literal: &[u8]) -> usize {
    let last = literal.len().saturating_sub(FINGERPRINT);
    (0..=last).max_by_key(|at| bits(&literal[*at..])).unwrap_or(0)
}
