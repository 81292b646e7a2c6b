//! Carrying out what a filter decided: edited records and emitted ones go to fresh space, dropped and routed ones
//! leave the table. The decisions were checked, and there is room for them.

use super::table::{self, Table};
use logagent_component::{Decisions, Edit, Part};
use logagent_record::{Descriptor, Flags, Verdict};
use logagent_ring::Writer;

/// How much of the ring carrying out these decisions takes at most, in bytes.
pub(super) fn room_for(decisions: &Decisions, records: &[Descriptor]) -> usize {
    let edited: usize = runs(&decisions.edits).map(|run| edited_length(run, records) + 1).sum();
    let routed = if decisions.verdicts.iter().any(|&byte| byte >= 128) {
        128 * table::ALIGNMENT + table::bytes_for(records.len())
    } else {
        0
    };
    let emitted = match decisions.emitted.len() {
        0 => 0,
        count => decisions.emitted_bytes.len() + count + table::room_for(records.len() + count),
    };
    edited + routed + emitted
}

/// The edits of one part of one record at a time.
fn runs(edits: &[Edit]) -> impl Iterator<Item = &[Edit]> {
    edits.chunk_by(|one, next| (one.index, one.part) == (next.index, next.part))
}

fn edited_length(run: &[Edit], records: &[Descriptor]) -> usize {
    let added: usize = run.iter().map(|edit| edit.patch_length as usize).sum();
    let removed: usize = run.iter().map(|edit| edit.length as usize).sum();
    run[0].part.length(&records[run[0].index as usize]) as usize + added - removed
}

/// Writes the edited parts to fresh space and points the table at them.
pub(super) fn edit(ring: &mut Writer, table: &mut Table, decisions: &Decisions) {
    let mut patch = &decisions.patch[..];
    for run in runs(&decisions.edits) {
        let record = table.records(ring)[run[0].index as usize];
        let edited = rewrite(ring, record, run, &mut patch);
        table.records_mut(ring)[run[0].index as usize] = edited;
        table.is_ordered = false;
    }
}

fn rewrite(ring: &mut Writer, record: Descriptor, run: &[Edit], patch: &mut &[u8]) -> Descriptor {
    let part = run[0].part;
    let places = match part {
        Part::Body => record.body(),
        Part::Attributes => record.attributes(),
    };
    let at = ring.place(ring.head());
    let base = ring.place(ring.published());
    let free = ring.free();
    let (written, space) = ring.split(free);
    let original = if places.is_empty() { &[] } else { &written[places.start - base..places.end - base] };
    let mut out = Cursor { space, length: 0 };
    let mut from = 0;
    for edit in run {
        let (replacement, rest) = patch.split_at(edit.patch_length as usize);
        *patch = rest;
        out.put(&original[from..edit.at as usize]);
        out.put(replacement);
        from = edit.at as usize + edit.length as usize;
    }
    out.put(&original[from..]);
    let length = out.length;
    let (at, length) = (window(at), window(length));
    match part {
        Part::Body => {
            out.put(b"\n");
            let taken = out.length;
            ring.advance(taken);
            Descriptor { body_at: at, body_len: length, flags: record.flags | Flags::TERMINATED, ..record }
        }
        Part::Attributes => {
            let taken = out.length;
            ring.advance(taken);
            Descriptor { attrs_at: at, attrs_len: length, ..record }
        }
    }
}

fn window(number: usize) -> u32 {
    u32::try_from(number).expect("the window has 32 bits")
}

/// Free space that is filled from its start.
struct Cursor<'a> {
    space: &'a mut [u8],
    length: usize,
}

impl Cursor<'_> {
    fn put(&mut self, bytes: &[u8]) {
        self.space[self.length..self.length + bytes.len()].copy_from_slice(bytes);
        self.length += bytes.len();
    }
}

/// How many records got which verdict byte.
pub(super) struct Tally(pub(super) [u32; 256]);

impl Tally {
    /// The verdicts that were given, with their counts; keep is none of them.
    pub(super) fn others(&self) -> impl Iterator<Item = (Verdict, u64)> {
        let given = (1..=255u8).map(|byte| (byte, self.0[usize::from(byte)])).filter(|&(_, count)| count > 0);
        given.map(|(byte, count)| (Verdict::from_byte(byte), u64::from(count)))
    }
}

/// Takes the records that are not kept out of the table. `route` is called with each output that got some, and
/// their table.
pub(super) fn judge(ring: &mut Writer, table: &mut Table, verdicts: &[u8], mut route: impl FnMut(u8, Table)) -> Tally {
    let mut tally = Tally([0; 256]);
    for &verdict in verdicts {
        tally.0[usize::from(verdict)] += 1;
    }
    for (verdict, _) in tally.others() {
        if let Verdict::Route { output } = verdict {
            route(output, routed(ring, table, verdicts, output + 128));
        }
    }
    if !verdicts.is_empty() && tally.0[0] as usize != table.count {
        table.count = compact(table.records_mut(ring), verdicts);
    }
    tally
}

fn routed(ring: &mut Writer, table: &Table, verdicts: &[u8], byte: u8) -> Table {
    let at = table::align(ring);
    let from = usize::try_from(table.at - ring.published()).expect("fits the ring");
    let (written, space) = ring.split(table::bytes_for(table.count));
    let records: &[Descriptor] = bytemuck::cast_slice(&written[from..from + table::bytes_for(table.count)]);
    let space: &mut [Descriptor] = bytemuck::cast_slice_mut(space);
    let chosen = records.iter().zip(verdicts).filter(|&(_, &verdict)| verdict == byte);
    let count = chosen.zip(space).map(|((record, _), slot)| *slot = *record).count();
    ring.advance(table::bytes_for(count));
    Table { at, count, is_ordered: table.is_ordered }
}

/// Moves the kept records to the table's front. Without a branch on the verdict, which no processor could guess.
fn compact(records: &mut [Descriptor], verdicts: &[u8]) -> usize {
    let mut kept = 0;
    for (index, &verdict) in verdicts.iter().enumerate() {
        records[kept] = records[index];
        kept += usize::from(verdict == 0);
    }
    kept
}

/// Puts the emitted records behind those of the table, in a new one.
pub(super) fn emit(ring: &mut Writer, table: &mut Table, decisions: &Decisions) {
    if decisions.emitted.is_empty() {
        return;
    }
    let first = ring.place(ring.head());
    for (fresh, bytes) in fresh_bytes(decisions) {
        let (body, attributes) = bytes.split_at(fresh.body_length as usize);
        let space = ring.space(bytes.len() + 1);
        let (body_space, rest) = space.split_at_mut(body.len());
        body_space.copy_from_slice(body);
        rest[0] = b'\n';
        rest[1..].copy_from_slice(attributes);
        ring.advance(bytes.len() + 1);
    }
    let at = table::align(ring);
    let from = usize::try_from(table.at - ring.published()).expect("fits the ring");
    let (written, space) = ring.split(table::bytes_for(table.count + decisions.emitted.len()));
    let (old, new) = space.split_at_mut(table::bytes_for(table.count));
    old.copy_from_slice(&written[from..from + old.len()]);
    let mut place = first;
    for (slot, (fresh, bytes)) in bytemuck::cast_slice_mut::<u8, Descriptor>(new).iter_mut().zip(fresh_bytes(decisions))
    {
        *slot = Descriptor {
            body_at: window(place),
            body_len: fresh.body_length,
            attrs_at: window(place + fresh.body_length as usize + 1),
            attrs_len: fresh.attributes_length,
            time_unix_nano: fresh.time_unix_nano,
            severity: fresh.severity,
            flags: Flags::TERMINATED,
            stream: NO_STREAM,
            reserved: 0,
        };
        place += bytes.len() + 1;
    }
    let taken = space.len();
    ring.advance(taken);
    *table = Table { at, count: table.count + decisions.emitted.len(), is_ordered: false };
}

/// What an emitted record names as its stream: none.
const NO_STREAM: u16 = u16::MAX;

fn fresh_bytes(decisions: &Decisions) -> impl Iterator<Item = (&logagent_component::Fresh, &[u8])> {
    let mut rest = &decisions.emitted_bytes[..];
    decisions.emitted.iter().map(move |fresh| {
        let (bytes, behind) = rest.split_at(fresh.body_length as usize + fresh.attributes_length as usize);
        rest = behind;
        (fresh, bytes)
    })
}
