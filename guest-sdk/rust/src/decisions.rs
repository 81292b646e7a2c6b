//! What a filter decides about a batch, collected and sent in one go. Its lists are reused from batch to
//! batch: once they are large enough, nothing is allocated.

use std::ops::Range;

use crate::copies::Copies;
use crate::edits::{Edits, Part};
use crate::stamps::Stamps;
use crate::{Emits, Fresh, Output, Reason};

const KEEP: u8 = 0;

/// Verdicts, edits and emitted records. All records are kept until something else is said.
///
/// ```
/// use logagent_sdk::testing::{NOISE, once};
/// let outcome = once(["a", "b"], |_, decisions| decisions.drop(0, NOISE));
/// assert_eq!(outcome.kept(), ["b"]);
/// ```
#[derive(Debug, Default)]
pub struct Decisions {
    verdicts: Vec<u8>,
    has_verdicts: bool,
    pub(crate) edits: Edits,
    pub(crate) stamps: Stamps,
    pub(crate) copies: Copies,
    pub(crate) emits: Emits,
}

impl Decisions {
    /// Forgets the batch before.
    pub(crate) fn begin(&mut self, count: usize) {
        self.verdicts.clear();
        self.verdicts.resize(count, KEEP);
        self.has_verdicts = false;
        self.edits.clear();
        self.stamps.clear();
        self.copies.clear();
        self.emits.clear();
    }

    /// One byte a record, or `None` where all are kept.
    pub(crate) fn verdicts(&self) -> Option<&[u8]> {
        self.has_verdicts.then_some(&self.verdicts)
    }

    /// Drops the record; a later verdict replaces an earlier one.
    ///
    /// # Panics
    /// As all verdicts: where the batch has no record of that index.
    ///
    /// ```
    /// use logagent_sdk::testing::{NOISE, Verdict, once};
    /// let outcome = once(["a"], |_, decisions| decisions.drop(0, NOISE));
    /// assert_eq!(outcome.verdicts, [Verdict::Dropped("noise")]);
    /// ```
    #[inline]
    pub fn drop(&mut self, index: usize, reason: Reason) {
        self.verdicts[index] = reason.verdict();
        self.has_verdicts = true;
    }

    /// Sends the record to a named output instead of the next filter.
    ///
    /// ```
    /// use logagent_sdk::testing::{ALERTS, Verdict, once};
    /// let outcome = once(["a"], |_, decisions| decisions.route(0, ALERTS));
    /// assert_eq!(outcome.verdicts, [Verdict::Routed("alerts".into())]);
    /// ```
    #[inline]
    pub fn route(&mut self, index: usize, output: Output) {
        self.verdicts[index] = output.verdict();
        self.has_verdicts = true;
    }

    /// Sends the record to a named output as well, as edited; its own way is its verdict's business.
    ///
    /// ```
    /// use logagent_sdk::testing::{ALERTS, once};
    /// let outcome = once(["a"], |_, decisions| decisions.copy_to(0, ALERTS));
    /// assert_eq!((outcome.kept(), outcome.copies), (vec!["a".to_owned()], vec![(0, "alerts".to_owned())]));
    /// ```
    #[inline]
    pub fn copy_to(&mut self, index: usize, output: Output) {
        self.copies.add(index, output);
    }

    /// Keeps the record after all.
    ///
    /// ```
    /// use logagent_sdk::testing::{NOISE, once};
    /// let outcome = once(["a"], |_, decisions| {
    ///     decisions.drop(0, NOISE);
    ///     decisions.keep(0);
    /// });
    /// assert_eq!(outcome.kept(), ["a"]);
    /// ```
    #[inline]
    pub fn keep(&mut self, index: usize) {
        self.verdicts[index] = KEEP;
    }

    /// Whether the record is kept as things stand.
    ///
    /// ```
    /// logagent_sdk::testing::once(["a"], |_, decisions| assert!(decisions.is_kept(0)));
    /// ```
    #[inline]
    #[must_use]
    pub fn is_kept(&self, index: usize) -> bool {
        self.verdicts[index] == KEEP
    }

    /// Replaces bytes of the record's body or attributes. The range is meant as of the record before any
    /// edit. Edits may come in any order, but must not overlap.
    ///
    /// # Panics
    /// Where the range ends before it begins, or passes 4 GiB.
    ///
    /// ```
    /// use logagent_sdk::{Part, testing::once};
    /// let outcome = once(["pin 1234"], |_, decisions| decisions.replace(0, Part::Body, 4..8, b"****"));
    /// assert_eq!(outcome.kept(), ["pin ****"]);
    /// ```
    #[inline]
    pub fn replace(&mut self, index: usize, part: Part, range: Range<usize>, with: &[u8]) {
        self.edits.push(index, part, range, with);
    }

    /// The buffer of the bytes that edits put in, for a filter that replaces much: what it writes there itself is not
    /// copied once more. The first bytes are those of the edits made so far; whatever is behind them means nothing
    /// until [`Decisions::replace_written`] says so. It may be taken and put back before the batch is over.
    ///
    /// ```
    /// use logagent_sdk::{Part, testing::once};
    /// let outcome = once(["a", "b"], |batch, decisions| {
    ///     let mut patch = std::mem::take(decisions.patch());
    ///     patch.splice(.., *b"onetwo");
    ///     for index in 0..batch.len() {
    ///         decisions.replace_written(index, Part::Body, 0..1, 3);
    ///     }
    ///     *decisions.patch() = patch;
    /// });
    /// assert_eq!(outcome.kept(), ["one", "two"]);
    /// ```
    #[inline]
    pub fn patch(&mut self) -> &mut Vec<u8> {
        self.edits.patch()
    }

    /// Replaces bytes of the record's body or attributes, as [`Decisions::replace`] does, by the next so many of
    /// [`Decisions::patch`], behind those of the edits before.
    ///
    /// # Panics
    /// Where the range ends before it begins, or passes 4 GiB; and at the batch's end where the buffer has fewer bytes
    /// than edits took of it.
    ///
    /// ```
    /// use logagent_sdk::{Part, testing::once};
    /// let outcome = once(["pin 1234"], |_, decisions| {
    ///     decisions.replace(0, Part::Body, 0..3, b"PIN");
    ///     decisions.patch().extend_from_slice(b"****");
    ///     decisions.replace_written(0, Part::Body, 4..8, 4);
    /// });
    /// assert_eq!(outcome.kept(), ["PIN ****"]);
    /// ```
    #[inline]
    pub fn replace_written(&mut self, index: usize, part: Part, range: Range<usize>, bytes: usize) {
        self.edits.push_written(index, part, range, bytes);
    }

    /// Says when the record happened, in nanoseconds since the Unix epoch. 0 leaves what the record has.
    ///
    /// ```
    /// let outcome = logagent_sdk::testing::once(["a"], |_, decisions| decisions.set_time(0, 5));
    /// assert_eq!(outcome.times[0], 5);
    /// ```
    #[inline]
    pub fn set_time(&mut self, index: usize, time_unix_nano: u64) {
        self.stamps.of(index).time_unix_nano = time_unix_nano;
    }

    /// Says how much the record matters: OpenTelemetry's severity number, 1 to 24. 0 leaves what the record has.
    ///
    /// ```
    /// let outcome = logagent_sdk::testing::once(["a"], |_, decisions| decisions.set_severity(0, 17));
    /// assert_eq!(outcome.severities[0], 17);
    /// ```
    #[inline]
    pub fn set_severity(&mut self, index: usize, severity: u8) {
        self.stamps.of(index).severity = severity.into();
    }

    /// Adds a record behind those of the batch.
    ///
    /// ```
    /// use logagent_sdk::{Fresh, testing::once};
    /// let outcome = once(["a"], |batch, decisions| decisions.emit(Fresh::new(b"alert")));
    /// assert_eq!(outcome.emitted[0].body, b"alert");
    /// ```
    pub fn emit(&mut self, fresh: Fresh<'_>) {
        self.emits.add(fresh);
    }
}
