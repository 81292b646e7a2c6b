//! Several lines as one record: their bytes lie in one run, newlines included, so that nothing is copied.

use super::{Lines, place};
use crate::Multiline;
use logagent_component::Records;
use logagent_record::Flags;
use memchr::memchr_iter;

/// Where a cut has come to.
struct Cut<'a> {
    bytes: &'a [u8],
    /// Where the record that is open begins.
    start: usize,
    /// Where the line in hand begins, and the one before it.
    line_start: usize,
    before: &'a [u8],
}

impl Lines {
    /// As `cut`. A record is over where the next begins, where it would be longer than it may, or at the end. A line that
    /// is longer than a record may be has nothing before it.
    pub(super) fn cut_joined(
        &mut self,
        multiline: &Multiline,
        bytes: &[u8],
        is_end: bool,
        records: &mut Records<'_>,
    ) -> usize {
        let mut cut = Cut { bytes, start: 0, line_start: 0, before: &[] };
        for newline in memchr_iter(b'\n', bytes) {
            if !self.add_line(multiline, &mut cut, newline, records) {
                return cut.start;
            }
            (cut.before, cut.line_start) = (&bytes[cut.line_start..newline], newline + 1);
        }
        // An unfinished line may begin a record or not; one that is too long for any does.
        let rest = bytes.len() - cut.line_start;
        let is_line = rest > self.max_bytes || (is_end && rest > 0);
        let goes_on = !is_line || self.add_line(multiline, &mut cut, bytes.len(), records);
        if goes_on && is_end && cut.start < bytes.len() {
            self.end(&mut cut, records);
        }
        cut.start
    }

    /// Adds a line that ends here to the open record, or ends that one first; whether the table had room.
    fn add_line(&mut self, multiline: &Multiline, cut: &mut Cut<'_>, end: usize, records: &mut Records<'_>) -> bool {
        let line = &cut.bytes[cut.line_start..end];
        let is_first = cut.line_start == cut.start;
        let begins = line.len() > self.max_bytes || multiline.begins(cut.before, line);
        let is_too_long = end - cut.start > self.max_bytes;
        if !is_first && (begins || is_too_long) {
            if records.is_full() {
                return false;
            }
            self.close(cut, if begins { Flags::TERMINATED } else { Flags::CONTINUED }, records);
        }
        cut.start = self.split(cut.start, end, records);
        !records.is_full()
    }

    /// Ends the open record before the line in hand.
    fn close(&mut self, cut: &mut Cut<'_>, flags: Flags, records: &mut Records<'_>) {
        let is_cut = flags == Flags::CONTINUED;
        if is_cut && !self.is_inside {
            records.count_truncated();
        }
        records.push(place(cut.start), place(cut.line_start - 1 - cut.start), flags);
        self.is_inside = is_cut;
        cut.start = cut.line_start;
    }

    /// Ends the last record.
    fn end(&mut self, cut: &mut Cut<'_>, records: &mut Records<'_>) {
        let rest = &cut.bytes[cut.start..];
        let (body, flags) = match rest.strip_suffix(b"\n") {
            Some(body) => (body, Flags::TERMINATED),
            None => (rest, Flags::default()),
        };
        records.push(place(cut.start), place(body.len()), flags);
        self.is_inside = false;
        cut.start = cut.bytes.len();
    }
}
