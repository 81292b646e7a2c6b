//! What the agent shows and does at its control socket.

use crate::reload::{Reloaded, Request};
use crate::replay::Replayer;
use crate::report;
use crate::state_keeper::unix_ms;
use crate::wiring::StateMap;
use logagent_control::{
    ControlError, FilterStatus, Handler, LaneStatus, Rate, ReloadAnswer, ReloadRefusal, ReplayAnswer, ReplayRefusal,
    Server, StateAnswer, StateQuestion, StateRefusal, Status, ask,
};
use logagent_control::{LastReload, socket_path};
use logagent_letters::Wanted;
use logagent_telemetry::{Counts, Meters};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// What is known of the filters that run: written by whoever replaces them, read at the socket.
#[derive(Default)]
pub(crate) struct Board(Mutex<Notices>);

#[derive(Default)]
struct Notices {
    filters: BTreeMap<String, FilterStatus>,
    lanes: Vec<LaneStatus>,
}

impl Board {
    /// These filters run from now on. What was said of attempts to replace them stays.
    pub(crate) fn show_filters(&self, filters: impl Iterator<Item = (String, FilterStatus)>) {
        let mut notices = self.lock();
        let before = std::mem::take(&mut notices.filters);
        let keep = |(name, mut status): (String, FilterStatus)| {
            status.last_reload = before.get(&name).and_then(|known| known.last_reload.clone());
            (name, status)
        };
        notices.filters = filters.map(keep).collect();
    }

    /// Notes an attempt to replace a filter.
    pub(crate) fn note_reload(&self, filter: &str, error: Option<&str>) {
        if let Some(status) = self.lock().filters.get_mut(filter) {
            status.last_reload = Some(LastReload { at: unix_seconds(), error: error.map(str::to_owned) });
        }
    }

    /// This lane is served by these generations from now on.
    pub(crate) fn show_lane(&self, number: usize, status: LaneStatus) {
        let lanes = &mut self.lock().lanes;
        lanes.resize_with(lanes.len().max(number + 1), LaneStatus::default);
        lanes[number] = status;
    }

    fn lock(&self) -> MutexGuard<'_, Notices> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Now, in seconds since the Unix epoch.
pub(crate) fn unix_seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// The agent, as its control socket sees it.
pub(crate) struct Desk {
    pub(crate) config: PathBuf,
    pub(crate) started: Instant,
    pub(crate) meters: Arc<Meters>,
    pub(crate) board: Arc<Board>,
    pub(crate) state: Arc<StateMap>,
    pub(crate) requests: Sender<Request>,
    /// There once the agent has started.
    pub(crate) replayer: Arc<OnceLock<Replayer>>,
}

/// Where the agent can be reached, for as long as this is there.
pub(crate) struct Door {
    server: Option<Server>,
    /// Another agent has the directory: what lies there is that one's.
    pub(crate) is_anothers: bool,
}

impl Door {
    pub(crate) fn is_open(&self) -> bool {
        self.server.is_some()
    }
}

impl Desk {
    /// Listens in `data_dir`. A second agent there is refused, unless it reads `once`, which does no harm; where the
    /// directory can't be written, the agent runs without a socket.
    pub(crate) fn open(self, data_dir: &Path, once: bool) -> Result<Door, ControlError> {
        let error = match Server::start(&socket_path(data_dir), Arc::new(self)) {
            Ok(server) => return Ok(Door { server: Some(server), is_anothers: false }),
            Err(error @ ControlError::Taken { .. }) if !once => return Err(error),
            Err(error) => error,
        };
        let is_anothers = matches!(error, ControlError::Taken { .. });
        let error = format!("{:#}", anyhow::Error::new(error));
        let kept = if is_anothers {
            "neither what filters remember nor how far it has read: what the other one has delivered comes again"
        } else {
            "nothing that filters remember"
        };
        tracing::warn!(error, "there is no control socket: logagentctl can't reach this agent, which keeps {kept}");
        Ok(Door { server: None, is_anothers })
    }
}

impl Handler for Desk {
    fn status(&self, rates: BTreeMap<String, Rate>) -> Status {
        let notices = self.board.lock();
        Status {
            version: env!("CARGO_PKG_VERSION").into(),
            pid: std::process::id(),
            uptime_seconds: self.started.elapsed().as_secs_f64(),
            config: self.config.display().to_string(),
            report: report::now(&self.meters, self.started),
            rates,
            filters: notices.filters.clone(),
            lanes: notices.lanes.clone(),
        }
    }

    fn counts(&self) -> BTreeMap<String, Counts> {
        self.meters.pipelines.all().into_iter().map(|(name, meter)| (name, meter.law.counts())).collect()
    }

    fn reload(&self) -> Result<ReloadAnswer, ReloadRefusal> {
        let (asker, answer) = channel();
        let ended = || ReloadRefusal { problems: vec!["the agent is ending".into()] };
        self.requests.send(Request::Person(asker)).map_err(|_| ended())?;
        match answer.recv().map_err(|_| ended())? {
            Ok(Reloaded { changes, generations }) => Ok(ReloadAnswer { changes, generations }),
            Err(problems) => Err(ReloadRefusal { problems: problems.lines().map(str::to_owned).collect() }),
        }
    }

    fn replay(&self, wanted: &Wanted) -> Result<ReplayAnswer, ReplayRefusal> {
        self.replayer.get().map_or(Err(ReplayRefusal::Ending), |replayer| replayer.replay(wanted))
    }

    fn state(&self, question: &StateQuestion) -> Result<StateAnswer, StateRefusal> {
        self.state.get().map_or(Err(StateRefusal::NoState), |map| ask(map, question, unix_ms()))
    }
}
