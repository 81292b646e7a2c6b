//! The encoding `raw`: bodies and newlines, as few bytes copied as pays off. Records that lie back to back are one
//! run, taken straight from the ring. Long runs are gathered (`writev`), short ones collected in a buffer first,
//! since each slice of a `writev` costs the kernel more than a short copy costs us.

use logagent_component::Delivery;
use logagent_record::{Descriptor, Flags};
use std::io::IoSlice;
use std::mem::take;

/// Shorter runs are collected. Measured with `benches/raw.rs`: single 200-byte records are a fifth (tmpfs) to a
/// third (disk) faster collected, from 4000 bytes on a run is about as much faster gathered; at 1000 it is a draw.
pub const COLLECT_BELOW: usize = 1 << 10;

/// What the system takes at once (`IOV_MAX` of Linux). They lie on the stack, so that none is allocated.
const SLICES: usize = 1024;

/// Bytes of the ring that are written as they lie there.
#[derive(Clone, Copy)]
struct Run<'a> {
    bytes: &'a [u8],
    /// The last record's newline is not among them.
    is_unterminated: bool,
}

/// So many records are looked at together: enough to see whether they lie back to back.
const GROUP: usize = 8;

/// The runs of deliveries, in order.
#[derive(Clone)]
struct Runs<'a> {
    deliveries: std::slice::Iter<'a, Delivery>,
    current: Option<&'a Delivery>,
    records: &'a [Descriptor],
}

impl<'a> Runs<'a> {
    fn new(deliveries: &'a [Delivery]) -> Self {
        Self { deliveries: deliveries.iter(), current: None, records: &[] }
    }

    /// The next records, if most of them stand apart: then to find their runs costs more than to take them one by one, since
    /// no processor can guess where the next begins.
    fn scattered(&mut self) -> Option<(&'a Delivery, &'a [Descriptor; GROUP])> {
        self.load()?;
        let group = self.records.first_chunk::<GROUP>()?;
        let parts =
            group.windows(2).map(|pair| usize::from(pair[1].body_at as usize != end_of(&pair[0]).0)).sum::<usize>();
        let are_whole = group.iter().all(|record| record.flags.contains(Flags::TERMINATED));
        (parts >= GROUP / 4 && are_whole).then_some((self.current?, group))
    }

    fn skip_group(&mut self) {
        self.records = &self.records[GROUP..];
    }

    fn load(&mut self) -> Option<()> {
        while self.records.is_empty() {
            let delivery = self.deliveries.next()?;
            (self.current, self.records) = (Some(delivery), delivery.descriptors());
        }
        Some(())
    }
}

impl<'a> Iterator for Runs<'a> {
    type Item = Run<'a>;

    fn next(&mut self) -> Option<Run<'a>> {
        self.load()?;
        let (delivery, (first, rest)) = (self.current?, self.records.split_first()?);
        let (mut end, mut is_unterminated) = end_of(first);
        let mut count = 0;
        for record in rest {
            if is_unterminated || record.body_at as usize != end {
                break;
            }
            (end, is_unterminated) = end_of(record);
            count += 1;
        }
        self.records = &rest[count..];
        Some(Run { bytes: delivery.span.bytes(first.body_at as usize..end), is_unterminated })
    }
}

/// Where a record ends, its newline included, and whether that is missing.
fn end_of(record: &Descriptor) -> (usize, bool) {
    let is_terminated = record.flags.contains(Flags::TERMINATED);
    (record.body_at as usize + record.body_len as usize + usize::from(is_terminated), !is_terminated)
}

/// Hands the records to `put` in slices that each begin and end with whole records. `room` is what runs shorter
/// than `collect_below` are collected in; neither is less than 1.
///
/// # Errors
/// The first of `put`, which is then not called again.
pub fn write<E>(
    deliveries: &[Delivery],
    room: &mut [u8],
    collect_below: usize,
    mut put: impl FnMut(&mut [IoSlice<'_>]) -> Result<(), E>,
) -> Result<(), E> {
    let collect_below = collect_below.min(room.len());
    let mut runs = Runs::new(deliveries);
    while runs.load().is_some() {
        let mut round = Round::new(room, collect_below);
        while round.take_from(&mut runs) {}
        put(round.finish())?;
    }
    Ok(())
}

/// A copy that does not choose a way by the length, which no processor can guess: in steps, and the last over the one
/// before it. Nothing beyond `from` is read, where others may be writing.
#[inline]
fn copy(into: &mut [u8], from: &[u8]) {
    const STEP: usize = 64;
    let (Some(last), Some(from_last)) = (into.last_chunk_mut::<STEP>(), from.last_chunk::<STEP>()) else {
        into.copy_from_slice(from);
        return;
    };
    *last = *from_last;
    for (into, from) in into.as_chunks_mut::<STEP>().0.iter_mut().zip(from.as_chunks::<STEP>().0) {
        *into = *from;
    }
}

/// What one system call writes.
struct Round<'a> {
    slices: [IoSlice<'a>; SLICES],
    count: usize,
    /// What is not yet given away as a slice, and how much of it is filled.
    room: &'a mut [u8],
    collected: usize,
    collect_below: usize,
}

impl<'a> Round<'a> {
    fn new(room: &'a mut [u8], collect_below: usize) -> Self {
        Self { slices: [IoSlice::new(&[]); SLICES], count: 0, room, collected: 0, collect_below }
    }

    /// Takes what comes next; whether there is any, and room for it.
    fn take_from<'d: 'a>(&mut self, runs: &mut Runs<'d>) -> bool {
        if let Some((delivery, group)) = runs.scattered()
            && self.collect_each(delivery, group)
        {
            runs.skip_group();
            return true;
        }
        let mut rest = runs.clone();
        let is_taken = rest.next().is_some_and(|run| self.add(run));
        if is_taken {
            *runs = rest;
        }
        is_taken
    }

    /// Collects records that end with newlines, if they are short and there is room for all.
    fn collect_each(&mut self, delivery: &Delivery, group: &[Descriptor; GROUP]) -> bool {
        let lengths = group.map(|record| record.body_len as usize + 1);
        let bytes: usize = lengths.iter().sum();
        let is_taken =
            lengths.iter().all(|&length| length < self.collect_below) && bytes <= self.room.len() - self.collected;
        if is_taken {
            let mut room = &mut self.room[self.collected..self.collected + bytes];
            for (record, length) in group.iter().zip(lengths) {
                let (into, rest) = room.split_at_mut(length);
                let at = record.body_at as usize;
                copy(into, delivery.span.bytes(at..at + length));
                room = rest;
            }
            self.collected += bytes;
        }
        is_taken
    }

    /// Takes the run, if it has the room.
    fn add(&mut self, run: Run<'a>) -> bool {
        let is_taken = if run.bytes.len() < self.collect_below {
            self.collect(run.bytes, run.is_unterminated)
        } else {
            self.gather(run)
        };
        if is_taken && run.is_unterminated {
            self.room[self.collected] = b'\n';
            self.collected += 1;
        }
        is_taken
    }

    fn collect(&mut self, bytes: &[u8], is_unterminated: bool) -> bool {
        let end = self.collected + bytes.len();
        if end + usize::from(is_unterminated) > self.room.len() {
            return false;
        }
        self.room[self.collected..end].copy_from_slice(bytes);
        self.collected = end;
        true
    }

    fn gather(&mut self, run: Run<'a>) -> bool {
        // What was collected before, the run, and what is collected behind it.
        let has_place = self.count + 3 <= SLICES && self.collected < self.room.len();
        if has_place {
            self.close();
            self.push(run.bytes);
        }
        has_place
    }

    /// Makes a slice of what was collected.
    fn close(&mut self) {
        if self.collected > 0 {
            let (filled, rest) = take(&mut self.room).split_at_mut(take(&mut self.collected));
            self.room = rest;
            self.push(filled);
        }
    }

    fn push(&mut self, bytes: &'a [u8]) {
        self.slices[self.count] = IoSlice::new(bytes);
        self.count += 1;
    }

    fn finish(&mut self) -> &mut [IoSlice<'a>] {
        self.close();
        &mut self.slices[..self.count]
    }
}
