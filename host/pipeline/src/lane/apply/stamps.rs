//! Times and severities, set where the descriptors lie: a pipeline's table is its own.

use crate::lane::table::Table;
use logagent_component::Stamp;
use logagent_ring::Writer;

/// Sets what the stamps say; 0 leaves what is there.
pub(in crate::lane) fn stamp(ring: &mut Writer, table: &Table, stamps: &[Stamp]) {
    if stamps.is_empty() {
        return;
    }
    let records = table.records_mut(ring);
    for stamp in stamps {
        let record = &mut records[stamp.index as usize];
        if stamp.time_unix_nano > 0 {
            record.time_unix_nano = stamp.time_unix_nano;
        }
        if stamp.severity > 0 {
            record.severity = stamp.severity;
        }
    }
}
