//! Writes deliveries to an output in an encoding, in groups, and counts what is written. Each lane
//! has its own, with its own buffer; only the write itself is under the output's lock.

use crate::failure::Failure;
use crate::held::Written;
use crate::medium::Medium;
use crate::output::Output;
use crate::{json, msgpack, raw};
use logagent_component::Delivery;
use logagent_record::Descriptor;
use logagent_telemetry::SinkMeter;
use std::io::IoSlice;
use std::sync::Arc;

#[cfg(test)]
mod tests;

/// How a record is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// The body and a newline.
    #[default]
    Raw,
    /// A line with a JSON object, its names those of OpenTelemetry's log data model. A body that is not UTF-8 is
    /// `{"bytesValue": base64}`, as in OTLP's JSON.
    Json,
    /// A MessagePack map with the same names, one after the other; times are numbers, and a body that is not
    /// UTF-8 is binary.
    Msgpack,
}

impl Encoding {
    pub(crate) fn has_lines(self) -> bool {
        self != Self::Msgpack
    }
}

/// A batch of the usual size makes two writes; the buffer stays within the processor's second cache.
const ROOM_BYTES: usize = 256 << 10;

/// A buffer that a few huge records made larger than this is made anew.
const KEPT_BYTES: usize = 4 << 20;

/// Deliveries of so many bytes are written and confirmed together: enough for large writes, while a slow reader's
/// progress still frees the ring bit by bit.
const GROUP_BYTES: u64 = 256 << 10;

pub(crate) struct Pen<W> {
    output: Arc<Output<W>>,
    meter: Arc<SinkMeter>,
    encoder: Encoder,
    /// So many bytes of the first delivery's group were written before a write failed.
    written: u64,
}

enum Encoder {
    Raw { room: Box<[u8]> },
    Other { push: fn(&mut Vec<u8>, &Delivery, &Descriptor), buffer: Vec<u8> },
}

impl<W: Medium> Pen<W> {
    pub(crate) fn new(output: Arc<Output<W>>, meter: Arc<SinkMeter>, encoding: Encoding) -> Self {
        let encoder = match encoding {
            Encoding::Raw => Encoder::Raw { room: vec![0; ROOM_BYTES].into() },
            Encoding::Json => Encoder::Other { push: json::push, buffer: Vec::new() },
            Encoding::Msgpack => Encoder::Other { push: msgpack::push, buffer: Vec::new() },
        };
        Self { output, meter, encoder, written: 0 }
    }

    pub(crate) fn target(&self) -> &str {
        &self.output.target
    }

    /// Writes the deliveries, from the list's front on, and hands those that are written to `written`. Those of a
    /// group whose write failed stay, and all behind them; records of them that were written are not written again.
    pub(crate) fn write(
        &mut self,
        deliveries: &mut Vec<Delivery>,
        mut written: impl FnMut(Delivery),
    ) -> Result<(), Failure> {
        while !deliveries.is_empty() {
            let count = group(deliveries);
            let bytes = self.encoder.write(&deliveries[..count], &self.output, &mut self.written)?;
            self.written = 0;
            self.meter.records.add(deliveries[..count].iter().map(|delivery| delivery.records() as u64).sum());
            self.meter.bytes.add(bytes);
            deliveries.drain(..count).for_each(&mut written);
        }
        Ok(())
    }

    /// How much of this delivery, the first that is left, was written before a write failed.
    pub(crate) fn written_of(&self, delivery: &Delivery) -> Written {
        let mut written = Written::default();
        let mut lengths = self.encoder.lengths(delivery);
        while self.written > written.bytes
            && let Some(bytes) = lengths.next()
        {
            written.bytes += bytes;
            written.records += 1;
        }
        written
    }

    /// The first delivery that is left, of which this was written, is not written again.
    pub(crate) fn forgo(&mut self, written: Written) {
        self.written -= written.bytes;
        self.meter.records.add(written.records as u64);
        self.meter.bytes.add(written.bytes);
    }

    /// Brings what was written, by anyone, to the disk.
    pub(crate) fn sync(&self) -> Result<(), Failure> {
        self.output.sync()
    }
}

/// How many deliveries at the front make a group.
fn group(deliveries: &[Delivery]) -> usize {
    let mut bytes = 0;
    let is_enough = |delivery: &Delivery| {
        bytes += delivery.bytes;
        bytes >= GROUP_BYTES
    };
    deliveries.iter().position(is_enough).map_or(deliveries.len(), |last| last + 1)
}

impl Encoder {
    /// How many bytes each record is.
    fn lengths<'a>(&'a self, delivery: &'a Delivery) -> impl Iterator<Item = u64> + 'a {
        let mut buffer = Vec::new();
        delivery.descriptors().iter().map(move |record| match self {
            Self::Raw { .. } => u64::from(record.body_len) + 1,
            Self::Other { push, .. } => {
                buffer.clear();
                push(&mut buffer, delivery, record);
                buffer.len() as u64
            }
        })
    }

    /// Answers how many bytes the deliveries are. The first of them, `written`, are not written; these grow with each write
    /// that went well.
    fn write<W: Medium>(
        &mut self,
        deliveries: &[Delivery],
        output: &Output<W>,
        written: &mut u64,
    ) -> Result<u64, Failure> {
        let mut bytes = 0;
        let mut put = |slices: &mut [IoSlice<'_>]| {
            let before = bytes;
            bytes += slices.iter().map(|slice| slice.len() as u64).sum::<u64>();
            if bytes > *written {
                output.write(without(slices, *written - before.min(*written)))?;
                *written = bytes;
            }
            Ok(())
        };
        match self {
            Self::Raw { room } => raw::write(deliveries, room, raw::COLLECT_BELOW, put)?,
            Self::Other { push, buffer } => encode(deliveries, buffer, *push, &mut put)?,
        }
        Ok(bytes)
    }
}

/// The slices without so many bytes at the front.
fn without<'s, 'b>(mut slices: &'s mut [IoSlice<'b>], bytes: u64) -> &'s mut [IoSlice<'b>] {
    let bytes = usize::try_from(bytes).expect("they are in memory");
    if bytes > 0 {
        IoSlice::advance_slices(&mut slices, bytes);
    }
    slices
}

fn encode(
    deliveries: &[Delivery],
    buffer: &mut Vec<u8>,
    push: fn(&mut Vec<u8>, &Delivery, &Descriptor),
    put: &mut impl FnMut(&mut [IoSlice<'_>]) -> Result<(), Failure>,
) -> Result<(), Failure> {
    buffer.clear(); // A write that failed left it full.
    buffer.shrink_to(KEPT_BYTES);
    for delivery in deliveries {
        for record in delivery.descriptors() {
            push(buffer, delivery, record);
            if buffer.len() >= ROOM_BYTES {
                put(&mut [IoSlice::new(buffer)])?;
                buffer.clear();
            }
        }
    }
    if buffer.is_empty() { Ok(()) } else { put(&mut [IoSlice::new(buffer)]) }
}
