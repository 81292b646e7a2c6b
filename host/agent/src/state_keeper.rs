//! What becomes of the state map beside the lanes: it is swept, kept on disk while the agent runs, and found there again
//! at the next start. Not for the file's format.

mod changes;
mod file;

pub(crate) use file::SnapshotFile;

use crate::wiring::StateMap;
use changes::Changes;
use logagent_state::{Map, UnixMs};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How often it sweeps.
const TURN: Duration = Duration::from_secs(1);

/// In so many turns all shards are swept: what has expired takes space half a minute longer, unless space is wanted, and
/// a turn takes milliseconds.
const TURNS: u32 = 32;

/// The thread that does it.
pub(crate) struct StateKeeper {
    state: Arc<StateMap>,
    end: Sender<()>,
    thread: JoinHandle<()>,
}

impl StateKeeper {
    /// Begins, whether or not a filter has asked for the map yet. A snapshot is written every `interval`.
    pub(crate) fn start(state: Arc<StateMap>, interval: Duration) -> std::io::Result<Self> {
        let (end, ended) = channel();
        let mut turns =
            Turns { state: state.clone(), interval, looked_at: Instant::now(), changes: Changes::default() };
        let run = move || {
            while ended.recv_timeout(TURN) == Err(RecvTimeoutError::Timeout) {
                turns.turn();
            }
        };
        let thread = std::thread::Builder::new().name("state".into()).spawn(run)?;
        Ok(Self { state, end, thread })
    }

    /// Ends. Where all that was read is delivered, it is the time for the last snapshot. Otherwise the one before stays:
    /// records in flight are read again, and a filter should not know them yet.
    pub(crate) fn finish(self, is_drained: bool) {
        drop(self.end);
        // What it panicked with is on stderr.
        let _ = self.thread.join();
        if let (true, Some(map), Some(file)) = (is_drained, self.state.get(), self.state.file()) {
            file.save(map);
        }
    }
}

/// What the thread knows from turn to turn.
struct Turns {
    state: Arc<StateMap>,
    interval: Duration,
    /// When it was last looked whether a snapshot is due.
    looked_at: Instant,
    changes: Changes,
}

impl Turns {
    fn turn(&mut self) {
        let Some(map) = self.state.get() else { return };
        let shards = map.shards().div_ceil(TURNS);
        map.sweep(unix_ms(), shards);
        self.changes.count_own(shards);
        if self.looked_at.elapsed() >= self.interval
            && let Some(file) = self.state.file()
        {
            self.looked_at = Instant::now();
            keep(map, file, &mut self.changes);
        }
    }
}

/// Writes a snapshot where the map has changed since the last one.
fn keep(map: &Map, file: &SnapshotFile, changes: &mut Changes) {
    let now = changes.read(map);
    if changes.are_new(now)
        && let Some(shards) = file.save(map)
    {
        changes.count_own(shards);
        changes.are_saved(now);
    }
}

/// The time that entries' expiries are compared with.
pub(crate) fn unix_ms() -> UnixMs {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    UnixMs(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}
