//! A filter from closures. Its decisions are checked as a component's are.

use crate::Seen;
use logagent_component::{BatchView, Decisions, Description, Filter, FilterError};
use logagent_record::Vocabulary;

type Process = dyn FnMut(&Seen<'_>, &mut Decisions) -> Result<(), FilterError> + Send;
type Tick = dyn FnMut(u64, &mut Decisions) -> Result<(), FilterError> + Send;

/// A filter that runs in the test's own process.
pub struct Native {
    description: Description,
    process: Box<Process>,
    tick: Box<Tick>,
}

impl Native {
    /// A filter that answers a batch with this, and has nothing to say to a tick.
    #[must_use]
    pub fn new(process: impl FnMut(&Seen<'_>, &mut Decisions) -> Result<(), FilterError> + Send + 'static) -> Self {
        let description = Description { name: "native".into(), ..Description::default() };
        Self { description, process: Box::new(process), tick: Box::new(|_, _| Ok(())) }
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
        (self.process)(&seen, decisions)?;
        Ok(decisions.check(seen.records(), self.vocabulary())?)
    }

    fn tick(&mut self, now_unix_nano: u64, decisions: &mut Decisions) -> Result<(), FilterError> {
        assert_eq!(*decisions, Decisions::default(), "decisions that were not cleared");
        (self.tick)(now_unix_nano, decisions)?;
        Ok(decisions.check(&[], self.vocabulary())?)
    }
}
