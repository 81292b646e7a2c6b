//! Keeps checkpoints: collects the marks of all open files, and writes them once an interval and at the end.

mod cut;
mod deliveries;
mod ledger;
mod outputs;
mod trouble;

pub use deliveries::Deliveries;
pub use outputs::Outputs;

use crate::directory::{Directory, SystemDirectory};
use crate::file::{CheckpointError, CheckpointFile};
use ledger::Ledger;
use logagent_component::{Checkpoint, Checkpoints, Lanes, Mark, chain};
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use trouble::Trouble;

/// What keeps the checkpoints of one agent. Dropped without [`end`](Self::end), it writes no more.
pub struct Keeper {
    shared: Arc<Shared>,
    writer: Option<Writer>,
}

struct Writer {
    stop: Sender<()>,
    thread: JoinHandle<()>,
}

struct Shared {
    file: CheckpointFile,
    /// See [`Keeper::open`].
    once: bool,
    ledger: Mutex<Ledger>,
    /// Held while it is looked and written: what was looked at last is what is written last. Not the ledger's lock, which
    /// sources need meanwhile.
    turn: Mutex<()>,
    /// Once outputs are open and sources read; `None` where they don't have to be stopped to be looked at.
    lanes: OnceLock<Option<Arc<dyn Lanes>>>,
}

impl Keeper {
    /// Reads what is kept in a directory. `once`: for a run over what is there. One that comes to its end leaves nothing, so
    /// that the next begins anew; unless it has gone on with what a run that follows its files had kept. Where the file there is damaged, what the one before it says is used, and
    /// a warning says so: what was delivered since that one was written comes twice.
    #[must_use]
    pub fn open(directory: &Path, once: bool) -> Self {
        Self::open_in(Arc::new(SystemDirectory(directory.to_owned())), once)
    }

    /// The same, in a directory that may be no system's.
    #[must_use]
    pub fn open_in(directory: Arc<dyn Directory>, once: bool) -> Self {
        let file = CheckpointFile::new(directory);
        let found = file.read();
        if let Some(error) = &found.damaged {
            let error = chain(error);
            let files = found.all.as_ref().map_or(0, |all| all.files.len());
            tracing::warn!(
                error,
                files,
                "the checkpoints are damaged; going on with those before, so that records may come twice"
            );
        }
        let once = once && found.all.as_ref().is_none_or(|all| all.once);
        let ledger = Mutex::new(Ledger::new(found.all.unwrap_or_default()));
        let shared = Shared { file, once, ledger, turn: Mutex::default(), lanes: OnceLock::new() };
        Self { shared: Arc::new(shared), writer: None }
    }

    /// What sources ask, and tell.
    #[must_use]
    pub fn checkpoints(&self) -> Arc<dyn Checkpoints> {
        self.shared.clone()
    }

    /// What sinks ask, and tell.
    #[must_use]
    pub fn outputs(&self) -> Outputs {
        Outputs::new(self.shared.clone())
    }

    /// What asks for deliveries.
    #[must_use]
    pub fn deliveries(&self) -> Deliveries {
        Deliveries::new(self.shared.clone())
    }

    /// All outputs of the start are open, and records are about to move. What is kept is what is found while these `lanes`
    /// stand still, where an output wants that.
    pub fn begin(&self, lanes: Option<Arc<dyn Lanes>>) {
        // Who looks just now at outputs alone must be done before the lanes move.
        let _turn = self.shared.turn();
        // Who begins twice has the same lanes.
        let _ = self.shared.lanes.set(lanes);
    }

    /// Writes, from now on, whenever something has changed, once an `interval` at most.
    ///
    /// # Errors
    /// Where there can be no thread for it.
    pub fn start(&mut self, interval: Duration) -> std::io::Result<()> {
        let (stop, stopped) = channel();
        let shared = self.shared.clone();
        let write = move || {
            let (mut trouble, mut pause) = (Trouble::new(interval), Pause::new());
            while stopped.recv_timeout(interval) == Err(RecvTimeoutError::Timeout) {
                let has_moved = pause.is_over(shared.ledger().movement());
                if trouble.may_write(has_moved) {
                    trouble.note(shared.write());
                }
            }
        };
        let thread = std::thread::Builder::new().name("checkpoints".into()).spawn(write)?;
        self.writer = Some(Writer { stop, thread });
        Ok(())
    }

    /// Writes what has been delivered by now, if it is not what was written last.
    ///
    /// # Errors
    /// [`CheckpointError`] where it could not be written.
    pub fn write(&self) -> Result<(), CheckpointError> {
        self.shared.write()
    }

    /// Writes what has been delivered by now, and no more. `is_complete`: all that there was.
    ///
    /// # Errors
    /// [`CheckpointError`] where it could not be written, or taken away.
    pub fn end(mut self, is_complete: bool) -> Result<(), CheckpointError> {
        self.stop();
        if self.shared.once && is_complete { self.shared.file.remove() } else { self.shared.write() }
    }

    fn stop(&mut self) {
        if let Some(Writer { stop, thread }) = self.writer.take() {
            drop(stop);
            // A thread that has panicked has written nothing since; what is to be written now is not its.
            let _ = thread.join();
        }
    }
}

/// Leaves the writer alone while no file is delivered further: to look at ten thousand checkpoints, each second, would
/// take a large part of what an idle agent takes.
struct Pause {
    movement: u64,
    left_out: u32,
}

impl Pause {
    /// What comes about without a delivery (a file was cut, or is over) is written this many intervals later at most.
    const MOST: u32 = 10;

    fn new() -> Self {
        Self { movement: 0, left_out: Self::MOST }
    }

    fn is_over(&mut self, movement: u64) -> bool {
        let is_over = movement != self.movement || self.left_out >= Self::MOST;
        self.left_out = if is_over { 0 } else { self.left_out + 1 };
        self.movement = movement;
        is_over
    }
}

impl Shared {
    fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Checkpoints for Shared {
    fn kept(&self, source: &str) -> Vec<Checkpoint> {
        self.ledger().kept(source)
    }

    fn keep(&self, mark: Arc<dyn Mark>) {
        self.ledger().keep(mark);
    }

    fn carry(&self, checkpoint: Checkpoint) {
        self.ledger().carry(checkpoint, unix_seconds());
    }
}

fn unix_seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

#[cfg(test)]
mod tests;
