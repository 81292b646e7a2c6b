//! Emitted records, written to fresh space and put behind those of the table.

use super::window;
use crate::lane::table::{self, Table};
use logagent_component::{Decisions, Fresh};
use logagent_record::{Descriptor, Flags};
use logagent_ring::Writer;

/// What an emitted record names as its stream: none has this index.
const NO_STREAM: u16 = u16::MAX;

pub(super) fn room_for(decisions: &Decisions, records: usize) -> usize {
    match decisions.emitted.len() {
        0 => 0,
        count => decisions.emitted_bytes.len() + count + table::room_for(records + count),
    }
}

/// Puts the emitted records behind those of the table, in a new one.
pub(in crate::lane) fn emit(ring: &mut Writer, table: &mut Table, decisions: &Decisions) {
    if decisions.emitted.is_empty() {
        return;
    }
    let mut place = ring.place(ring.head());
    for (fresh, bytes) in with_bytes(decisions) {
        write(ring, fresh, bytes);
    }
    let old = table.count;
    let all = table.copy_with(ring, old + decisions.emitted.len(), |records, all| {
        all[..old].copy_from_slice(records);
        for (slot, (fresh, bytes)) in all[old..].iter_mut().zip(with_bytes(decisions)) {
            *slot = descriptor(fresh, place);
            place += bytes.len() + 1;
        }
    });
    *table = all;
    table.is_ordered = table.ascends(ring);
}

/// Each emitted record with its body and attributes, which lie one behind another.
fn with_bytes(decisions: &Decisions) -> impl Iterator<Item = (&Fresh, &[u8])> {
    let mut rest = &decisions.emitted_bytes[..];
    decisions.emitted.iter().map(move |fresh| {
        let (bytes, behind) = rest.split_at(fresh.body_length as usize + fresh.attributes_length as usize);
        rest = behind;
        (fresh, bytes)
    })
}

/// Body, newline, attributes.
fn write(ring: &mut Writer, fresh: &Fresh, bytes: &[u8]) {
    let (body, attributes) = bytes.split_at(fresh.body_length as usize);
    let (body_space, rest) = ring.space(bytes.len() + 1).split_at_mut(body.len());
    body_space.copy_from_slice(body);
    rest[0] = b'\n';
    rest[1..].copy_from_slice(attributes);
    ring.advance(bytes.len() + 1);
}

fn descriptor(fresh: &Fresh, place: usize) -> Descriptor {
    Descriptor {
        body_at: window(place),
        body_len: fresh.body_length,
        attrs_at: window(place + 1) + fresh.body_length,
        attrs_len: fresh.attributes_length,
        time_unix_nano: fresh.time_unix_nano,
        severity: fresh.severity,
        flags: Flags::TERMINATED,
        stream: NO_STREAM,
        origin: 0,
    }
}
