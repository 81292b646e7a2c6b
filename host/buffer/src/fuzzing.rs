//! What reads bytes of files, by itself, for the fuzzer: none of it may panic, whatever the bytes. Not for anyone else.

use crate::drain::unpack;
use crate::format::{DESCRIPTOR, EntryHeader, read_streams};
use crate::walk::Entries;
use logagent_record::Descriptor;

/// The first byte of an input that is a segment; what begins otherwise is a payload behind its table's place and count.
const SEGMENT: u8 = 0;

/// Reads an input of the fuzzer: a segment, or an entry's payload.
pub fn read(input: &[u8]) -> Option<u64> {
    let (kind, rest) = input.split_first()?;
    if *kind == SEGMENT {
        return Some(survey(rest, 1));
    }
    let (&[table, records], rest) = rest.split_first_chunk()?;
    let mut words: Vec<u64> = rest.as_chunks().0.iter().map(|word| u64::from_le_bytes(*word)).collect();
    payload(&mut words, u16::from(table), u16::from(records))
}

/// Reads bytes as a segment of this number; answers how many records are whole.
#[must_use]
pub fn survey(bytes: &[u8], segment: u64) -> u64 {
    let sync = bytes.get(24..32).and_then(|sync| sync.first_chunk().copied()).unwrap_or_default();
    let entries = Entries { file: bytes, sync, segment, end: bytes.len() as u64 };
    entries.survey(|_, _| Ok(())).map_or(0, |survey| survey.seal.records)
}

/// Reads words as the payload of an entry whose checksum holds, with a table of so many records there, counted in
/// descriptors; answers the bodies' bytes, where it is one. All that its descriptors point to can be read then.
///
/// # Panics
/// Where one points elsewhere.
pub fn payload(words: &mut [u64], table: u16, records: u16) -> Option<u64> {
    let (table_at, records) = (u32::from(table) * DESCRIPTOR, u32::from(records));
    let streams_at = table_at + records * DESCRIPTOR;
    let header = EntryHeader { records, table_at, streams_at, ..EntryHeader::default() };
    let payload: &mut [u8] = bytemuck::cast_slice_mut(words);
    let found = unpack(payload, &header, 0)?;
    let descriptors: &[Descriptor] = bytemuck::cast_slice(&payload[table_at as usize..streams_at as usize]);
    for record in descriptors {
        let _ = (&payload[record.body()], &payload[record.attributes()]);
    }
    let _ = read_streams(&payload[streams_at as usize..]);
    Some(found)
}

#[cfg(test)]
mod tests;
