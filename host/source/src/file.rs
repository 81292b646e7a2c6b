//! The `file` source: finds the files that its patterns mean, and keeps finding them while they are rotated. How
//! they are read is the stream's matter; how far they were delivered is kept elsewhere, and asked for at the start.

mod complaints;
mod discovery;
mod fingerprint;
mod identity;
mod open;
mod patterns;
mod resume;
mod stepped;
mod stream;
#[cfg(test)]
mod tests;
mod tracked;
mod watch;

pub use stepped::SteppedFiles;

use crate::Multiline;
use discovery::Discovery;
use logagent_component::{Checkpoints, Intake, Signal, Source, SourceError, Woken};
use patterns::Patterns;
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
    /// Read what is there now, to its end, and no more.
    pub once: bool,
    /// What the run before has kept, and where this one keeps how far files are delivered; `None` keeps nothing.
    pub checkpoints: Option<Arc<dyn Checkpoints>>,
    /// The source's name in the configuration.
    pub name: Arc<str>,
    /// The source's index in the configuration's order.
    pub index: usize,
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

/// How often discovery looks, and how long it waits.
#[derive(Clone, Copy, Debug)]
struct Pace {
    /// New files are to be found within a second, also where no event tells of them (NFS).
    look: Duration,
    /// In place of `look` where directories can't be watched: growth is only found by looking.
    poll: Duration,
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
            debounce: Duration::from_millis(20),
            retire: Duration::from_secs(5),
        }
    }
}

impl FileSource {
    /// A source of these files; looks for none yet.
    ///
    /// # Errors
    /// `SourceError::Pattern` where a pattern is none.
    pub fn new(config: FileSourceConfig) -> Result<Self, SourceError> {
        let patterns = Arc::new(Patterns::new(&config.include, &config.exclude)?);
        Ok(Self { config, patterns, pace: Pace::default() })
    }

    fn follow(&self, mut discovery: Discovery, intake: &Intake, signal: &Arc<Signal>) {
        let mut watch = Watch::new(&self.patterns, signal);
        loop {
            let began = Instant::now();
            discovery.look(&mut watch, intake, began);
            let interval = if watch.is_complete() { self.pace.look } else { self.pace.poll };
            // With very many files a look takes long; two thirds of the time belong to others all the same.
            let pause = self.pace.debounce.max(2 * began.elapsed());
            if !wait(signal, pause, interval.max(pause)) {
                return;
            }
        }
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
        let mut discovery = Discovery::new(self.config.clone(), self.patterns.clone(), self.pace.retire);
        if self.config.once {
            discovery.look_once(&intake);
        } else {
            self.follow(discovery, &intake, signal);
        }
        Ok(())
    }
}
