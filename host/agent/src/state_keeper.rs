//! What becomes of the state map beside the lanes: it is swept, kept on disk while the agent runs, and found there again
//! at the next start. Not for the file's format.

mod changes;
mod file;

pub(crate) use file::SnapshotFile;

use crate::wiring::StateMap;
use changes::Changes;
use logagent_checkpoint::Deliveries;
use logagent_state::{Map, UnixMs};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, TryRecvError, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How often it sweeps.
const TURN: Duration = Duration::from_secs(1);

/// In so many turns all shards are swept: what has expired takes space half a minute longer, unless space is wanted, and
/// a turn takes milliseconds.
const TURNS: u32 = 32;

/// How long a snapshot waits for sinks to confirm what it knows. One that stalls longer costs this one.
const PATIENCE: Duration = Duration::from_secs(10);

/// The thread that does it.
pub(crate) struct StateKeeper {
    state: Arc<StateMap>,
    end: Sender<()>,
    thread: JoinHandle<()>,
}

impl StateKeeper {
    /// Begins, whether or not a filter has asked for the map yet. A snapshot is written every `interval`, once what it
    /// knows is delivered: a filter must not know records that the next run reads again.
    pub(crate) fn start(
        state: Arc<StateMap>,
        deliveries: Option<Deliveries>,
        interval: Duration,
    ) -> std::io::Result<Self> {
        let (end, ended) = channel();
        let mut turns = Turns {
            state: state.clone(),
            deliveries,
            interval,
            looked_at: Instant::now(),
            changes: Changes::default(),
        };
        let run = move || {
            while ended.recv_timeout(TURN) == Err(RecvTimeoutError::Timeout) {
                let until = Instant::now() + PATIENCE;
                turns.turn(|| Instant::now() < until && ended.try_recv() == Err(TryRecvError::Empty));
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
            // All is delivered.
            file.save(map, || true);
        }
    }
}

/// What the thread knows from turn to turn.
struct Turns {
    state: Arc<StateMap>,
    /// `None` where nothing is kept of files: nothing is read again then but from the beginning.
    deliveries: Option<Deliveries>,
    interval: Duration,
    /// When it was last looked whether a snapshot is due.
    looked_at: Instant,
    changes: Changes,
}

impl Turns {
    /// `goes_on` says how long it may wait.
    fn turn(&mut self, goes_on: impl FnMut() -> bool) {
        let Some(map) = self.state.get() else { return };
        let shards = map.shards().div_ceil(TURNS);
        map.sweep(unix_ms(), shards);
        self.changes.count_own(shards);
        if self.looked_at.elapsed() >= self.interval
            && let Some(file) = self.state.file()
        {
            self.looked_at = Instant::now();
            keep(map, file, self.deliveries.as_ref(), &mut self.changes, goes_on);
        }
    }
}

/// Writes a snapshot where the map has changed since the last one.
fn keep(
    map: &Map,
    file: &SnapshotFile,
    deliveries: Option<&Deliveries>,
    changes: &mut Changes,
    mut goes_on: impl FnMut() -> bool,
) {
    let now = changes.read(map);
    if changes.are_new(now)
        && let Some(shards) = file.save(map, || deliveries.is_none_or(|deliveries| deliveries.settle(&mut goes_on)))
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
