//! Keeps checkpoints: collects the marks of all open files, and writes them once an interval and at the end.

mod deliveries;
mod ledger;
mod outputs;

pub use deliveries::Deliveries;
pub use outputs::Outputs;

use crate::directory::{Directory, SystemDirectory};
use crate::file::{CheckpointError, CheckpointFile};
use crate::format::Checkpointed;
use ledger::Ledger;
use logagent_component::{Checkpoint, Checkpoints, Mark, chain};
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

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
        Self { shared: Arc::new(Shared { file, once, ledger }), writer: None }
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

    /// Writes, from now on, whenever something has changed, once an `interval` at most.
    ///
    /// # Errors
    /// Where there can be no thread for it.
    pub fn start(&mut self, interval: Duration) -> std::io::Result<()> {
        let (stop, stopped) = channel();
        let shared = self.shared.clone();
        let write = move || {
            let (mut is_failing, mut pause) = (false, Pause::new());
            while stopped.recv_timeout(interval) == Err(RecvTimeoutError::Timeout) {
                if is_failing || pause.is_over(shared.ledger().movement()) {
                    is_failing = tell(shared.write(), is_failing);
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
    fn write(&self) -> Result<(), CheckpointError> {
        // Held while it is written: what was looked at last is what is written last.
        let mut ledger = self.ledger();
        let Some((files, outputs)) = ledger.changed(unix_seconds()) else { return Ok(()) };
        let all = Checkpointed { once: self.once, files, outputs };
        self.file.write(&all)?;
        ledger.written(all);
        Ok(())
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
}

/// Says that writing fails, once, and that it does no more; answers whether it fails.
fn tell(written: Result<(), CheckpointError>, was_failing: bool) -> bool {
    match &written {
        Err(error) if !was_failing => {
            let error = chain(error);
            tracing::error!(
                error,
                "checkpoints can't be written: after a restart, records since the last will come twice"
            );
        }
        Ok(()) if was_failing => tracing::info!("checkpoints are written again"),
        _ => {}
    }
    written.is_err()
}

fn unix_seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

#[cfg(test)]
mod tests;
