//! Lines that say which they are, and whether they are whole: `STREAM NUMBER PADDING CHECKSUM`.

/// A line of this stream, with so many bytes of padding.
#[must_use]
pub fn numbered(stream: &str, number: u64, padding: usize) -> String {
    let text = format!("{stream} {number} {:x<padding$}", "");
    let sum = sum(text.as_bytes());
    format!("{text} {sum:08x}")
}

/// The stream and the number of a line; `None` where it is no numbered line, or has been changed.
#[must_use]
pub fn parse_numbered(line: &[u8]) -> Option<(&str, u64)> {
    let (text, sum_text) = std::str::from_utf8(line).ok()?.rsplit_once(' ')?;
    if sum_text.len() != 8 || u32::from_str_radix(sum_text, 16) != Ok(sum(text.as_bytes())) {
        return None;
    }
    let mut parts = text.split(' ');
    let (stream, number) = (parts.next()?, parts.next()?);
    Some((stream, number.parse().ok()?))
}

fn sum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |sum, &byte| sum.rotate_left(5) ^ u32::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_which_it_is_and_whether_it_is_whole() {
        let line = numbered("app.log", 7, 3);
        assert_eq!(parse_numbered(line.as_bytes()), Some(("app.log", 7)));
        for at in 0..line.len() {
            let mut changed = line.clone().into_bytes();
            changed[at] ^= 1;
            assert_eq!(parse_numbered(&changed), None, "byte {at}");
            assert_eq!(parse_numbered(&line.as_bytes()[..at]), None, "cut at {at}");
        }
    }
}
