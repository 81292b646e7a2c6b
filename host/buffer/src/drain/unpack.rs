//! The descriptors of an entry, checked and made to point into the ring. Knows nothing of files.

use crate::format::EntryHeader;
use logagent_record::{Descriptor, Flags};

/// OpenTelemetry's highest.
const MOST_SEVERITY: u8 = 24;

/// Makes the descriptors of a payload, whose first byte has this place, point to their records; answers the bytes of
/// all bodies, with a newline each. `None` where one points elsewhere than into the payload before the table.
pub(crate) fn unpack(payload: &mut [u8], header: &EntryHeader, place: u32) -> Option<u64> {
    let (records, rest) = payload.split_at_mut_checked(header.table_at as usize)?;
    let table = rest.get_mut(..header.records as usize * Descriptor::BYTES)?;
    let table: &mut [Descriptor] = bytemuck::try_cast_slice_mut(table).ok()?;
    let mut bytes = 0;
    for record in table {
        check(record, records)?;
        record.body_at = record.body_at.checked_add(place)?;
        record.attrs_at = record.attrs_at.checked_add(place)?;
        bytes += u64::from(record.body_len) + 1;
    }
    Some(bytes)
}

fn check(record: &mut Descriptor, records: &[u8]) -> Option<()> {
    record.flags.0 &= (Flags::TERMINATED | Flags::CONTINUED).0;
    let behind = records.get(record.body().end..).filter(|_| records.get(record.body()).is_some())?;
    if record.flags.contains(Flags::TERMINATED) && behind.first() != Some(&b'\n') {
        return None;
    }
    if record.attrs_len == 0 {
        record.attrs_at = 0;
    }
    records.get(record.attributes())?;
    if record.severity > MOST_SEVERITY {
        record.severity = 0;
    }
    record.origin = 0;
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entry(bodies: &[u8], table: &[Descriptor]) -> (Vec<u64>, EntryHeader) {
        let table_at = bodies.len().next_multiple_of(32);
        let mut bytes = bodies.to_vec();
        bytes.resize(table_at, 0);
        bytes.extend_from_slice(bytemuck::cast_slice(table));
        let [table_at, streams_at] = [table_at, bytes.len()].map(|at| u32::try_from(at).unwrap());
        let records = u32::try_from(table.len()).unwrap();
        let header = EntryHeader { records, table_at, streams_at, payload_bytes: streams_at, ..EntryHeader::default() };
        // Aligned as the ring is.
        (bytemuck::pod_collect_to_vec(&bytes), header)
    }

    fn record(body_at: u32, body_len: u32, attrs_at: u32, attrs_len: u32, flags: Flags) -> Descriptor {
        Descriptor { body_at, body_len, attrs_at, attrs_len, flags, ..Descriptor::default() }
    }

    #[test]
    fn descriptors_point_into_the_ring_afterwards() {
        let terminated = record(0, 2, 99, 0, Flags::TERMINATED);
        let table = [terminated, Descriptor { severity: 25, origin: 7, ..record(3, 1, 4, 2, Flags(0xfc)) }];
        let (mut bytes, header) = entry(b"ab\ncat", &table);
        assert_eq!(unpack(bytemuck::cast_slice_mut(&mut bytes), &header, 64), Some(5));
        let unpacked: &[Descriptor] = bytemuck::cast_slice(&bytes[header.table_at as usize / 8..]);
        assert_eq!(unpacked, [record(64, 2, 64, 0, Flags::TERMINATED), record(67, 1, 68, 2, Flags::default())]);
    }

    #[test]
    fn what_points_elsewhere_is_refused() {
        let plain = Flags::default();
        for wrong in [
            record(0, 33, 0, 0, plain),
            record(33, 0, 0, 0, plain),
            record(u32::MAX, u32::MAX, 0, 0, plain),
            record(0, 32, 0, 0, Flags::TERMINATED),
            record(0, 1, 0, 0, Flags::TERMINATED),
            record(0, 1, 31, 2, plain),
        ] {
            let (mut bytes, header) = entry(b"ab\ncat", &[wrong]);
            assert_eq!(unpack(bytemuck::cast_slice_mut(&mut bytes), &header, 64), None, "{wrong:?}");
        }
    }

    proptest! {
        #[test]
        fn no_table_makes_it_panic(words in proptest::collection::vec(any::<u64>(), 0..40), table in 0_u32..9, records in 0_u32..9, place: u32) {
            let table_at = table * 32;
            let header = EntryHeader { records, table_at, streams_at: table_at + records * 32, ..EntryHeader::default() };
            let mut words = words;
            let _ = unpack(bytemuck::cast_slice_mut(&mut words), &header, place);
        }
    }
}
