//! Taking a shard's lock: with a deadline, counted, and noted where it was slow.

use crate::call::Call;
use crate::map::{Map, low_bits};
use crate::shard::{Core, Locking, Shard};
use crate::stats::{Operation, WAIT_BOUNDS_US};
use crate::sync::MutexGuard;
use crate::{UnixMs, WriteError};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// A wait or a hold is slow from here on: some hundred times what a write takes, and more than a context switch.
const SLOW: Duration = Duration::from_micros(100);

/// Whether each hold is timed, which costs two readings of the clock. Otherwise those of operations that may take long
/// are, and those after a wait.
const TIMES_ALL: bool = cfg!(any(debug_assertions, feature = "deadlock-detection"));

/// A shard whose lock the caller holds.
pub(crate) struct Held<'m> {
    pub(crate) map: &'m Map,
    pub(crate) shard: &'m Shard,
    pub(crate) core: MutexGuard<'m, Core>,
    pub(crate) index: u32,
    pub(crate) now: UnixMs,
    what: Operation,
    waited: Duration,
    since: Option<Instant>,
}

/// What an operation is, and how long it may wait for a shard.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Intent {
    pub(crate) what: Operation,
    pub(crate) now: UnixMs,
    pub(crate) deadline: Option<Instant>,
}

impl Intent {
    /// An operation that waits as long as it takes.
    pub(crate) fn patient(what: Operation, now: UnixMs) -> Self {
        Self { what, now, deadline: None }
    }

    pub(crate) fn of(what: Operation, call: &Call<'_>) -> Self {
        Self { what, now: call.now, deadline: call.deadline }
    }
}

impl Map {
    /// Takes the lock of the shard that has the hash, and moves half of the shard away first where growth asks for it.
    ///
    /// # Errors
    /// [`WriteError::DeadlineExceeded`].
    #[inline(always)]
    pub(crate) fn hold(&self, hash: u64, intent: Intent) -> Result<Held<'_>, WriteError> {
        match self.hold_at_once(hash, intent) {
            Some(held) => Ok(held),
            None => self.hold_thoroughly(hash, intent),
        }
    }

    /// The usual case: the lock is free, the shard not to be split, and no window of counts ends.
    #[inline(always)]
    fn hold_at_once(&self, hash: u64, intent: Intent) -> Option<Held<'_>> {
        let Intent { what, now, .. } = intent;
        let index = self.locate(hash);
        let shard = &self.directory[index as usize];
        let mut core = shard.core.try_lock()?;
        let bit = 1 << core.bits;
        let is_whole = bit > self.mask() && low_bits(hash) & (bit - 1) == index;
        if TIMES_ALL || what.may_take_long() || !is_whole || !core.locking.count_free(self.growth.window) {
            return None;
        }
        Some(Held { map: self, shard, core, index, now, what, waited: Duration::ZERO, since: None })
    }

    #[cold]
    fn hold_thoroughly(&self, hash: u64, intent: Intent) -> Result<Held<'_>, WriteError> {
        loop {
            let index = self.locate(hash);
            let mut held = self.hold_shard(index, intent).map_err(|waited| late(index, waited, hash))?;
            self.split(&mut held);
            if self.locate(hash) == index {
                return Ok(held);
            }
        }
    }

    /// Takes a shard's lock; how long it waited where the deadline passed.
    pub(crate) fn hold_shard(&self, index: u32, intent: Intent) -> Result<Held<'_>, Duration> {
        let shard = &self.directory[index as usize];
        let (core, waited) = match shard.core.try_lock() {
            Some(core) => (core, Duration::ZERO),
            None => wait(shard, intent.deadline)?,
        };
        let timed = TIMES_ALL || !waited.is_zero() || intent.what.may_take_long();
        let since = timed.then(Instant::now);
        let Intent { what, now, .. } = intent;
        let mut held = Held { map: self, shard, core, index, now, what, waited, since };
        if held.core.locking.count(waited, self.growth.window, &shard.late) > self.growth.threshold {
            self.grow();
        }
        Ok(held)
    }

    /// Takes a shard's lock, as long as it takes.
    pub(crate) fn hold_patiently(&self, index: u32, what: Operation, now: UnixMs) -> Held<'_> {
        loop {
            if let Ok(held) = self.hold_shard(index, Intent::patient(what, now)) {
                return held;
            }
        }
    }

    /// Takes a shard's lock where it is free, on behalf of one that is held.
    pub(crate) fn hold_if_free(&self, index: u32, what: Operation, now: UnixMs) -> Option<Held<'_>> {
        let shard = &self.directory[index as usize];
        let core = shard.core.try_lock()?;
        Some(Held { map: self, shard, core, index, now, what, waited: Duration::ZERO, since: None })
    }
}

fn late(shard: u32, waited: Duration, hash: u64) -> WriteError {
    WriteError::DeadlineExceeded { shard, waited, hash }
}

#[cold]
fn wait(shard: &Shard, deadline: Option<Instant>) -> Result<(MutexGuard<'_, Core>, Duration), Duration> {
    let start = Instant::now();
    let core = match deadline {
        None => Some(shard.core.lock()),
        Some(deadline) => shard.core.try_lock_until(deadline),
    };
    // A wait is one even where the clock did not see it.
    let waited = start.elapsed().max(Duration::from_nanos(1));
    if core.is_none() {
        shard.late.fetch_add(1, Relaxed);
    }
    core.map(|core| (core, waited)).ok_or(waited)
}

impl Locking {
    /// Counts an acquisition without a wait, unless a window closes with it.
    #[inline]
    fn count_free(&mut self, window: u32) -> bool {
        let counts = self.window.0 + 1 < window;
        self.window.0 += u32::from(counts);
        self.acquisitions += u64::from(counts);
        counts
    }

    /// Counts an acquisition; the rate of conflicts where a window closes with it, 0 otherwise.
    fn count(&mut self, waited: Duration, window: u32, late: &AtomicU64) -> f64 {
        self.acquisitions += 1;
        self.window.0 += 1;
        if !waited.is_zero() {
            self.count_wait(waited);
        }
        if self.window.0 < window {
            return 0.0;
        }
        let (acquisitions, conflicts) = std::mem::take(&mut self.window);
        let all_late = late.load(Relaxed);
        let late = all_late - std::mem::replace(&mut self.late, all_late);
        (f64::from(conflicts) + u32::try_from(late).map_or(0.0, f64::from)) / f64::from(acquisitions)
    }

    #[cold]
    fn count_wait(&mut self, waited: Duration) {
        self.conflicts += 1;
        self.window.1 += 1;
        let bucket = WAIT_BOUNDS_US.iter().position(|&bound| waited < Duration::from_micros(bound));
        self.waits[bucket.unwrap_or(WAIT_BOUNDS_US.len())] += 1;
    }
}

impl Drop for Held<'_> {
    #[inline]
    fn drop(&mut self) {
        if self.since.is_some() {
            self.note_if_slow();
        }
    }
}

impl Held<'_> {
    /// A hold that was waited for is timed, so that one that is not can't be slow.
    #[cold]
    fn note_if_slow(&self) {
        let held = self.since.map_or(Duration::ZERO, |since| since.elapsed());
        if self.waited >= SLOW || held >= SLOW {
            self.map.slow.note(self.what, self.index, self.waited, held);
        }
    }
}
