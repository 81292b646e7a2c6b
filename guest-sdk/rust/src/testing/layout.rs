//! Records laid out as wit/LAYOUT.md says.

use crate::batch::Descriptor;
use crate::bindings::BatchInfo;
use crate::edits::number;
use crate::{Batch, Failure};

use super::{Input, OBSERVED};

const TERMINATED: u8 = 1;
const CONTINUED: u8 = 1 << 1;
/// The first body lies here: a filter that takes the run's start for the window's is found out.
const FIRST_BODY_AT: usize = 96;

/// How bodies lie in the window. A filter that searches [`Batch::bodies`] should be tested with all of them.
///
/// ```
/// use logagent_sdk::testing::{Input, Layout};
/// let batch = Layout::default().gap(b"\r\n").lay_out(["a", "b"].map(Input::from));
/// assert_eq!(batch.batch().unwrap().bodies().unwrap().bytes(), b"a\r\nb");
/// ```
#[derive(Clone, Debug)]
pub struct Layout {
    gap: Vec<u8>,
    is_in_order: bool,
    pub(super) observed_unix_nano: u64,
}

/// A window with one batch in it.
///
/// ```
/// let laid_out = logagent_sdk::testing::Layout::default().lay_out(["a".into()]);
/// assert_eq!(laid_out.batch().unwrap().len(), 1);
/// ```
#[derive(Clone, Debug)]
pub struct LaidOut {
    /// As u64, so that descriptors are aligned.
    words: Vec<u64>,
    info: BatchInfo,
}

impl Default for Layout {
    fn default() -> Self {
        Self { gap: b"\n".to_vec(), is_in_order: true, observed_unix_nano: OBSERVED }
    }
}

impl Layout {
    /// These bytes between two bodies (and behind the last) instead of a newline. At least one.
    ///
    /// ```
    /// let layout = logagent_sdk::testing::Layout::default().gap(b"\r\n");
    /// ```
    ///
    /// # Panics
    /// Where there are none: the contract promises one.
    #[must_use]
    pub fn gap(self, bytes: &[u8]) -> Self {
        assert!(!bytes.is_empty(), "at least one byte lies between two bodies");
        Self { gap: bytes.to_vec(), ..self }
    }

    /// Bodies out of order, so that there is no run of them.
    ///
    /// ```
    /// let layout = logagent_sdk::testing::Layout::default().scattered();
    /// assert!(layout.lay_out(["a".into()]).batch().unwrap().bodies().is_none());
    /// ```
    #[must_use]
    pub fn scattered(self) -> Self {
        Self { is_in_order: false, ..self }
    }

    /// Read at this time, in nanoseconds since the Unix epoch.
    pub(super) fn observed(self, observed_unix_nano: u64) -> Self {
        Self { observed_unix_nano, ..self }
    }

    /// Makes a window of records.
    ///
    /// ```
    /// let laid_out = logagent_sdk::testing::Layout::default().lay_out(["a".into()]);
    /// ```
    pub fn lay_out(&self, inputs: impl IntoIterator<Item = Input>) -> LaidOut {
        let inputs: Vec<Input> = inputs.into_iter().collect();
        let mut bytes = vec![b'?'; FIRST_BODY_AT];
        let mut descriptors = self.bodies(&inputs, &mut bytes);
        let bodies_length = match descriptors.last() {
            Some(last) if self.is_in_order => last.body_at + last.body_len - number(FIRST_BODY_AT),
            _ => 0,
        };
        for (descriptor, input) in descriptors.iter_mut().zip(&inputs) {
            (descriptor.attrs_at, descriptor.attrs_len) = append(&mut bytes, &input.attributes);
        }
        bytes.resize(bytes.len().next_multiple_of(32), b'?');
        let descriptors_at = number(bytes.len());
        bytes.extend_from_slice(bytemuck::cast_slice(&descriptors));
        let mut words = vec![0; bytes.len() / 8];
        bytemuck::cast_slice_mut(&mut words).copy_from_slice(&bytes);
        let count = number(inputs.len());
        let (bodies_at, observed_unix_nano) = (number(FIRST_BODY_AT), self.observed_unix_nano);
        let info = BatchInfo { descriptors_at, count, bodies_at, bodies_length, observed_unix_nano };
        LaidOut { words, info }
    }

    fn bodies(&self, inputs: &[Input], bytes: &mut Vec<u8>) -> Vec<Descriptor> {
        let mut lay = |input: &Input| {
            let (body_at, body_len) = append(bytes, &input.body);
            bytes.extend_from_slice(&self.gap);
            self.descriptor(input, body_at, body_len)
        };
        if self.is_in_order {
            return inputs.iter().map(lay).collect();
        }
        let mut descriptors: Vec<_> = inputs.iter().rev().map(&mut lay).collect();
        descriptors.reverse();
        descriptors
    }

    fn descriptor(&self, input: &Input, body_at: u32, body_len: u32) -> Descriptor {
        let terminated = if self.gap[0] == b'\n' { TERMINATED } else { 0 };
        let continued = if input.is_continued { CONTINUED } else { 0 };
        Descriptor {
            body_at,
            body_len,
            attrs_at: 0,
            attrs_len: 0,
            time_unix_nano: input.time_unix_nano,
            severity: input.severity,
            flags: terminated | continued,
            stream: 0,
            reserved: 0,
        }
    }
}

impl LaidOut {
    /// The batch, as a filter sees it.
    ///
    /// # Errors
    /// Never, as long as `Layout` keeps to the contract.
    ///
    /// ```
    /// let laid_out = logagent_sdk::testing::Layout::default().lay_out(["a".into()]);
    /// assert_eq!(laid_out.batch().unwrap().record(0).unwrap().body(), b"a");
    /// ```
    pub fn batch(&self) -> Result<Batch<'_>, Failure> {
        Batch::new(bytemuck::cast_slice(&self.words), self.info)
    }
}

fn append(bytes: &mut Vec<u8>, part: &[u8]) -> (u32, u32) {
    let at = number(bytes.len());
    bytes.extend_from_slice(part);
    (at, number(part.len()))
}
