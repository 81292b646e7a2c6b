//! How dead-letter files are called, and where in a letter its id stands: what their writer and their readers agree on. Not
//! for opening them.

/// The file that is written.
pub const DEAD_LETTERS: &str = "dead_letters.jsonl";

/// What it is called once it is closed: `dead_letters.7.jsonl`, of which the highest is the youngest.
#[must_use]
pub fn closed_name(number: u64) -> String {
    format!("dead_letters.{number}.jsonl")
}

/// The number of a closed file; `None` of any other.
#[must_use]
pub fn closed_number(name: &str) -> Option<u64> {
    name.strip_prefix("dead_letters.")?.strip_suffix(".jsonl")?.parse().ok()
}

/// The id of a letter's line, which is its first field, read without the rest.
#[must_use]
pub fn letter_id(line: &[u8]) -> Option<u64> {
    let digits = line.strip_prefix(b"{\"id\":")?;
    let end = digits.iter().position(|byte| !byte.is_ascii_digit())?;
    std::str::from_utf8(&digits[..end]).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closed_files_are_told_from_the_one_that_is_written() {
        assert_eq!(closed_number(&closed_name(7)), Some(7));
        for other in [DEAD_LETTERS, "dead_letters..jsonl", "dead_letters.x.jsonl", "dead_letters.7", "other.7.jsonl"] {
            assert_eq!(closed_number(other), None, "{other}");
        }
    }

    #[test]
    fn an_id_is_read_of_whole_and_of_torn_lines() {
        assert_eq!(letter_id(b"{\"id\":42,\"time"), Some(42));
        for other in [&b""[..], b"{\"id\":", b"{\"id\":42", b"{\"id\":-1,", b"{\"time\":1}"] {
            assert_eq!(letter_id(other), None, "{}", other.escape_ascii());
        }
    }
}
