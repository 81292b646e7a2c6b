//! The state of one instance: what its running call has written, and how that is taken back.

use logagent_component::Fault;
use logagent_state::{
    Call, Cursor, Expiry, Flat, Fold, Journal, Map, Namespace, Page, Scratch, Status, UnixMs, Values, WriteError,
};
use std::mem::take;
use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};
use wasmtime::{Result, Trap};

/// A filter's part of the state map.
#[derive(Clone)]
pub struct StateHandle {
    /// The map.
    pub map: Arc<Map>,
    /// Whose keys the filter has.
    pub namespace: Namespace,
}

/// One instance's transaction. What was written is undone where it is dropped without a commit.
#[derive(Default)]
pub(crate) struct State {
    handle: Option<StateHandle>,
    journal: Journal,
    scratch: Scratch,
    /// The running call wants all taken out at its end.
    clears: bool,
    /// The time of the running call.
    now: Option<UnixMs>,
}

/// What a filter may give as a key, in bytes: it is compared and copied with each access.
const KEY_BYTES: u32 = 1 << 10;

/// What it may give as a value, in bytes.
const VALUE_BYTES: u32 = 1 << 20;

/// How many values are asked for before their bytes are counted: of the largest values, as many as the host can bear.
const KEYS_AT_ONCE: usize = 128;

/// What one page or one answer may hold, in bytes: the guest takes it into its own memory.
const MOST_ANSWER_BYTES: usize = 16 << 20;

impl State {
    pub(crate) fn new(handle: Option<StateHandle>) -> Self {
        let mut state = Self::default();
        state.handle = handle;
        state
    }

    /// The call has ended well.
    pub(crate) fn commit(&mut self) {
        self.journal.clear();
        self.now = None;
        if take(&mut self.clears)
            && let Some(StateHandle { map, namespace }) = &self.handle
        {
            map.clear(*namespace);
        }
    }

    pub(super) fn journal_bytes(&self) -> usize {
        self.journal.bytes()
    }

    /// `function` writes and reads as part of the running call, and waits for other lanes until `deadline` at most.
    pub(super) fn running(&mut self, function: &'static str, deadline: Option<Instant>) -> Result<Running<'_>> {
        let Self { handle, journal, scratch, clears, now } = self;
        let handle = handle.as_ref().ok_or(Fault::Moment { function, place: "an agent that has a state map" })?;
        let now = *now.get_or_insert_with(unix_ms);
        Ok(Running { handle, journal, scratch, clears, now, function, deadline })
    }
}

impl Drop for State {
    fn drop(&mut self) {
        if let Some(StateHandle { map, .. }) = &self.handle {
            map.undo(&mut self.journal, unix_ms());
        }
    }
}

fn unix_ms() -> UnixMs {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    UnixMs(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// One function that the guest has called.
pub(super) struct Running<'a> {
    handle: &'a StateHandle,
    journal: &'a mut Journal,
    scratch: &'a mut Scratch,
    clears: &'a mut bool,
    now: UnixMs,
    function: &'static str,
    deadline: Option<Instant>,
}

impl Running<'_> {
    pub(super) fn get(&mut self, keys: Flat<'_>) -> Result<Values> {
        self.check_keys(keys)?;
        let (mut values, mut part) = (Values::default(), Values::default());
        let StateHandle { map, namespace } = self.handle;
        for keys in parts(keys) {
            map.get_many(*namespace, keys, self.now, self.scratch, &mut part);
            values.bytes.extend_from_slice(&part.bytes);
            values.lengths.extend_from_slice(&part.lengths);
            if values.bytes.len() > MOST_ANSWER_BYTES {
                return Err(self.refuse(format!("the answer would have more than {MOST_ANSWER_BYTES} bytes")).into());
            }
        }
        Ok(values)
    }

    pub(super) fn contains(&mut self, keys: Flat<'_>) -> Result<Vec<u8>> {
        self.check_keys(keys)?;
        let mut flags = Vec::new();
        let StateHandle { map, namespace } = self.handle;
        map.contains_many(*namespace, keys, self.now, self.scratch, &mut flags);
        Ok(flags)
    }

    pub(super) fn set(&mut self, keys: Flat<'_>, values: Flat<'_>, ttl_ms: u64) -> Result<Vec<u8>> {
        self.check_entries(keys, values)?;
        self.write(ttl_ms, |map, namespace, call, scratch| map.set_many(namespace, keys, values, call, scratch))?;
        Ok(take(&mut self.scratch.statuses))
    }

    pub(super) fn insert(&mut self, keys: Flat<'_>, values: Flat<'_>, ttl_ms: u64) -> Result<Vec<u8>> {
        self.check_entries(keys, values)?;
        self.write(ttl_ms, |map, namespace, call, scratch| map.insert_many(namespace, keys, values, call, scratch))?;
        Ok(take(&mut self.scratch.statuses))
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
        self.write(ttl_ms, |map, namespace, call, scratch| {
            map.compare_and_set_many(namespace, keys, expected, values, call, scratch)
        })?;
        Ok(take(&mut self.scratch.statuses))
    }

    pub(super) fn fold(&mut self, keys: Flat<'_>, how: Fold, operands: &[i64], ttl_ms: u64) -> Result<Vec<i64>> {
        self.check_keys(keys)?;
        self.check_count(keys, operands.len())?;
        self.write(ttl_ms, |map, namespace, call, scratch| {
            map.fold_many(namespace, keys, how, operands, call, scratch)
        })?;
        let Scratch { statuses, numbers, .. } = &mut *self.scratch;
        for ((number, &operand), &status) in numbers.iter_mut().zip(operands).zip(&*statuses) {
            if status != Status::Done as u8 {
                *number = operand;
            }
        }
        Ok(take(numbers))
    }

    pub(super) fn append(&mut self, keys: Flat<'_>, values: Flat<'_>, most_bytes: u32, ttl_ms: u64) -> Result<Vec<u8>> {
        self.check_entries(keys, values)?;
        let most_bytes = most_bytes.min(VALUE_BYTES);
        self.write(ttl_ms, |map, namespace, call, scratch| {
            map.append_many(namespace, keys, values, most_bytes, call, scratch)
        })?;
        Ok(take(&mut self.scratch.statuses))
    }

    pub(super) fn remove(&mut self, keys: Flat<'_>) -> Result<Values> {
        self.check_keys(keys)?;
        let mut removed = Values::default();
        self.write(0, |map, namespace, call, scratch| map.remove_many(namespace, keys, call, scratch, &mut removed))?;
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

    fn write(
        &mut self,
        ttl_ms: u64,
        write: impl FnOnce(&Map, Namespace, &mut Call<'_>, &mut Scratch) -> Result<(), WriteError>,
    ) -> Result<()> {
        let (expiry, journal) = (self.expiry(ttl_ms), Some(&mut *self.journal));
        let mut call = Call { now: self.now, expiry, deadline: self.deadline, journal };
        let StateHandle { map, namespace } = self.handle;
        match write(map, *namespace, &mut call, self.scratch) {
            Ok(()) => Ok(()),
            Err(WriteError::DeadlineExceeded { .. }) => Err(Trap::Interrupt.into()),
            Err(error) => Err(self.refuse(error.to_string()).into()),
        }
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

/// All keys, as many at once as may be asked for.
fn parts(keys: Flat<'_>) -> impl Iterator<Item = Flat<'_>> {
    let mut rest = keys.bytes;
    keys.lengths.chunks(KEYS_AT_ONCE).map(move |lengths| {
        let (bytes, behind) = rest.split_at(lengths.iter().map(|&length| length as usize).sum());
        rest = behind;
        Flat { bytes, lengths }
    })
}
