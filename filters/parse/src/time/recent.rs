//! The second read last, in each of the two spellings that most lines have: neighbouring lines are written within one.
//! Not for times that depend on more than their text and the configuration.

use super::fixed::{self, nanos};
use super::{Context, clf};

/// Times, and how they were written.
#[derive(Debug, Default)]
pub(crate) struct Recent {
    clf: Second<26>,
    iso: Second<19>,
}

#[derive(Debug)]
struct Second<const N: usize> {
    text: [u8; N],
    unix_nano: Option<u64>,
}

impl Recent {
    /// `24/Nov/2026:10:11:12 +0100`.
    #[inline]
    pub(crate) fn clf(&mut self, text: &[u8; 26], context: Context) -> Option<u64> {
        self.clf.read(text, || clf(text, context))
    }

    /// `2026-11-24T10:11:12Z`, with up to nine digits of a fraction, and nothing else.
    #[inline]
    pub(crate) fn iso(&mut self, text: &[u8]) -> Option<u64> {
        let (start, rest) = text.split_first_chunk::<19>()?;
        let nanos = match rest {
            b"Z" => 0,
            [b'.', .., b'Z'] => nanos(text, rest.len() - 2)?,
            _ => return None,
        };
        let second = self.iso.read(start, || fixed::iso(&[start, &b"Z"[..]].concat()).map(|(time, _)| time));
        second.map(|second| second + u64::from(nanos))
    }
}

impl<const N: usize> Default for Second<N> {
    fn default() -> Self {
        Self { text: [0; N], unix_nano: None }
    }
}

impl<const N: usize> Second<N> {
    #[inline(always)]
    fn read(&mut self, text: &[u8; N], read: impl FnOnce() -> Option<u64>) -> Option<u64> {
        if ends(text) != ends(&self.text) {
            (self.text, self.unix_nano) = (*text, anew(read));
        }
        self.unix_nano
    }
}

#[cold]
#[inline(never)]
fn anew(read: impl FnOnce() -> Option<u64>) -> Option<u64> {
    read()
}

/// All of a text of 16 to 32 bytes, half of it twice: a comparison of the whole is a call in a component.
#[inline(always)]
fn ends<const N: usize>(text: &[u8; N]) -> Option<(u128, u128)> {
    Some((u128::from_ne_bytes(*text.first_chunk()?), u128::from_ne_bytes(*text.last_chunk()?)))
}

#[cfg(test)]
mod tests {
    use super::super::{TimeFormat, read};
    use super::*;

    #[test]
    fn a_time_is_the_same_whatever_was_read_before() {
        let mut recent = Recent::default();
        let texts = ["2026-11-24T10:11:12Z", "2024-02-29T23:59:60.000060Z", "1970-01-01T00:00:00.123456789Z"];
        let others =
            ["2026-11-24T10:11:12.5", "2026-11-24T10:11:12+00:00", "2026-13-24T10:11:12Z", "2026-11-24T10:11:12.Z"];
        for text in texts.iter().chain(&others).cycle().take(50) {
            let expected = read(text.as_bytes(), TimeFormat::Rfc3339, Context::default(), &mut Recent::default());
            for _ in 0..2 {
                let again = read(text.as_bytes(), TimeFormat::Rfc3339, Context::default(), &mut recent);
                assert_eq!(again, expected, "{text}");
            }
            assert_eq!(recent.iso(text.as_bytes()).is_some(), texts.contains(text), "{text}");
        }
        for text in ["24/Nov/2026:10:11:12 +0100", "24/Nov/2026:10:11:13 +0100", "24/Now/2026:10:11:13 +0100"] {
            let bytes = text.as_bytes().try_into().unwrap();
            for _ in 0..2 {
                assert_eq!(recent.clf(bytes, Context::default()), clf(text.as_bytes(), Context::default()), "{text}");
            }
        }
    }
}
