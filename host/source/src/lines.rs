//! Cuts runs of bytes into records: a line each, or several where a rule says so. Knows nothing of where the bytes come
//! from.

mod joined;

use crate::Multiline;
use crate::cri::{self, Cri};
use logagent_component::Records;
use logagent_find::Newlines;
use logagent_record::Flags;
use std::time::Duration;

#[cfg(test)]
mod tests;

/// The least space that a read is worth: a page.
const MIN_SPACE_BYTES: usize = 4096;

/// The state of a stream's framing between two runs.
pub struct Lines {
    max_bytes: usize,
    /// The last record was a piece of a line that goes on.
    is_inside: bool,
    multiline: Option<Multiline>,
    /// How long a line may stay open that comes in parts, which are joined before they get here.
    parts: Option<Duration>,
}

impl Lines {
    /// Lines longer than `max_bytes` come in pieces of that length.
    #[must_use]
    pub fn new(max_bytes: usize) -> Self {
        Self { max_bytes: max_bytes.max(1), is_inside: false, multiline: None, parts: None }
    }

    /// Several lines are one record where this says so.
    #[must_use]
    pub fn joined(self, multiline: Option<Multiline>) -> Self {
        Self { multiline, ..self }
    }

    /// Lines come in parts where this says so; whoever reads them joins them.
    #[must_use]
    pub(crate) fn in_parts(self, has_parts: bool) -> Self {
        Self { parts: has_parts.then_some(cri::TIMEOUT), ..self }
    }

    /// The same lines in parts, which may stay open for so long.
    #[cfg(test)]
    pub(crate) fn within(self, timeout: Duration) -> Self {
        Self { parts: self.parts.map(|_| timeout), ..self }
    }

    /// What joins the parts of lines, where they come in parts.
    pub(crate) fn cri(&self) -> Option<Cri> {
        self.parts.map(|_| Cri::new(self.max_bytes))
    }

    /// The longest that can be left unfinished: a line, or a record with a line that may begin another.
    fn most_unfinished(&self) -> usize {
        if self.multiline.is_some() || self.parts.is_some() {
            self.max_bytes.saturating_mul(2).saturating_add(1)
        } else {
            self.max_bytes
        }
    }

    /// Whether an unfinished line of this length has to be cut all the same.
    pub(crate) fn is_too_long(&self, length: usize) -> bool {
        length > self.most_unfinished()
    }

    /// The space a read needs so that an unfinished line of `fragment` bytes gets on: twice as much, so that a long
    /// line is copied few times, but no more than is sure to hold a piece.
    pub(crate) fn wanted(&self, fragment: usize) -> usize {
        fragment.saturating_mul(2).min(self.most_unfinished().saturating_add(1)).max(MIN_SPACE_BYTES)
    }

    /// How long a record of several lines or parts stays open; `None` where each line is one.
    pub(crate) fn timeout(&self) -> Option<Duration> {
        self.multiline.as_ref().map(|multiline| multiline.timeout).or(self.parts)
    }

    /// The next bytes don't go on from the last ones.
    pub(crate) fn restart(&mut self) {
        self.is_inside = false;
    }

    /// Cuts `bytes` into records until they are used up or the table is full; answers how many are done with.
    /// What is left is an unfinished record; it is one where these bytes are the last that belong to it (`is_end`).
    ///
    /// # Panics
    /// Where there are 4 GiB of bytes or more.
    pub fn cut(&mut self, bytes: &[u8], is_end: bool, records: &mut Records<'_>) -> usize {
        assert!(u32::try_from(bytes.len()).is_ok(), "a window's places are u32");
        if let Some(multiline) = self.multiline.clone() {
            return self.cut_joined(&multiline, bytes, is_end, records);
        }
        let mut start = 0;
        for newline in Newlines::new(bytes) {
            if newline - start > self.max_bytes {
                start = self.split(start, newline, records);
            }
            if records.is_full() {
                return start;
            }
            records.push(place(start), place(newline - start), Flags::TERMINATED);
            self.is_inside = false;
            start = newline + 1;
        }
        start = self.split(start, bytes.len(), records);
        if is_end && start < bytes.len() && !records.is_full() {
            records.push(place(start), place(bytes.len() - start), Flags::default());
            self.is_inside = false;
            start = bytes.len();
        }
        start
    }

    /// Cuts pieces off a line until the rest is short enough or the table is full; answers where the rest begins.
    fn split(&mut self, mut start: usize, end: usize, records: &mut Records<'_>) -> usize {
        while end - start > self.max_bytes && !records.is_full() {
            if !self.is_inside {
                records.count_truncated();
                self.is_inside = true;
            }
            records.push(place(start), place(self.max_bytes), Flags::CONTINUED);
            start += self.max_bytes;
        }
        start
    }
}

#[inline]
#[expect(clippy::cast_possible_truncation, reason = "cut refuses runs that a u32 can't count")]
fn place(bytes: usize) -> u32 {
    bytes as u32
}
