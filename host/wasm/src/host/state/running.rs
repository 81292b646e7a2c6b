//! What the functions of `state` do. All take lists, and work on them in parts, between which time and memory are
//! looked at.

use super::parts::parts;
use super::transaction::StateHandle;
use crate::limits::CallClock;
use logagent_component::Fault;
use logagent_state::{
    Call, Cursor, Expiry, Flat, Fold, Journal, Map, Namespace, Page, Scratch, Status, UnixMs, Values, WriteError,
};
use wasmtime::{Result, Trap};

/// What a filter may give as a key, in bytes: it is compared and copied with each access.
const KEY_BYTES: u32 = 1 << 10;

/// What it may give as a value, in bytes.
const VALUE_BYTES: u32 = 1 << 20;

/// How many keys are read before time and bytes are looked at: of the largest values, as many as the host can bear.
const READS_AT_ONCE: usize = 128;

/// How many are written: a part takes each shard's lock once for all of its keys, and with 128 of them a fold took nearly
/// twice as long. What undoing takes grows meanwhile by what the filter's part of the map holds, and what the guest hands
/// over, at most.
const WRITES_AT_ONCE: usize = 4096;

/// But an append to the same value again and again, which notes all of it each time: no more than so many bytes.
const APPENDS_AT_ONCE_BYTES: usize = 64 << 20;

/// What one page or one answer may hold, in bytes: the guest takes it into its own memory.
const MOST_ANSWER_BYTES: usize = 16 << 20;

/// One function that the guest has called.
pub(super) struct Running<'a> {
    pub(super) handle: &'a StateHandle,
    pub(super) journal: &'a mut Journal,
    pub(super) scratch: &'a mut Scratch,
    pub(super) clears: &'a mut bool,
    pub(super) now: UnixMs,
    pub(super) function: &'static str,
    pub(super) clock: CallClock,
    pub(super) most_journal_bytes: usize,
}

impl Running<'_> {
    pub(super) fn get(&mut self, keys: Flat<'_>) -> Result<Values> {
        self.check_keys(keys)?;
        let (mut values, mut part) = (Values::default(), Values::default());
        let StateHandle { map, namespace } = self.handle;
        for [keys] in parts([keys], READS_AT_ONCE) {
            map.get_many(*namespace, keys, self.now, self.scratch, &mut part);
            extend(&mut values, &part);
            if values.bytes.len() > MOST_ANSWER_BYTES {
                return Err(self.refuse(format!("the answer would have more than {MOST_ANSWER_BYTES} bytes")).into());
            }
            self.check_limits()?;
        }
        Ok(values)
    }

    pub(super) fn contains(&mut self, keys: Flat<'_>) -> Result<Vec<u8>> {
        self.check_keys(keys)?;
        let (mut flags, mut part) = (Vec::new(), Vec::new());
        let StateHandle { map, namespace } = self.handle;
        for [keys] in parts([keys], READS_AT_ONCE) {
            map.contains_many(*namespace, keys, self.now, self.scratch, &mut part);
            flags.append(&mut part);
            self.check_limits()?;
        }
        Ok(flags)
    }

    pub(super) fn set(&mut self, keys: Flat<'_>, values: Flat<'_>, ttl_ms: u64) -> Result<Vec<u8>> {
        self.check_entries(keys, values)?;
        self.write_parts([keys, values], WRITES_AT_ONCE, ttl_ms, |map, namespace, [keys, values], call, scratch| {
            map.set_many(namespace, keys, values, call, scratch)
        })
    }

    pub(super) fn insert(&mut self, keys: Flat<'_>, values: Flat<'_>, ttl_ms: u64) -> Result<Vec<u8>> {
        self.check_entries(keys, values)?;
        self.write_parts([keys, values], WRITES_AT_ONCE, ttl_ms, |map, namespace, [keys, values], call, scratch| {
            map.insert_many(namespace, keys, values, call, scratch)
        })
    }

    pub(super) fn compare_and_set(
        &mut self,
        keys: Flat<'_>,
        expected: Flat<'_>,
        values: Flat<'_>,
        ttl_ms: u64,
    ) -> Result<Vec<u8>> {
        self.check_entries(keys, values)?;
        self.check_count(keys, expected.lengths.len())?;
        self.write_parts(
            [keys, expected, values],
            WRITES_AT_ONCE,
            ttl_ms,
            |map, namespace, [keys, expected, values], call, scratch| {
                map.compare_and_set_many(namespace, keys, expected, values, call, scratch)
            },
        )
    }

    pub(super) fn fold(&mut self, keys: Flat<'_>, how: Fold, operands: &[i64], ttl_ms: u64) -> Result<Vec<i64>> {
        self.check_keys(keys)?;
        self.check_count(keys, operands.len())?;
        let mut folded = Vec::new();
        for ([keys], operands) in parts([keys], WRITES_AT_ONCE).zip(operands.chunks(WRITES_AT_ONCE)) {
            self.write(ttl_ms, |map, namespace, call, scratch| {
                map.fold_many(namespace, keys, how, operands, call, scratch)
            })?;
            let Scratch { statuses, numbers, .. } = &mut *self.scratch;
            for ((number, &operand), &status) in numbers.iter_mut().zip(operands).zip(&*statuses) {
                if status != Status::Done as u8 {
                    *number = operand;
                }
            }
            folded.append(numbers);
        }
        Ok(folded)
    }

    pub(super) fn append(&mut self, keys: Flat<'_>, values: Flat<'_>, most_bytes: u32, ttl_ms: u64) -> Result<Vec<u8>> {
        self.check_entries(keys, values)?;
        let most_bytes = most_bytes.min(VALUE_BYTES);
        let at_once = (APPENDS_AT_ONCE_BYTES / (most_bytes as usize).max(1)).min(WRITES_AT_ONCE);
        self.write_parts([keys, values], at_once, ttl_ms, |map, namespace, [keys, values], call, scratch| {
            map.append_many(namespace, keys, values, most_bytes, call, scratch)
        })
    }

    pub(super) fn remove(&mut self, keys: Flat<'_>) -> Result<Values> {
        self.check_keys(keys)?;
        let (mut removed, mut part) = (Values::default(), Values::default());
        for [keys] in parts([keys], WRITES_AT_ONCE) {
            self.write(0, |map, namespace, call, scratch| map.remove_many(namespace, keys, call, scratch, &mut part))?;
            extend(&mut removed, &part);
        }
        Ok(removed)
    }

    pub(super) fn range(&mut self, prefix: &[u8], start: u64, most_bytes: u32) -> (Page, Option<Cursor>) {
        let mut page = Page::default();
        let StateHandle { map, namespace } = self.handle;
        let most_bytes = (most_bytes as usize).min(MOST_ANSWER_BYTES);
        let next = map.range(*namespace, prefix, Cursor::from_bits(start), self.now, most_bytes, &mut page);
        (page, next)
    }

    pub(super) fn clear(&mut self) {
        *self.clears = true;
    }

    pub(super) fn count(&self) -> u64 {
        self.handle.map.len(self.handle.namespace)
    }

    fn expiry(&self, ttl_ms: u64) -> Expiry {
        if ttl_ms == 0 { Expiry::Never } else { Expiry::At(UnixMs(self.now.0.saturating_add(ttl_ms))) }
    }

    /// Writes one part of the lists after the other; answers what became of each key.
    fn write_parts<const N: usize>(
        &mut self,
        lists: [Flat<'_>; N],
        at_once: usize,
        ttl_ms: u64,
        write: impl Fn(&Map, Namespace, [Flat<'_>; N], &mut Call<'_>, &mut Scratch) -> Result<(), WriteError>,
    ) -> Result<Vec<u8>> {
        let mut statuses = Vec::new();
        for part in parts(lists, at_once) {
            self.write(ttl_ms, |map, namespace, call, scratch| write(map, namespace, part, call, scratch))?;
            statuses.append(&mut self.scratch.statuses);
        }
        Ok(statuses)
    }

    fn write(
        &mut self,
        ttl_ms: u64,
        write: impl FnOnce(&Map, Namespace, &mut Call<'_>, &mut Scratch) -> Result<(), WriteError>,
    ) -> Result<()> {
        let (expiry, journal) = (self.expiry(ttl_ms), Some(&mut *self.journal));
        // It waits for other lanes no longer than that.
        let mut call = Call { now: self.now, expiry, deadline: self.clock.end(), journal };
        let StateHandle { map, namespace } = self.handle;
        match write(map, *namespace, &mut call, self.scratch) {
            Ok(()) => self.check_limits(),
            Err(WriteError::DeadlineExceeded { .. }) => Err(Trap::Interrupt.into()),
            Err(error) => Err(self.refuse(error.to_string()).into()),
        }
    }

    /// The epoch stops no code of the host's.
    fn check_limits(&self) -> Result<()> {
        let (needed, limit) = (self.journal.bytes(), self.most_journal_bytes);
        if needed > limit {
            return Err(Fault::Undo { needed, limit }.into());
        }
        if self.clock.has_time() { Ok(()) } else { Err(Trap::Interrupt.into()) }
    }

    fn check_entries(&self, keys: Flat<'_>, values: Flat<'_>) -> Result<(), Fault> {
        self.check_keys(keys)?;
        self.check_count(keys, values.lengths.len())?;
        let longest = values.lengths.iter().max().copied().unwrap_or(0);
        if longest == Flat::ABSENT {
            return Err(self.refuse("a value is absent".into()));
        }
        if longest > VALUE_BYTES {
            return Err(self.refuse(format!("a value has {longest} bytes, {VALUE_BYTES} at most")));
        }
        Ok(())
    }

    fn check_keys(&self, keys: Flat<'_>) -> Result<(), Fault> {
        match keys.lengths.iter().find(|&&length| length == 0 || length > KEY_BYTES) {
            None => Ok(()),
            Some(&Flat::ABSENT) => Err(self.refuse("a key is absent".into())),
            Some(length) => Err(self.refuse(format!("a key has {length} bytes, 1 to {KEY_BYTES} are allowed"))),
        }
    }

    fn check_count(&self, keys: Flat<'_>, count: usize) -> Result<(), Fault> {
        if keys.lengths.len() == count {
            return Ok(());
        }
        Err(self.refuse(format!("{} keys, and {count} values for them", keys.lengths.len())))
    }

    fn refuse(&self, reason: String) -> Fault {
        Fault::State { function: self.function, reason }
    }
}

fn extend(values: &mut Values, part: &Values) {
    values.bytes.extend_from_slice(&part.bytes);
    values.lengths.extend_from_slice(&part.lengths);
}

#[cfg(test)]
mod tests;
