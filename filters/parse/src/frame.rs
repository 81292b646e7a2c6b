//! What all forms have in common: records one by one, what becomes of those that are not of the form, and the counts.

use logagent_sdk::metrics::Counter;
use logagent_sdk::{Batch, Decisions, Reason, Record};

use crate::ParseFilter;
use crate::config::OnFailure;
use crate::look::Look;
use crate::parsed::Parsed;
use crate::time::Context;

const MALFORMED: Reason = Reason::named(<ParseFilter as logagent_sdk::Filter>::REASONS, "malformed");

/// Who vouches that what is cut out of a body is UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Utf8 {
    /// The host did: it is.
    Checked,
    /// The body as a whole is looked at; parts are cut at ASCII characters.
    Body,
    /// The same; and where the marks of the body stand is found on the way.
    Marked,
    /// Nobody: parts may be cut anywhere.
    Parts,
}

/// The common part of the filter.
#[derive(Debug)]
pub(crate) struct Frame {
    parsed: Parsed,
    utf8: Utf8,
    zone: i32,
    on_failure: OnFailure,
    counters: Counters,
}

#[derive(Debug)]
struct Counters {
    malformed: Counter,
    unread_times: Counter,
    unread_severities: Counter,
}

/// Counted within a batch, since each call of a counter asks the host.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    malformed: u64,
    unread_times: u64,
    unread_severities: u64,
}

impl Frame {
    pub(crate) fn new(utf8: Utf8, zone: i32, on_failure: OnFailure) -> Self {
        let counters = Counters {
            malformed: Counter::new("malformed"),
            unread_times: Counter::new("unread_times"),
            unread_severities: Counter::new("unread_severities"),
        };
        Self { parsed: Parsed::default(), utf8, zone, on_failure, counters }
    }

    /// Reads each record, and decides about it.
    #[inline]
    pub(crate) fn each(
        &mut self,
        batch: &Batch<'_>,
        decisions: &mut Decisions,
        mut read: impl FnMut(&Record<'_>, Context, &mut Parsed) -> Option<()>,
    ) {
        let mut counts = Counts::default();
        self.parsed.attributes.take_patch(decisions);
        for record in batch.records() {
            let parsed = &mut self.parsed;
            let look = match self.utf8 {
                Utf8::Marked => parsed.marks.find(record.body()),
                _ => Look::at(record.body()),
            };
            let is_utf8 = match self.utf8 {
                Utf8::Checked => true,
                Utf8::Body | Utf8::Marked => look.is_ascii || std::str::from_utf8(record.body()).is_ok(),
                Utf8::Parts => false,
            };
            parsed.begin(is_utf8, look.has_backslash);
            // Where a filter before this one knows better than when the record was read, its word counts.
            let now = Some(record.time_unix_nano()).filter(|&time| time > 0).unwrap_or(batch.observed_unix_nano());
            if read(&record, Context { zone: self.zone, now }, parsed).is_some() {
                counts.unread_times += u64::from(parsed.time.is_unread());
                counts.unread_severities += u64::from(parsed.severity.is_unread());
                parsed.decide(&record, decisions);
                continue;
            }
            counts.malformed += 1;
            if self.on_failure == OnFailure::Drop {
                decisions.drop(record.index(), MALFORMED);
            }
        }
        self.parsed.attributes.return_patch(decisions);
        self.counters.add(counts);
    }
}

impl Counters {
    fn add(&self, counts: Counts) {
        self.malformed.add(counts.malformed);
        self.unread_times.add(counts.unread_times);
        self.unread_severities.add(counts.unread_severities);
    }
}
