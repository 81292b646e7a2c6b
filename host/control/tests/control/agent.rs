//! A double of an agent, and the server in front of it.

use logagent_control::{
    Handler, Limits, Rate, ReloadAnswer, ReloadRefusal, ReplayAnswer, ReplayRefusal, Server, StateAnswer,
    StateQuestion, StateRefusal, Status, ask,
};
use logagent_letters::Wanted;
use logagent_state::{Map, UnixMs};
use logagent_telemetry::Counts;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;

/// What the double says of itself, but for the rates.
pub fn fixed() -> Status {
    serde_json::from_str(include_str!("status.json")).unwrap()
}

type Reload = Result<ReloadAnswer, ReloadRefusal>;

/// The double.
pub struct Double {
    pub status: Status,
    /// Whether the rates are those that the server measured.
    pub shows_rates: bool,
    pub reload: Box<dyn Fn() -> Reload + Send + Sync>,
    /// What filters remember, and the time that it is for them.
    pub state: Option<(Map, UnixMs)>,
    /// Statuses being answered, and the most that ever were at once.
    pub at_once: [AtomicUsize; 2],
    pub samples: AtomicU64,
    pub sampled: Mutex<Option<SyncSender<u64>>>,
}

impl Default for Double {
    fn default() -> Self {
        Self {
            status: fixed(),
            shows_rates: false,
            reload: Box::new(|| Ok(ReloadAnswer::default())),
            state: None,
            at_once: Default::default(),
            samples: AtomicU64::new(0),
            sampled: Mutex::new(None),
        }
    }
}

impl Double {
    /// Receives the number of each sample that is taken. The sampler waits until it is received.
    pub fn samples(&self) -> Receiver<u64> {
        let (sender, receiver) = sync_channel(0);
        *self.sampled.lock().unwrap() = Some(sender);
        receiver
    }
}

impl Handler for Double {
    fn status(&self, rates: BTreeMap<String, Rate>) -> Status {
        let now = self.at_once[0].fetch_add(1, Ordering::SeqCst) + 1;
        self.at_once[1].fetch_max(now, Ordering::SeqCst);
        let mut status = self.status.clone();
        if self.shows_rates {
            status.rates = rates;
        }
        self.at_once[0].fetch_sub(1, Ordering::SeqCst);
        status
    }

    fn counts(&self) -> BTreeMap<String, Counts> {
        let number = self.samples.fetch_add(1, Ordering::SeqCst);
        if let Some(sampled) = &*self.sampled.lock().unwrap() {
            // A test that has seen enough is gone.
            let _ = sampled.send(number);
        }
        [("main".into(), Counts { received: number * 100, ..Counts::default() })].into()
    }

    fn reload(&self) -> Reload {
        (self.reload)()
    }

    /// Three rounds of three letters; where they come again, one is lost in each.
    fn replay(&self, wanted: &Wanted) -> Result<ReplayAnswer, ReplayRefusal> {
        let known = vec!["main".to_owned()];
        match wanted.through.as_deref() {
            Some("main") | None => Ok(ReplayAnswer {
                sent: 3,
                done: if wanted.again { 2 } else { 3 },
                unknown: 1,
                next: (wanted.after < 20).then_some(wanted.after + 10),
                until: wanted.until.unwrap_or(77),
                ..ReplayAnswer::default()
            }),
            Some(name) => Err(ReplayRefusal::NoPipeline { name: name.into(), known }),
        }
    }

    fn state(&self, question: &StateQuestion) -> Result<StateAnswer, StateRefusal> {
        self.state.as_ref().map_or(Err(StateRefusal::NoState), |(map, now)| ask(map, question, *now))
    }
}

/// A running server, in a directory of its own.
pub struct Running {
    pub server: Option<Server>,
    pub double: Arc<Double>,
    pub dir: TempDir,
}

impl Running {
    pub fn start() -> Self {
        Self::with(Double::default(), patient())
    }

    pub fn with(double: Double, limits: Limits) -> Self {
        let (dir, double) = (tempfile::tempdir().unwrap(), Arc::new(double));
        let path = logagent_control::socket_path(dir.path());
        let server = Some(Server::start_with(&path, double.clone(), limits).unwrap());
        Self { server, double, dir }
    }

    pub fn path(&self) -> PathBuf {
        logagent_control::socket_path(self.dir.path())
    }
}

/// How long a test waits for a server that fails it.
pub const DEADLINE: Duration = Duration::from_secs(120);

/// So often a client asks that may be too slow for the server, or find it too slow: each time, it waits for 10 s.
pub const ATTEMPTS: u32 = 12;

/// Limits under which nobody is cut off, however slow the test's thread is.
pub fn patient() -> Limits {
    Limits { stall: Duration::from_secs(3600), ..Limits::default() }
}

/// Limits under which whoever stalls is cut off soon.
pub fn impatient() -> Limits {
    Limits { stall: Duration::from_millis(50), ..Limits::default() }
}
