//! From a delivery to the bytes of entries. Long runs of the ring are written from where they lie; short ones are
//! collected first, since each slice of a write costs the kernel more than a short copy costs us. Nothing that lies
//! between records is taken along: a filter may have dropped it.

mod pieces;

use crate::format::{EntryHeader, StreamSet, TAG};
use crate::key::{Key, Nonces};
use crc32c::crc32c_append;
use logagent_component::Delivery;
use logagent_record::{Descriptor, Flags};
use pieces::Pieces;

/// Records go into the next entry once one has so many bytes. Most deliveries are shorter, and are one entry.
const ENTRY_BYTES: usize = 1 << 20;

/// Packs one entry at a time. Each lane has its own.
pub(crate) struct Packer {
    pieces: Pieces,
    table: Vec<Descriptor>,
    streams: StreamSet,
    encryption: Option<Encryption>,
    header: EntryHeader,
}

struct Encryption {
    key: Key,
    nonces: Nonces,
    payload: Vec<u8>,
}

impl Packer {
    /// One that encrypts with this key, if any.
    pub(crate) fn new(key: Option<(&Key, Nonces)>) -> Self {
        let encryption = key.map(|(key, nonces)| Encryption { key: key.clone(), nonces, payload: Vec::new() });
        let (pieces, streams) = (Pieces::default(), StreamSet::default());
        Self { pieces, table: Vec::new(), streams, encryption, header: EntryHeader::default() }
    }

    /// Packs as many of the delivery's records as make one entry, from this one on; answers how many.
    pub(crate) fn pack(&mut self, delivery: &Delivery, from: usize, now: u64) -> usize {
        self.pieces.clear();
        self.table.clear();
        self.streams.clear();
        let records = &delivery.descriptors()[from..];
        self.take_bodies(delivery, records);
        self.take_attributes(delivery, &records[..self.table.len()]);
        let table_at = self.pieces.pad(Descriptor::BYTES);
        let streams_at = table_at + u32::try_from(self.table.len() * Descriptor::BYTES).expect("a table fits the ring");
        let plain = streams_at + u32::try_from(self.streams.bytes().len()).expect("few streams");
        self.header = EntryHeader {
            records: u32::try_from(self.table.len()).expect("a batch is short"),
            table_at,
            streams_at,
            payload_bytes: plain,
            observed: delivery.observed_unix_nano,
            written: now,
            ..EntryHeader::default()
        };
        self.encrypt(delivery);
        self.header.payload_crc = self.payload(delivery).fold(0, crc32c_append);
        self.table.len()
    }

    fn take_bodies(&mut self, delivery: &Delivery, records: &[Descriptor]) {
        let mut is_open = false;
        for record in records {
            let is_terminated = record.flags.contains(Flags::TERMINATED);
            let mut place = record.body();
            place.end += usize::from(is_terminated);
            let body_at = self.pieces.take(delivery, place, is_open);
            is_open = is_terminated;
            let stream = self.streams.number(record.stream, &delivery.streams);
            self.table.push(Descriptor { body_at, attrs_at: 0, stream, origin: 0, ..*record });
            if self.pieces.bytes() >= ENTRY_BYTES {
                return;
            }
        }
    }

    fn take_attributes(&mut self, delivery: &Delivery, records: &[Descriptor]) {
        let mut before = None;
        for (packed, record) in self.table.iter_mut().zip(records).filter(|(_, record)| record.attrs_len > 0) {
            packed.attrs_at = match before {
                // Records in a row often share them.
                Some((place, at)) if place == record.attributes() => at,
                _ => self.pieces.take(delivery, record.attributes(), before.is_some()),
            };
            before = Some((record.attributes(), packed.attrs_at));
        }
    }

    fn encrypt(&mut self, delivery: &Delivery) {
        let Some(Encryption { key, nonces, payload }) = &mut self.encryption else { return };
        payload.clear();
        let plain = self.pieces.slices(delivery).chain([bytemuck::cast_slice(&self.table), self.streams.bytes()]);
        plain.for_each(|slice| payload.extend_from_slice(slice));
        self.header.is_encrypted = true;
        self.header.nonce = nonces.next();
        self.header.payload_bytes += u32::try_from(TAG).expect("16");
        let tag = key.encrypt(&self.header, payload);
        payload.extend_from_slice(&tag);
    }

    /// What was packed, but for the segment that it goes to.
    pub(crate) fn header(&self) -> EntryHeader {
        self.header
    }

    /// The payload of what was packed of this delivery.
    pub(crate) fn payload<'a>(&'a self, delivery: &'a Delivery) -> impl Iterator<Item = &'a [u8]> {
        let stored = self.encryption.as_ref().map(|encryption| &encryption.payload[..]);
        let plain = stored
            .is_none()
            .then(|| self.pieces.slices(delivery).chain([bytemuck::cast_slice(&self.table[..]), self.streams.bytes()]));
        stored.into_iter().chain(plain.into_iter().flatten())
    }
}
