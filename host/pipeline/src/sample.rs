//! A copy of a recent batch that a filter has decided over, on which its successor is tried before it is let at others.

use logagent_component::Decisions;
use logagent_component::{BatchView, Filter, FilterError, StreamInfo, Streams};
use logagent_record::{Descriptor, Flags};
use logagent_ring::{RingError, RingFile, Writer};
use std::sync::{Mutex, PoisonError};
use std::task::Waker;

use crate::lane::table;

/// How much of a batch is kept: enough to show a filter that fails on every batch, little enough to be copied once a
/// second by every filter of every lane.
const MOST_RECORDS: usize = 256;
const MOST_BYTES: usize = 64 << 10;

/// The smallest ring that holds a sample with its table and what aligns it.
const RING_BYTES: usize = 256 << 10;

/// A filter's sample, which its instances in all lanes renew.
#[derive(Debug, Default)]
pub struct Sample(Mutex<Records>);

/// Records, with places counted in `bytes`. The lists are kept from sample to sample.
#[derive(Debug, Default)]
struct Records {
    descriptors: Vec<Descriptor>,
    bytes: Vec<u8>,
    observed_unix_nano: u64,
}

impl Sample {
    /// Keeps the first records of a batch.
    pub(crate) fn take(&self, batch: &BatchView<'_>, descriptors: &[Descriptor]) {
        let mut records = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Records { descriptors: kept, bytes, observed_unix_nano } = &mut *records;
        kept.clear();
        bytes.clear();
        // All of it at once, with the first: a later one allocates nothing.
        kept.reserve(MOST_RECORDS);
        bytes.reserve(MOST_BYTES);
        *observed_unix_nano = batch.observed_unix_nano;
        for record in descriptors.iter().take(MOST_RECORDS) {
            let body = batch.part(record.body_at, record.body_len);
            let attributes = batch.part(record.attrs_at, record.attrs_len);
            if bytes.len() + body.len() + attributes.len() + 1 > MOST_BYTES {
                break;
            }
            let place = |bytes: &Vec<u8>| u32::try_from(bytes.len()).expect("MOST_BYTES bounds it");
            let body_at = place(bytes);
            bytes.extend_from_slice(body);
            bytes.push(b'\n');
            let attrs_at = place(bytes);
            bytes.extend_from_slice(attributes);
            kept.push(Descriptor {
                body_at,
                attrs_at,
                stream: 0,
                flags: Flags::TERMINATED,
                origin: body_at,
                ..*record
            });
        }
    }
}

/// A ring of its own, in which an instance is tried.
pub struct Trial {
    ring: Writer,
}

impl Trial {
    /// A ring for one trial.
    ///
    /// # Errors
    /// [`RingError`] where the system has no memory for it.
    pub fn new() -> Result<Self, RingError> {
        Ok(Self { ring: Writer::create(RING_BYTES, Waker::noop().clone())? })
    }

    /// The ring that the instance must be started with.
    #[must_use]
    pub fn ring(&self) -> RingFile {
        self.ring.file()
    }

    /// Has the filter decide over a sample; nothing comes of what it decides.
    ///
    /// # Errors
    /// As for [`Filter::process`].
    pub fn run(mut self, filter: &mut dyn Filter, sample: &Sample) -> Result<(), FilterError> {
        let records = sample.0.lock().unwrap_or_else(PoisonError::into_inner);
        if records.descriptors.is_empty() {
            return Ok(());
        }
        let table = self.write(&records);
        let streams: &Streams = &[Some(stream())];
        let mut decisions = Decisions::default();
        filter.process(&table.view(&self.ring, streams, records.observed_unix_nano), &mut decisions)?;
        filter.conclude(false);
        Ok(())
    }

    fn write(&mut self, records: &Records) -> table::Table {
        let base = u32::try_from(self.ring.place(self.ring.head())).expect("the window has 32 bits");
        self.ring.space(records.bytes.len()).copy_from_slice(&records.bytes);
        self.ring.advance(records.bytes.len());
        table::write(&mut self.ring, &records.descriptors, base)
    }
}

/// What the records of a sample name as their stream: where they came from is not kept.
fn stream() -> std::sync::Arc<StreamInfo> {
    std::sync::Arc::new(StreamInfo {
        source: 0,
        source_name: "sample".into(),
        name: "sample".into(),
        attributes: Box::from(*b"\x80"),
    })
}
