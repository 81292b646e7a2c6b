//! A configured sink with a buffer in front of it: opened once, with an end for each lane.

use crate::control::{Control, Open};
use crate::disk::{Disk, System};
use crate::drain::Drain;
use crate::error::BufferError;
use crate::keeper::Keeper;
use crate::leftover;
use crate::pack::Packer;
use crate::settings::BufferConfig;
use crate::store::Store;
use logagent_component::{Delivery, Fsync, Sink, SinkError, chain};
use logagent_ring::Writer;
use logagent_telemetry::SinkMeter;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A buffer in use, and the sink behind it.
pub struct BufferTarget {
    running: Arc<Running>,
    /// Takes the sink's place once the first lane asks for its end: until then the reload may be refused.
    next: Mutex<Option<Next>>,
}

struct Next {
    config: BufferConfig,
    open: Open,
    sink: Box<dyn Sink>,
}

/// The threads of a buffer; they end when the last that holds it goes.
pub(crate) struct Running {
    store: Arc<Store>,
    control: Arc<Control>,
    key_file: Option<PathBuf>,
    pub(crate) directory: PathBuf,
    panicked: Panicked,
}

/// Who is told which thread has panicked.
pub type Panicked = Arc<dyn Fn(&str) + Send + Sync>;

/// How often it is looked whether a buffer is empty.
const LOOK: Duration = Duration::from_millis(5);

/// What is out when the drain is stopped gets so long to come home, whatever time is left.
const LANDING: Duration = Duration::from_millis(500);

impl BufferTarget {
    /// Opens a buffer and the sink behind it, which gets what the buffer holds from now on.
    ///
    /// # Errors
    /// [`BufferError`] where the directory, the key or the sink can't be used.
    pub fn open(
        config: BufferConfig,
        open: Open,
        meter: Arc<SinkMeter>,
        panicked: Panicked,
    ) -> Result<Self, BufferError> {
        Self::open_on(Box::new(System), config, open, meter, panicked)
    }

    pub(crate) fn open_on(
        disk: Box<dyn Disk>,
        config: BufferConfig,
        mut open: Open,
        meter: Arc<SinkMeter>,
        panicked: Panicked,
    ) -> Result<Self, BufferError> {
        let sink = open()?;
        let store = Arc::new(Store::open(&config, disk, meter)?);
        let control = Arc::<Control>::default();
        let (key_file, directory) = (config.key_file.clone(), config.directory.clone());
        let running = Running { store, control, key_file, directory, panicked };
        let running = Arc::new(running);
        running.start_drain(&config, open, sink)?;
        running.start_keeper()?;
        Ok(Self { running, next: Mutex::new(None) })
    }

    /// The same buffer with other settings, and another sink behind it. Both hold from the first `lane()` on.
    ///
    /// # Errors
    /// [`BufferError`] where the sink can't be opened, or a buffer in use can't change so; nothing has changed then.
    pub(crate) fn succeed(running: Arc<Running>, config: BufferConfig, mut open: Open) -> Result<Self, BufferError> {
        if running.key_file != config.key_file {
            return Err(BufferError::Encryption);
        }
        let sink = open()?;
        Ok(Self { running, next: Mutex::new(Some(Next { config, open, sink })) })
    }

    pub(crate) fn running(&self) -> &Arc<Running> {
        &self.running
    }

    /// Has the sink behind the buffer opened anew, once it has what was handed to it.
    pub fn reopen(&self) {
        self.running.control.reopen();
        self.running.store.wake_drain();
    }

    /// A lane's end of it.
    #[must_use]
    pub fn lane(&self) -> Box<dyn Sink> {
        let next = self.next.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Next { config, open, sink }) = next {
            self.running.store.change(config.settings);
            self.running.control.change(open, sink);
            self.running.store.wake_drain();
        }
        let packer = self.running.store.packer();
        Box::new(LaneEnd { running: self.running.clone(), packer, sync_at: None })
    }
}

impl Running {
    fn start_drain(&self, config: &BufferConfig, open: Open, sink: Box<dyn Sink>) -> Result<(), BufferError> {
        let (store, control, ring_bytes) = (self.store.clone(), self.control.clone(), config.ring_bytes);
        let (letterbox, directory) = (config.letterbox.clone(), config.directory.clone());
        let (made, is_made) = channel();
        let run = move || {
            // The ring wakes the thread that made it.
            match Writer::create(ring_bytes, Drain::waker()) {
                Ok(ring) => {
                    drop(made.send(Ok(())));
                    let (left, directory) = (store.clone(), directory);
                    Drain::run(store, control.clone(), ring, (open, sink), letterbox);
                    if control.is_left() {
                        leftover::tell(&left.leftover(directory));
                    }
                }
                Err(error) => drop(made.send(Err(error))),
            }
        };
        self.spawn(format!("drain {}", config.name), run)?;
        Ok(is_made.recv().unwrap_or(Ok(()))?)
    }

    fn start_keeper(&self) -> Result<(), BufferError> {
        let packer = self.store.packer();
        let store = self.store.clone();
        let run = move || Keeper::new(&store, packer).run();
        self.spawn(format!("buffer {}", self.store.name), run)
    }

    /// Runs a thread whose panic is told: records would wait for ever for one that has silently gone.
    fn spawn(&self, name: String, run: impl FnOnce() + Send + 'static) -> Result<(), BufferError> {
        let (told, panicked, control) = (name.clone(), self.panicked.clone(), self.control.clone());
        let thread = move || {
            // Nobody looks at what `run` has broken: the agent ends.
            if catch_unwind(AssertUnwindSafe(run)).is_err() {
                panicked(&told);
                control.ended();
            }
        };
        let thread = std::thread::Builder::new().name(name).spawn(thread);
        thread.map(drop).map_err(BufferError::io(&self.directory, "start a thread for"))
    }

    /// Whether all has arrived.
    pub(crate) fn is_drained(&self) -> bool {
        // In this order: what waited is in the books once it waits no more.
        !self.store.is_stuck() && self.store.books().backlog() == 0
    }

    pub(crate) fn is_failing(&self) -> bool {
        self.control.is_failing()
    }

    /// Waits until all has arrived, for as long as `goes_on` says; then ends the buffer's threads.
    pub(crate) fn finish(&self, mut goes_on: impl FnMut(&Self) -> bool) {
        while !self.is_drained() && !self.control.has_ended() && goes_on(self) {
            std::thread::sleep(LOOK);
        }
        let deadline = Instant::now() + LANDING;
        self.stop(deadline);
        self.control.wait(deadline + LANDING);
        if let Err(error) = self.store.end() {
            let (sink, error) = (&self.store.name, chain(&error));
            tracing::error!(sink, error, "the buffer can't be synced at the end");
        }
        let backlog = self.store.books().backlog();
        if backlog > 0 {
            tracing::info!(sink = self.store.name, records = backlog, "records stay in the buffer for the next run");
        }
    }

    #[cfg(test)]
    pub(crate) fn store(&self) -> std::sync::Weak<Store> {
        Arc::downgrade(&self.store)
    }

    /// Has the drain look again, for sinks of tests that wake nobody.
    #[cfg(test)]
    pub(crate) fn nudge(&self) {
        self.store.wake_drain();
    }

    fn stop(&self, deadline: Instant) {
        self.control.stop(deadline);
        self.store.wake_drain();
        self.store.keeper.stop();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.control.leave();
        self.stop(Instant::now() + LANDING);
    }
}

struct LaneEnd {
    running: Arc<Running>,
    packer: Packer,
    /// Something of this lane waits for the disk until then.
    sync_at: Option<Instant>,
}

impl Sink for LaneEnd {
    fn deliver(&mut self, delivery: Delivery) -> Result<(), SinkError> {
        let store = &self.running.store;
        store.take(&mut self.packer, delivery);
        if let Fsync::Interval(interval) = store.settings().fsync {
            let now = Instant::now();
            self.sync_at.get_or_insert(now.checked_add(interval).unwrap_or(now));
        }
        Ok(())
    }

    fn flush_at(&self) -> Option<Instant> {
        self.sync_at
    }

    /// Asks for the disk before it is due: a lane that waits for its ring's space must get it.
    fn flush(&mut self) -> Result<(), SinkError> {
        self.sync_at = None;
        self.running.store.ask_sync();
        Ok(())
    }
}

#[cfg(test)]
mod tests;
