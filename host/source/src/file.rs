//! The `file` source: finds the files that its patterns mean, and keeps finding them while they are rotated. How
//! they are read is the stream's matter; how far they were delivered is kept elsewhere, and asked for at the start.

mod complaints;
mod descriptors;
mod discovery;
mod fingerprint;
mod handle;
mod identity;
mod open;
mod packed;
mod patterns;
mod resume;
mod stepped;
mod stream;
mod tail;
#[cfg(test)]
mod tests;
mod tracked;
mod unpack;
mod watch;

pub use patterns::{BadPattern, Patterns};
pub use stepped::SteppedFiles;

use crate::Multiline;
use discovery::Discovery;
use logagent_component::{Checkpoints, Intake, Signal, Source, SourceError, Woken};
use logagent_telemetry::SourceMeter;
use open::Owner;
use std::sync::Arc;
use std::time::{Duration, Instant};
use watch::Watch;

/// Which files, and how they are read.
#[derive(Clone)]
pub struct FileSourceConfig {
    /// Patterns of paths. Relative ones start at the working directory.
    pub include: Vec<String>,
    /// Patterns of paths, or of names, that are left out.
    pub exclude: Vec<String>,
    /// Where files begin that are there at the start.
    pub read_from: ReadFrom,
    /// Longer lines are split into records of this many bytes.
    pub max_record_bytes: usize,
    /// Which lines are one record; each is one where this is `None`.
    pub multiline: Option<Multiline>,
    /// The lines are those of a container runtime (CRI), which cuts long ones into parts: these are joined.
    pub cri: bool,
    /// Compressed files (gzip, zstd) are unpacked and read once; otherwise they are read as they are.
    pub unpack: bool,
    /// Look for changes so often, and wait for no events; `None` where the file system tells of them.
    pub poll: Option<Duration>,
    /// The most descriptors that are open at once.
    pub max_open_files: usize,
    /// Read what is there now, to its end, and no more.
    pub once: bool,
    /// What the run before has kept, and where this one keeps how far files are delivered; `None` keeps nothing.
    pub checkpoints: Option<Arc<dyn Checkpoints>>,
    /// What is counted of it.
    pub meter: Arc<SourceMeter>,
    /// The source's name in the configuration.
    pub name: Arc<str>,
    /// The source's index in the configuration's order.
    pub index: usize,
}

impl FileSourceConfig {
    /// The first source, which follows these files from their beginning, each line of up to 1 MiB a record, and keeps no
    /// checkpoints.
    #[must_use]
    pub fn new(name: &str, include: Vec<String>) -> Self {
        Self {
            include,
            exclude: Vec::new(),
            read_from: ReadFrom::Beginning,
            max_record_bytes: 1 << 20,
            multiline: None,
            cri: false,
            unpack: false,
            poll: None,
            max_open_files: 1000,
            once: false,
            checkpoints: None,
            meter: Arc::default(),
            name: name.into(),
            index: 0,
        }
    }
}

/// Where a file that is there at the start is read from. Later files are read from their beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadFrom {
    /// All of it.
    Beginning,
    /// Only what is added. Without effect where the files are read once.
    End,
}

/// Files, found by patterns.
pub struct FileSource {
    config: FileSourceConfig,
    patterns: Arc<Patterns>,
    pace: Pace,
}

/// Where events tell of all changes, looking takes one part in so many of a core at most: with 10,000 files a look takes
/// tens of milliseconds.
const IDLE_SHARE: u32 = 400;
/// But it looks as often as this, whatever it takes.
const SELDOM: Duration = Duration::from_secs(30);

/// How often discovery looks, and how long it waits.
#[derive(Clone, Copy, Debug)]
struct Pace {
    /// New files are to be found within a second, also where no event tells of them (NFS).
    look: Duration,
    /// In place of `look` where directories can't be watched: growth is only found by looking.
    poll: Duration,
    /// In place of either while files wait for others to be closed, of which nothing tells.
    short: Duration,
    /// The least time between two looks, so that a burst of events is answered by one.
    debounce: Duration,
    /// How long a file that nobody can find any more must be quiet to be over. Writers reopen their logs within
    /// this time after a rotation.
    retire: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            look: Duration::from_secs(1),
            poll: Duration::from_millis(250),
            short: Duration::from_millis(50),
            debounce: Duration::from_millis(20),
            retire: Duration::from_secs(5),
        }
    }
}

impl FileSource {
    /// A source of these files; looks for none yet.
    ///
    /// # Errors
    /// All patterns that are none.
    pub fn new(config: FileSourceConfig) -> Result<Self, Vec<BadPattern>> {
        let patterns = Arc::new(Patterns::new(&config.include, &config.exclude)?);
        Ok(Self { config, patterns, pace: Pace::default() })
    }

    fn follow(&self, mut discovery: Discovery, intake: &Intake, signal: &Arc<Signal>) {
        let mut watch = match self.config.poll {
            None => Watch::new(&self.patterns, signal),
            Some(_) => Watch::deaf(),
        };
        loop {
            let began = Instant::now();
            discovery.look(&mut watch, intake, began);
            let took = began.elapsed();
            // With very many files a look takes long; two thirds of the time belong to others all the same.
            let pause = self.pace.debounce.max(2 * took);
            let interval = match self.config.poll {
                Some(poll) => poll,
                None if !watch.is_complete() => self.pace.poll,
                None => self.pace.look.max((IDLE_SHARE * took).min(SELDOM)),
            };
            let interval = if discovery.is_short() { interval.min(self.pace.short) } else { interval };
            if !wait(signal, pause, interval.max(pause)) {
                return;
            }
        }
    }

    fn owner(&self, signal: &Arc<Signal>) -> Owner {
        let FileSourceConfig { index, unpack, .. } = self.config;
        let (name, meter) = (self.config.name.clone(), self.config.meter.clone());
        Owner { index, name, signal: signal.clone(), meter, unpacks: unpack }
    }
}

/// Waits for `interval`, or until the signal is raised, but not less than `pause`; whether to go on.
fn wait(signal: &Signal, pause: Duration, interval: Duration) -> bool {
    let now = Instant::now();
    let (earliest, mut until) = (now + pause, now + interval);
    loop {
        match signal.wait(until.saturating_duration_since(Instant::now())) {
            Woken::Stopped => return false,
            Woken::TimedOut => return true,
            Woken::Raised => until = earliest,
        }
    }
}

impl Source for FileSource {
    fn run(self: Box<Self>, intake: Intake, signal: &Arc<Signal>) -> Result<(), SourceError> {
        let (config, owner) = (self.config.clone(), self.owner(signal));
        let mut discovery = Discovery::new(config, owner, self.patterns.clone(), self.pace.retire);
        if self.config.once {
            discovery.look_once(&intake);
        } else {
            self.follow(discovery, &intake, signal);
        }
        Ok(())
    }
}
