use super::*;
use crate::format::EntryHeader;

const SYNC: Sync = *b"syncword";

/// Entries of these payloads, whose headers say nothing of use.
fn entries(payloads: &[&[u8]]) -> Vec<u8> {
    let mut bytes = vec![0; usize::try_from(SEGMENT_HEADER).unwrap()];
    for payload in payloads {
        let payload_bytes = u32::try_from(payload.len()).unwrap();
        let header = EntryHeader {
            payload_crc: crc32c::crc32c(payload),
            segment: 1,
            payload_bytes,
            records: 1,
            table_at: 0,
            streams_at: 32,
            ..EntryHeader::default()
        };
        bytes.extend_from_slice(&header.encode(SYNC));
        bytes.extend_from_slice(payload);
    }
    bytes
}

fn survey(bytes: &[u8]) -> Survey {
    let walk = Entries { file: bytes, sync: SYNC, segment: 1, end: bytes.len() as u64 };
    walk.survey(|_, _| Ok(())).unwrap()
}

#[test]
fn entries_behind_a_long_damaged_range_are_found_wherever_they_begin() {
    for gap in [1, 7, 8, CHUNK - 9, CHUNK - 8, CHUNK - 1, CHUNK, 2 * CHUNK + 3] {
        let good = entries(&[&[1; 40], &[2; 50]]);
        let mut bytes = good[..128].to_vec();
        bytes.resize(128 + gap, 0xee);
        bytes.extend_from_slice(&good[128..]);
        let found = survey(&bytes);
        assert_eq!((found.seal.entries, found.corrupt), (2, vec![(128, 128 + gap as u64)]), "{gap}");
    }
}

#[test]
fn a_record_that_holds_a_copy_of_an_entry_is_not_taken_for_one() {
    let inner = entries(&[&[1; 40]])[128..].to_vec();
    let bytes = entries(&[&inner, &[2; 50]]);
    assert_eq!(survey(&bytes).seal.entries, 2);
    // Damaged at its end, so that its header is right: the next entry is behind it, not in it.
    let mut damaged = bytes;
    let last = damaged.len() - 96 - 50 - 1;
    damaged[last] ^= 1;
    let found = survey(&damaged);
    assert_eq!((found.seal.entries, found.seal.records, found.corrupt.len()), (1, 1, 1));
}
