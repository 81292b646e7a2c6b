//! A batch, as it lies in the window. Not for what is decided about it.

use bytemuck::{Pod, Zeroable};

use crate::bindings::BatchInfo;
use crate::{Failure, Record, Run, Stream, host};

/// One record's entry, as wit/LAYOUT.md has it.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct Descriptor {
    pub(crate) body_at: u32,
    pub(crate) body_len: u32,
    pub(crate) attrs_at: u32,
    pub(crate) attrs_len: u32,
    pub(crate) time_unix_nano: u64,
    pub(crate) severity: u8,
    pub(crate) flags: u8,
    pub(crate) stream: u16,
    pub(crate) reserved: u32,
}

/// The records in hand.
///
/// ```
/// use logagent_sdk::testing::once;
/// once(["a", "bc"], |batch, _| {
///     assert_eq!(batch.len(), 2);
///     assert_eq!(batch.record(1).unwrap().body(), b"bc");
///     assert!(batch.record(2).is_none());
/// });
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    pub(crate) window: &'a [u8],
    pub(crate) descriptors: &'a [Descriptor],
    run: Option<Run<'a>>,
    observed_unix_nano: u64,
}

impl<'a> Batch<'a> {
    pub(crate) fn new(window: &'a [u8], info: BatchInfo) -> Result<Self, Failure> {
        let bytes = part(window, info.descriptors_at, u64::from(info.count) * 32).ok_or("descriptors out of bounds")?;
        let descriptors = bytemuck::try_cast_slice(bytes).map_err(|_| "descriptors not aligned")?;
        let run = match info.bodies_length {
            0 => None,
            length => {
                let bytes = part(window, info.bodies_at, length.into()).ok_or("bodies out of bounds")?;
                Some(Run::new(bytes, info.bodies_at, descriptors))
            }
        };
        Ok(Self { window, descriptors, run, observed_unix_nano: info.observed_unix_nano })
    }

    /// How many records there are.
    ///
    /// ```
    /// logagent_sdk::testing::once(["a", "b"], |batch, _| assert_eq!(batch.len(), 2));
    /// ```
    #[must_use]
    pub fn len(&self) -> usize {
        self.descriptors.len()
    }

    /// Whether there are none.
    ///
    /// ```
    /// logagent_sdk::testing::once(["a"], |batch, _| assert!(!batch.is_empty()));
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.descriptors.is_empty()
    }

    /// All records in order.
    ///
    /// ```
    /// logagent_sdk::testing::once(["a", "bc"], |batch, _| {
    ///     let lengths: Vec<usize> = batch.records().map(|record| record.body().len()).collect();
    ///     assert_eq!(lengths, [1, 2]);
    /// });
    /// ```
    #[must_use]
    pub fn records(&self) -> Records<'a> {
        Records { batch: *self, next: 0 }
    }

    /// One record, by its index.
    ///
    /// ```
    /// logagent_sdk::testing::once(["a"], |batch, _| assert_eq!(batch.record(0).unwrap().body(), b"a"));
    /// ```
    #[must_use]
    pub fn record(&self, index: usize) -> Option<Record<'a>> {
        self.descriptors.get(index).map(|descriptor| Record::new(self.window, descriptor, index))
    }

    /// All bodies as one run of bytes, to be searched in one go. `None` where they don't lie in order; search
    /// them one by one then.
    ///
    /// ```
    /// logagent_sdk::testing::once(["a", "bc"], |batch, _| {
    ///     let run = batch.bodies().unwrap();
    ///     let at = run.bytes().iter().position(|&byte| byte == b'c').unwrap();
    ///     assert_eq!(run.cursor().seek(at).unwrap().index, 1);
    /// });
    /// ```
    #[must_use]
    pub fn bodies(&self) -> Option<Run<'a>> {
        self.run
    }

    /// When the first byte of the batch was read, in nanoseconds since the Unix epoch: a filter's only clock within a
    /// batch. Natively [`testing::OBSERVED`](crate::testing::OBSERVED).
    ///
    /// ```
    /// use logagent_sdk::testing::{OBSERVED, once};
    /// once(["a"], |batch, _| assert_eq!(batch.observed_unix_nano(), OBSERVED));
    /// ```
    #[must_use]
    pub fn observed_unix_nano(&self) -> u64 {
        self.observed_unix_nano
    }

    /// Where the records of a stream come from. Each call asks the host: keep the answer for the batch.
    ///
    /// ```
    /// logagent_sdk::testing::once(["a"], |batch, _| {
    ///     let index = batch.record(0).unwrap().stream();
    ///     assert_eq!(batch.stream_of(index).unwrap().source, "test");
    /// });
    /// ```
    #[must_use]
    pub fn stream_of(&self, index: u16) -> Option<Stream> {
        host::stream_of(index)
    }
}

/// The records of a batch, in order.
///
/// ```
/// logagent_sdk::testing::once(["a", "b"], |batch, _| {
///     let mut records = batch.records();
///     assert_eq!(records.next().unwrap().body(), b"a");
///     assert_eq!(records.len(), 1);
/// });
/// ```
#[derive(Clone, Debug)]
pub struct Records<'a> {
    batch: Batch<'a>,
    next: usize,
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    #[inline]
    fn next(&mut self) -> Option<Record<'a>> {
        let record = self.batch.record(self.next)?;
        self.next += 1;
        Some(record)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.batch.len() - self.next;
        (left, Some(left))
    }
}

impl ExactSizeIterator for Records<'_> {}

/// In u64, since a place and a length together may pass the end of a 32-bit usize.
fn part(window: &[u8], at: u32, length: u64) -> Option<&[u8]> {
    let end = usize::try_from(u64::from(at) + length).ok()?;
    window.get(at as usize..end)
}
