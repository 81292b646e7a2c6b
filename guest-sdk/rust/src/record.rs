//! One record, read in place.

use crate::batch::Descriptor;
use crate::value::{self, Value};

const CONTINUED: u8 = 1 << 1;

/// A record of the batch in hand.
///
/// ```
/// use logagent_sdk::testing::{Input, once};
/// once([Input::from("disk full").severity(17)], |batch, _| {
///     let record = batch.record(0).unwrap();
///     assert_eq!((record.body(), record.severity()), (&b"disk full"[..], 17));
/// });
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    window: &'a [u8],
    descriptor: &'a Descriptor,
    index: usize,
}

impl<'a> Record<'a> {
    #[inline]
    pub(crate) fn new(window: &'a [u8], descriptor: &'a Descriptor, index: usize) -> Self {
        Self { window, descriptor, index }
    }

    /// Its place in the batch, which verdicts and edits name it by.
    ///
    /// ```
    /// logagent_sdk::testing::once(["a", "b"], |batch, _| assert_eq!(batch.records().last().unwrap().index(), 1));
    /// ```
    #[inline]
    #[must_use]
    pub fn index(&self) -> usize {
        self.index
    }

    /// The body's bytes, without the newline that ended them. Any bytes, not only UTF-8.
    ///
    /// ```
    /// logagent_sdk::testing::once(["a"], |batch, _| assert_eq!(batch.record(0).unwrap().body(), b"a"));
    /// ```
    #[inline]
    #[must_use]
    pub fn body(&self) -> &'a [u8] {
        &self.window[self.descriptor.body_at as usize..][..self.descriptor.body_len as usize]
    }

    /// The body with what lies behind it in the window, which may be nothing and means nothing: for reading the body's
    /// last bytes in blocks that reach beyond them.
    ///
    /// ```
    /// logagent_sdk::testing::once(["a"], |batch, _| {
    ///     assert!(batch.record(0).unwrap().body_onward().starts_with(b"a"));
    /// });
    /// ```
    #[inline]
    #[must_use]
    pub fn body_onward(&self) -> &'a [u8] {
        &self.window[self.descriptor.body_at as usize..]
    }

    /// The attributes as they lie there: one MessagePack map, or nothing.
    ///
    /// ```
    /// logagent_sdk::testing::once(["a"], |batch, _| assert_eq!(batch.record(0).unwrap().attributes(), b""));
    /// ```
    #[inline]
    #[must_use]
    pub fn attributes(&self) -> &'a [u8] {
        match self.descriptor.attrs_len {
            0 => &[],
            length => &self.window[self.descriptor.attrs_at as usize..][..length as usize],
        }
    }

    /// The attribute of that name; the first, should there be two. `None` where there is none, and where the
    /// bytes before it are no MessagePack.
    ///
    /// ```
    /// use logagent_sdk::{Value, testing::{Input, once}};
    /// once([Input::from("a").attributes(b"\x81\xa4code\x05")], |batch, _| {
    ///     let record = batch.record(0).unwrap();
    ///     assert_eq!(record.attribute("code"), Some(Value::Int(5)));
    ///     assert_eq!(record.attribute("user"), None);
    /// });
    /// ```
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<Value<'a>> {
        value::find(self.attributes(), name.as_bytes())
    }

    /// When it happened, in nanoseconds since the Unix epoch; 0 where unknown.
    ///
    /// ```
    /// logagent_sdk::testing::once(["a"], |batch, _| assert_eq!(batch.record(0).unwrap().time_unix_nano(), 0));
    /// ```
    #[inline]
    #[must_use]
    pub fn time_unix_nano(&self) -> u64 {
        self.descriptor.time_unix_nano
    }

    /// OpenTelemetry's severity number, 1 to 24; 0 where unknown.
    ///
    /// ```
    /// logagent_sdk::testing::once(["a"], |batch, _| assert_eq!(batch.record(0).unwrap().severity(), 0));
    /// ```
    #[inline]
    #[must_use]
    pub fn severity(&self) -> u8 {
        self.descriptor.severity
    }

    /// Its stream's index, for [`Batch::stream_of`](crate::Batch::stream_of).
    ///
    /// ```
    /// logagent_sdk::testing::once(["a"], |batch, _| assert_eq!(batch.record(0).unwrap().stream(), 0));
    /// ```
    #[inline]
    #[must_use]
    pub fn stream(&self) -> u16 {
        self.descriptor.stream
    }

    /// Whether the line was too long for one record, so that the stream's next record goes on with it.
    ///
    /// ```
    /// logagent_sdk::testing::once(["a"], |batch, _| assert!(!batch.record(0).unwrap().is_continued()));
    /// ```
    #[inline]
    #[must_use]
    pub fn is_continued(&self) -> bool {
        self.descriptor.flags & CONTINUED != 0
    }
}
