//! What components say, as it goes to the log, to dead letters and to terminals: no more than a page of it, and nothing
//! that a terminal obeys or that looks like another line.

use std::fmt::Write as _;

/// What is kept of a text, in bytes.
const TEXT_BYTES: usize = 4096;

/// The text, shortened, with control characters shown as Rust writes them.
pub(crate) fn told(text: &str) -> String {
    let mut told = String::new();
    for character in shorten(text).chars() {
        if character.is_control() && character != '\t' {
            let _ = write!(told, "{}", character.escape_default());
        } else {
            told.push(character);
        }
    }
    told.truncate(shorten(&told).len());
    told
}

fn shorten(text: &str) -> &str {
    &text[..text.floor_char_boundary(TEXT_BYTES)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_shown_and_not_sent() {
        assert_eq!(told("a\tline, \u{e9}"), "a\tline, \u{e9}");
        assert_eq!(told("\u{1b}[31mred\u{7}\n\r\u{9b}"), r"\u{1b}[31mred\u{7}\n\r\u{9b}");
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        assert_eq!(told(&"a".repeat(TEXT_BYTES + 1)).len(), TEXT_BYTES);
        assert_eq!(told(&"\u{20ac}".repeat(TEXT_BYTES)).len(), TEXT_BYTES / 3 * 3);
        assert_eq!(told(&"\n".repeat(TEXT_BYTES)), r"\n".repeat(TEXT_BYTES / 2));
    }
}
