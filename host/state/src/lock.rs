//! Taking a shard's lock: with a deadline, counted, and noted where it was slow.

use crate::call::Call;
use crate::map::{Map, low_bits};
use crate::order;
use crate::shard::{Core, Locking, Shard};
use crate::stats::{Operation, WAIT_BOUNDS_US};
use crate::sync::MutexGuard;
use crate::table::Located;
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
    timed: Option<Timed>,
}

/// How long a lock took to come by, and since when it is held.
struct Timed {
    waited: Duration,
    since: Instant,
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
        let Located { mask, index, .. } = self.tables.of_hash(hash);
        let mut core = self.directory[index as usize].core.try_lock()?;
        let is_usual = core.is_whole(mask) && core.locking.is_window_open();
        if TIMES_ALL || what.may_take_long() || !is_usual {
            return None;
        }
        core.locking.count_free();
        Some(Held::new(self, index, core, (what, now), None))
    }

    #[cold]
    fn hold_thoroughly(&self, hash: u64, intent: Intent) -> Result<Held<'_>, WriteError> {
        loop {
            let index = self.locate(hash);
            let mut held = self.hold_shard(index, intent).map_err(|waited| late(index, waited, hash))?;
            if held.is_to_be_split() {
                self.split(&mut held);
            }
            if held.has(hash) {
                return Ok(held);
            }
        }
    }

    /// Takes a shard's lock; how long it waited where the deadline passed.
    #[inline]
    pub(crate) fn hold_shard(&self, index: u32, intent: Intent) -> Result<Held<'_>, Duration> {
        let shard = &self.directory[index as usize];
        let Intent { what, now, deadline } = intent;
        let (core, waited) = match shard.core.try_lock() {
            Some(core) => (core, None),
            None => self.wait(index, deadline).map(|(core, waited)| (core, Some(waited)))?,
        };
        let is_timed = TIMES_ALL || waited.is_some() || what.may_take_long();
        let timed = is_timed.then(|| Timed { waited: waited.unwrap_or_default(), since: Instant::now() });
        let mut held = Held::new(self, index, core, (what, now), timed);
        if held.core.count(waited) {
            self.close_window(&mut held);
        }
        Ok(held)
    }

    #[cold]
    fn wait(&self, index: u32, deadline: Option<Instant>) -> Result<(MutexGuard<'_, Core>, Duration), Duration> {
        order::check(self.address(), index);
        let shard = &self.directory[index as usize];
        let start = Instant::now();
        let core = match deadline {
            None => Some(shard.core.lock()),
            Some(deadline) => shard.core.try_lock_until(deadline),
        };
        let waited = start.elapsed();
        if core.is_none() {
            shard.late.fetch_add(1, Relaxed);
        }
        core.map(|core| (core, waited)).ok_or(waited)
    }

    fn address(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    /// Doubles the shards where a shard's conflicts were too many.
    #[cold]
    fn close_window(&self, held: &mut Held<'_>) {
        if held.core.close_window(self.growth.window, &held.shard.late) > self.growth.threshold {
            self.grow();
        }
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
        let core = self.directory[index as usize].core.try_lock()?;
        Some(Held::new(self, index, core, (what, now), None))
    }
}

fn late(shard: u32, waited: Duration, hash: u64) -> WriteError {
    WriteError::DeadlineExceeded { shard, waited, hash }
}

impl<'m> Held<'m> {
    #[inline]
    fn new(
        map: &'m Map,
        index: u32,
        core: MutexGuard<'m, Core>,
        (what, now): (Operation, UnixMs),
        timed: Option<Timed>,
    ) -> Self {
        order::taken(map.address(), index);
        Self { map, shard: &map.directory[index as usize], core, index, now, what, timed }
    }

    /// Whether the shard is the hash's: all its entries have as many low bits in common as its number says.
    #[inline]
    pub(crate) fn has(&self, hash: u64) -> bool {
        low_bits(hash) & self.core.common == self.index
    }

    /// Whether the map has more shards than this one was split for.
    #[inline]
    pub(crate) fn is_to_be_split(&self) -> bool {
        self.map.mask() & !self.core.common != 0
    }
}

impl Locking {
    /// Whether the window does not close with the next acquisition.
    #[inline]
    pub(crate) fn is_window_open(&self) -> bool {
        self.left > 1
    }

    /// Counts an acquisition without a wait.
    #[inline]
    pub(crate) fn count_free(&mut self) {
        self.left -= 1;
    }

    /// All acquisitions, of windows of that many.
    pub(crate) fn acquisitions(&self, window: u32) -> u64 {
        self.closed + u64::from(window - self.left)
    }
}

impl Core {
    /// Counts an acquisition; whether a window closes with it.
    fn count(&mut self, waited: Option<Duration>) -> bool {
        self.locking.count_free();
        if let Some(waited) = waited {
            self.count_wait(waited);
        }
        self.locking.left == 0
    }

    #[cold]
    fn count_wait(&mut self, waited: Duration) {
        self.locking.window_conflicts += 1;
        let waits = &mut self.rest.waits;
        waits.conflicts += 1;
        let bucket = WAIT_BOUNDS_US.iter().position(|&bound| waited < Duration::from_micros(bound));
        waits.waits[bucket.unwrap_or(WAIT_BOUNDS_US.len())] += 1;
    }

    /// The window's rate of conflicts, where a wait that its deadline ended is one, too.
    fn close_window(&mut self, window: u32, late: &AtomicU64) -> f64 {
        self.locking.closed += u64::from(window);
        self.locking.left = window;
        let conflicts = std::mem::take(&mut self.locking.window_conflicts);
        let all_late = late.load(Relaxed);
        let late = all_late - std::mem::replace(&mut self.rest.waits.late, all_late);
        (f64::from(conflicts) + u32::try_from(late).map_or(0.0, f64::from)) / f64::from(window)
    }
}

impl Drop for Held<'_> {
    #[inline]
    fn drop(&mut self) {
        order::given_back(self.map.address(), self.index);
        if let Some(timed) = &self.timed {
            timed.note(self);
        }
    }
}

impl Timed {
    #[cold]
    fn note(&self, of: &Held<'_>) {
        let held = self.since.elapsed();
        if self.waited >= SLOW || held >= SLOW {
            of.map.slow.note(of.what, of.index, self.waited, held);
        }
    }
}
