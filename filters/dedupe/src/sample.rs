//! The record that a summary is made of: one that was dropped, as far as it is kept. And what the summary looks like.

use std::io::Write;

use logagent_sdk::Record;
use logagent_sdk::state::Value;
use serde::de::IgnoredAny;

/// How much of a body is kept, in bytes: whoever reads the summary is to know the record again, and a budget is to hold
/// many.
const MOST_BYTES: usize = 1024;

/// What is kept of a record.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Sample {
    pub(crate) severity: u8,
    /// Whether the body was longer.
    is_cut: bool,
    body: Vec<u8>,
}

impl Sample {
    pub(crate) fn of(record: &Record<'_>) -> Self {
        let body = cut(record.body());
        Self { severity: record.severity(), is_cut: body.len() < record.body().len(), body: body.into() }
    }

    /// The summary's body: a JSON object gets one member more, before its own; any other text, and what is cut, says it
    /// at its end.
    pub(crate) fn write(&self, repeated: u64, into: &mut Vec<u8>) {
        into.clear();
        let written = match self.members() {
            Some([b'}', ..]) => write!(into, "{{\"repeated\":{repeated}}}"),
            Some(members) => write!(into, "{{\"repeated\":{repeated},").and_then(|()| into.write_all(members)),
            None => {
                into.extend_from_slice(&self.body);
                let dots = if self.is_cut { "…" } else { "" };
                let space = if self.body.is_empty() { "" } else { " " };
                let times = if repeated == 1 { "time" } else { "times" };
                write!(into, "{dots}{space}(repeated {repeated} {times})")
            }
        };
        written.expect("memory takes all that is written");
    }

    /// What stands behind the brace of a whole JSON object.
    fn members(&self) -> Option<&[u8]> {
        let members = self.body.trim_ascii().strip_prefix(b"{")?;
        let is_whole = !self.is_cut && serde_json::from_slice::<IgnoredAny>(&self.body).is_ok();
        is_whole.then(|| members.trim_ascii_start())
    }
}

/// The beginning of a body; where it is UTF-8, no character is parted.
fn cut(body: &[u8]) -> &[u8] {
    if body.len() <= MOST_BYTES {
        return body;
    }
    let is_start = |&at: &usize| body[at] & 0xc0 != 0x80;
    // A character has four bytes at most.
    let end = (MOST_BYTES - 3..=MOST_BYTES).rev().find(is_start).unwrap_or(MOST_BYTES);
    &body[..end]
}

impl Value for Sample {
    fn write(&self, into: &mut Vec<u8>) {
        into.extend_from_slice(&[self.severity, self.is_cut.into()]);
        into.extend_from_slice(&self.body);
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (&[severity, is_cut], body) = bytes.split_first_chunk()?;
        Some(Self { severity, is_cut: is_cut != 0, body: body.into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(body: &str) -> Sample {
        let mut sample = Sample::default();
        logagent_sdk::testing::once([body], |batch, _| sample = Sample::of(&batch.record(0).expect("one record")));
        sample
    }

    fn summary(body: &str, repeated: u64) -> String {
        let mut written = b"what was there before".to_vec();
        sample(body).write(repeated, &mut written);
        String::from_utf8(written).unwrap()
    }

    #[test]
    fn an_object_gets_a_member_and_a_text_an_end() {
        let cases = [
            ("disk full", 41, "disk full (repeated 41 times)"),
            ("disk full", 1, "disk full (repeated 1 time)"),
            ("", 2, "(repeated 2 times)"),
            (r#"{"a":1}"#, 2, r#"{"repeated":2,"a":1}"#),
            (r#" { "a" : {} } "#, 2, r#"{"repeated":2,"a" : {} }"#),
            ("{ }", 2, r#"{"repeated":2}"#),
            (r#"{"a":1"#, 2, r#"{"a":1 (repeated 2 times)"#),
            ("[1]", 2, "[1] (repeated 2 times)"),
        ];
        for (body, repeated, expected) in cases {
            assert_eq!(summary(body, repeated), expected);
        }
    }

    #[test]
    fn a_long_body_is_cut_between_two_characters() {
        for (before, kept) in [(0, 0), (1, 1), (2, 2), (3, 3), (4, 0)] {
            let body = format!("{}🦀🦀", "x".repeat(MOST_BYTES - before));
            assert_eq!(summary(&body, 3), format!("{}… (repeated 3 times)", &body[..MOST_BYTES - kept]), "{before}");
        }
        let object = format!(r#"{{"a":"{}"}}"#, "x".repeat(MOST_BYTES));
        assert_eq!(summary(&object, 3), format!("{}… (repeated 3 times)", &object[..MOST_BYTES]));
    }

    #[test]
    fn what_is_written_reads_back() {
        for sample in [sample("a"), sample(&"x".repeat(MOST_BYTES + 1)), Sample { severity: 17, ..sample("") }] {
            let mut bytes = Vec::new();
            Value::write(&sample, &mut bytes);
            assert_eq!(Sample::read(&bytes), Some(sample));
        }
        assert_eq!(Sample::read(b"\x01"), None);
    }
}
