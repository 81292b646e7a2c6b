//! A filter from closures. Its decisions are checked as a component's are.

use crate::Seen;
use logagent_component::{BatchView, Decisions, Description, Filter, FilterError};
use logagent_record::Vocabulary;
use std::time::Duration;

type Process = dyn FnMut(&Seen<'_>, &mut Decisions) -> Result<(), FilterError> + Send;
type Tick = dyn FnMut(u64, &mut Decisions) -> Result<(), FilterError> + Send;

/// A filter that runs in the test's own process.
pub struct Native {
    description: Description,
    process: Box<Process>,
    tick: Box<Tick>,
    restart: Duration,
    has_failed: bool,
    /// What the lane has not asked for yet.
    restart_time: Duration,
}

impl Native {
    /// A filter that answers a batch with this, and has nothing to say to a tick.
    #[must_use]
    pub fn new(process: impl FnMut(&Seen<'_>, &mut Decisions) -> Result<(), FilterError> + Send + 'static) -> Self {
        let description = Description { name: "native".into(), ..Description::default() };
        Self {
            description,
            process: Box::new(process),
            tick: Box::new(|_, _| Ok(())),
            restart: Duration::ZERO,
            has_failed: false,
            restart_time: Duration::ZERO,
        }
    }

    /// A filter that keeps everything.
    #[must_use]
    pub fn keeping() -> Self {
        Self::new(|_, _| Ok(()))
    }

    /// A filter that decides over each body by itself.
    #[must_use]
    pub fn judging(mut judge: impl FnMut(&[u8]) -> u8 + Send + 'static) -> Self {
        Self::new(move |seen, decisions| {
            decisions.verdicts.extend(seen.bodies().map(&mut judge));
            Ok(())
        })
    }

    /// The same filter with this answer to a tick.
    #[must_use]
    pub fn ticking(
        mut self,
        tick: impl FnMut(u64, &mut Decisions) -> Result<(), FilterError> + Send + 'static,
    ) -> Self {
        self.tick = Box::new(tick);
        self
    }

    /// The same filter, of which a fresh instance takes so long to start, as it says, after each failure.
    #[must_use]
    pub fn restarting_for(mut self, time: Duration) -> Self {
        self.restart = time;
        self
    }

    /// The same filter with these reasons to drop records.
    #[must_use]
    pub fn reasons(mut self, names: &[&str]) -> Self {
        self.description.reasons = names.iter().map(|&name| name.to_owned()).collect();
        self
    }

    /// The same filter with these outputs.
    #[must_use]
    pub fn outputs(mut self, names: &[&str]) -> Self {
        self.description.outputs = names.iter().map(|&name| name.to_owned()).collect();
        self
    }

    /// What stands for a call: after a failed one, by a fresh instance.
    fn call(&mut self, call: impl FnOnce(&mut Self) -> Result<(), FilterError>) -> Result<(), FilterError> {
        if std::mem::take(&mut self.has_failed) {
            self.restart_time += self.restart;
        }
        let called = call(self);
        self.has_failed = called.is_err();
        called
    }

    fn vocabulary(&self) -> Vocabulary {
        let count = |names: &[String]| u8::try_from(names.len()).expect("few names");
        Vocabulary { reasons: count(&self.description.reasons), outputs: count(&self.description.outputs) }
    }
}

impl Filter for Native {
    fn description(&self) -> &Description {
        &self.description
    }

    fn process(&mut self, batch: &BatchView<'_>, decisions: &mut Decisions) -> Result<(), FilterError> {
        assert_eq!(*decisions, Decisions::default(), "decisions that were not cleared");
        let seen = Seen::new(batch);
        self.call(|it| {
            (it.process)(&seen, decisions)?;
            Ok(decisions.check(seen.records(), it.vocabulary())?)
        })
    }

    fn tick(&mut self, now_unix_nano: u64, decisions: &mut Decisions) -> Result<(), FilterError> {
        assert_eq!(*decisions, Decisions::default(), "decisions that were not cleared");
        self.call(|it| {
            (it.tick)(now_unix_nano, decisions)?;
            Ok(decisions.check(&[], it.vocabulary())?)
        })
    }

    fn take_restart_time(&mut self) -> Duration {
        std::mem::take(&mut self.restart_time)
    }
}
