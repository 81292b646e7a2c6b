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
    /// Failures to write, and to sync: a disk that is full can be synced, and gets room by what arrives then.
    writing: Backoff,
    syncing: Backoff,
    complaint: Complaint,
    sync_at: Option<Instant>,
    tick_at: Instant,
}

impl<'a> Keeper<'a> {
    pub(crate) fn new(store: &'a Store, packer: Packer) -> Self {
        Self {
            store,
            packer,
            writing: Backoff::new(RETRY),
            syncing: Backoff::new(RETRY),
            complaint: Complaint::default(),
            sync_at: None,
            tick_at: Instant::now() + TICK,
        }
    }

    /// Works until the store's signal says stop.
    pub(crate) fn run(mut self) {
        loop {
            let now = Instant::now();
            self.work(now);
            if self.store.keeper.wait(self.pause(now)) == Woken::Stopped {
                return;
            }
        }
    }

    /// How long there is nothing to do, after what was done at `now`.
    fn pause(&self, now: Instant) -> Duration {
        let again = [self.writing.until(), self.syncing.until()].into_iter().flatten().filter(|until| now < *until);
        let next = again.chain(self.sync_at).fold(self.tick_at, Instant::min);
        next.saturating_duration_since(Instant::now())
    }

    fn work(&mut self, now: Instant) {
        // What a sync has failed for is all to be written again: not before it is tried again.
        if self.writing.may_try(now) && self.syncing.may_try(now) {
            self.retry(now);
        }
        if self.syncing.may_try(now) && self.is_sync_due(now) {
            self.sync(now);
        }
        if now >= self.tick_at {
            self.tick_at = now + TICK;
            while self.store.drop_aged(unix_nano()) {}
            self.sync_position();
        }
    }

    fn is_sync_due(&mut self, now: Instant) -> bool {
        // With `never` there is something only where that was another before: it is brought to its end.
        let delay = self.store.settings().fsync.delay().unwrap_or_default();
        // Whoever asked has it already where nothing is left.
        let is_asked = self.store.take_sync_asked();
        if !self.store.is_unsynced() {
            self.sync_at = None;
            return false;
        }
        // The delay may be shorter than it was.
        let sync_at = self.sync_at.map_or(now + delay, |sync_at| sync_at.min(now + delay));
        self.sync_at = Some(sync_at);
        is_asked || now >= sync_at
    }

    fn retry(&mut self, now: Instant) {
        match self.store.retry(&mut self.packer) {
            Ok(()) => {
                self.writing.succeed();
                self.end_complaint();
            }
            // Whoever makes room wakes this thread.
            Err(Stuck::Full) => {}
            Err(Stuck::Disk(error)) => {
                self.writing.fail(now, fastrand::f64(), None);
                self.complain(now, "written", &error);
            }
        }
    }

    fn sync(&mut self, now: Instant) {
        self.sync_at = None;
        match self.store.sync() {
            Ok(()) => {
                self.syncing.succeed();
                self.end_complaint();
            }
            Err(error) => {
                self.syncing.fail(now, fastrand::f64(), None);
                self.complain(now, "synced", &error);
            }
        }
    }

    fn sync_position(&self) {
        if self.store.settings().fsync != Fsync::Never {
            // Where it fails, more comes twice after a power cut; the segments' own failures are told.
            drop(self.store.sync_position());
        }
    }

    fn end_complaint(&mut self) {
        if self.writing.failures() == 0 && self.syncing.failures() == 0 && self.complaint.end() {
            tracing::info!(sink = self.store.name, "the buffer is written again");
        }
    }

    fn complain(&mut self, now: Instant, action: &str, error: &io::Error) {
        self.store.meter.buffer.update(|counts| counts.write_errors += 1);
        if self.complaint.is_due(now) {
            let (sink, error) = (&self.store.name, chain(error));
            tracing::error!(sink, error, "the buffer can't be {action}; records wait, and it is tried again");
        }
    }
}
