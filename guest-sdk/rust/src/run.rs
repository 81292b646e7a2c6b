//! All bodies of a batch as one run of bytes, and the way back from a hit to its record.
//!
//! One search over half a MiB costs a fraction of thousands of short ones. Not for batches whose bodies lie
//! out of order: those have no run.

use crate::batch::Descriptor;

/// The bytes from the first body's start to the last body's end. Between two bodies lie bytes that belong to
/// neither (a newline, a frame's header): a hit counts only if a [`Span`] holds all of it.
///
/// ```
/// logagent_sdk::testing::once(["a", "b"], |batch, _| {
///     let run = batch.bodies().unwrap();
///     assert!(run.bytes().starts_with(b"a") && run.bytes().ends_with(b"b"));
/// });
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    bytes: &'a [u8],
    at: u32,
    descriptors: &'a [Descriptor],
}

/// A body in the run.
///
/// ```
/// use logagent_sdk::Span;
/// let span = Span { index: 3, start: 10, end: 20 };
/// assert!(span.holds(12, 8) && !span.holds(12, 9) && !span.holds(9, 1));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The record's index in the batch.
    pub index: usize,
    /// Where its body begins in the run.
    pub start: usize,
    /// Where its body ends in the run.
    pub end: usize,
}

impl Span {
    /// Whether the `length` bytes from `at` on lie wholly inside the body.
    ///
    /// ```
    /// assert!(logagent_sdk::Span { index: 0, start: 2, end: 4 }.holds(2, 2));
    /// ```
    #[inline]
    #[must_use]
    pub fn holds(&self, at: usize, length: usize) -> bool {
        self.start <= at && at + length <= self.end
    }
}

impl<'a> Run<'a> {
    pub(crate) fn new(bytes: &'a [u8], at: u32, descriptors: &'a [Descriptor]) -> Self {
        Self { bytes, at, descriptors }
    }

    /// The bytes to search.
    ///
    /// ```
    /// logagent_sdk::testing::once(["abc"], |batch, _| assert_eq!(batch.bodies().unwrap().bytes(), b"abc"));
    /// ```
    #[inline]
    #[must_use]
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// A walk over the bodies, which maps hits to records.
    ///
    /// ```
    /// logagent_sdk::testing::once(["a", "b"], |batch, _| {
    ///     let mut cursor = batch.bodies().unwrap().cursor();
    ///     assert_eq!(cursor.seek(0).unwrap().index, 0);
    /// });
    /// ```
    #[inline]
    #[must_use]
    pub fn cursor(&self) -> Cursor<'a> {
        Cursor { descriptors: self.descriptors, at: self.at, index: 0 }
    }
}

/// A walk over a run's bodies, forward only.
///
/// ```
/// logagent_sdk::testing::once(["aa", "bb"], |batch, _| {
///     let mut cursor = batch.bodies().unwrap().cursor();
///     assert_eq!(cursor.seek(1).unwrap().index, 0);
///     assert_eq!(cursor.seek(3).unwrap().index, 1);
///     assert!(cursor.seek(99).is_none());
/// });
/// ```
#[derive(Clone, Debug)]
pub struct Cursor<'a> {
    descriptors: &'a [Descriptor],
    at: u32,
    index: usize,
}

impl Cursor<'_> {
    /// The first body that ends behind `at`, counted from the run's start: it holds `at`, or follows the gap
    /// that does. `at` must not be smaller than in the call before.
    ///
    /// ```
    /// logagent_sdk::testing::once(["aa", "bb"], |batch, _| {
    ///     // 2 is the newline between the two: the body behind it is named.
    ///     let span = batch.bodies().unwrap().cursor().seek(2).unwrap();
    ///     assert_eq!((span.index, span.start, span.end), (1, 3, 5));
    /// });
    /// ```
    #[inline]
    pub fn seek(&mut self, at: usize) -> Option<Span> {
        while let Some(descriptor) = self.descriptors.get(self.index) {
            let start = descriptor.body_at.wrapping_sub(self.at) as usize;
            let end = start + descriptor.body_len as usize;
            if end > at {
                return Some(Span { index: self.index, start, end });
            }
            self.index += 1;
        }
        None
    }
}
