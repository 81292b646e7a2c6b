//! The thread that looks after what was written: it has the disk asked, writes what could not be written at once, and
//! drops what is too old. Lanes never wait for it.

use crate::pack::Packer;
use crate::settings::RETRY;
use crate::store::{Store, Stuck, unix_nano};
use logagent_component::{Backoff, Complaint, Fsync, Woken, chain};
use std::io;
use std::time::{Duration, Instant};

/// How often the position is synced, and old records looked for. What is delivered between two syncs comes twice after
/// a power cut.
const TICK: Duration = Duration::from_secs(1);

pub(crate) struct Keeper<'a> {
    store: &'a Store,
    packer: Packer,
    backoff: Backoff,
    complaint: Complaint,
    sync_at: Option<Instant>,
    tick_at: Instant,
}

impl<'a> Keeper<'a> {
    pub(crate) fn new(store: &'a Store, packer: Packer) -> Self {
        let (backoff, complaint) = (Backoff::new(RETRY), Complaint::default());
        Self { store, packer, backoff, complaint, sync_at: None, tick_at: Instant::now() + TICK }
    }

    /// Works until the store's signal says stop.
    pub(crate) fn run(mut self) {
        loop {
            self.work(Instant::now());
            if self.store.keeper.wait(self.pause()) == Woken::Stopped {
                return;
            }
        }
    }

    fn pause(&self) -> Duration {
        let now = Instant::now();
        let next = match self.backoff.until() {
            Some(until) if now < until => until,
            _ => self.sync_at.map_or(self.tick_at, |sync_at| sync_at.min(self.tick_at)),
        };
        next.saturating_duration_since(now)
    }

    fn work(&mut self, now: Instant) {
        if !self.backoff.may_try(now) {
            return;
        }
        self.retry(now);
        if self.is_sync_due(now) && self.backoff.may_try(now) {
            self.sync(now);
        }
        if now >= self.tick_at {
            self.tick_at = now + TICK;
            while self.store.drop_aged(unix_nano()) {}
            self.sync_position();
        }
    }

    fn is_sync_due(&mut self, now: Instant) -> bool {
        let Some(delay) = self.store.settings().fsync.delay() else { return false };
        // Whoever asked has it already where nothing is left.
        let is_asked = self.store.take_sync_asked();
        if !self.store.is_unsynced() {
            self.sync_at = None;
            return false;
        }
        let sync_at = *self.sync_at.get_or_insert(now + delay);
        is_asked || now >= sync_at
    }

    fn retry(&mut self, now: Instant) {
        match self.store.retry(&mut self.packer) {
            // Else it is the sync that must succeed.
            Ok(()) if self.store.settings().fsync == Fsync::Never => self.succeed(),
            Ok(()) => {}
            // Whoever makes room wakes this thread.
            Err(Stuck::Full) => {}
            Err(Stuck::Disk(error)) => self.fail(now, "written", &error),
        }
    }

    fn sync(&mut self, now: Instant) {
        self.sync_at = None;
        match self.store.sync() {
            Ok(()) => self.succeed(),
            Err(error) => self.fail(now, "synced", &error),
        }
    }

    fn sync_position(&self) {
        if self.store.settings().fsync != Fsync::Never {
            // Where it fails, more comes twice after a power cut; the segments' own failures are told.
            drop(self.store.sync_position());
        }
    }

    fn succeed(&mut self) {
        self.backoff.succeed();
        if self.complaint.end() {
            tracing::info!(sink = self.store.name, "the buffer is written again");
        }
    }

    fn fail(&mut self, now: Instant, action: &str, error: &io::Error) {
        self.backoff.fail(now, fastrand::f64(), None);
        self.store.meter.buffer.update(|counts| counts.write_errors += 1);
        if self.complaint.is_due(now) {
            let (sink, error) = (&self.store.name, chain(error));
            tracing::error!(sink, error, "the buffer can't be {action}; records wait, and it is tried again");
        }
    }
}
