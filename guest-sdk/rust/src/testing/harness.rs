//! The life of a filter in a native test.

use serde_json::Value;

use crate::{Batch, ConfigErrors, Decisions, Failure, Filter, config, host};

use super::check::{Vocabulary, apply, emitted};
use super::{Emitted, Input, Layout, OUTPUTS, Outcome, REASONS};

/// A configured filter. Its state lives on from batch to batch, as in the agent.
///
/// ```
/// # use logagent_sdk::{Batch, ConfigErrors, Decisions, Failure, Filter};
/// # struct Keep;
/// # impl Filter for Keep {
/// #     type Config = ();
/// #     const NAME: &'static str = "keep";
/// #     fn configure((): ()) -> Result<Self, ConfigErrors> { Ok(Self) }
/// #     fn process(&mut self, _: &Batch<'_>, _: &mut Decisions) -> Result<(), Failure> { Ok(()) }
/// # }
/// use logagent_sdk::testing::Harness;
/// let mut harness = Harness::<Keep>::new(serde_json::Value::Null).unwrap();
/// assert_eq!(harness.process(["a", "b"]).unwrap().kept(), ["a", "b"]);
/// ```
#[derive(Debug)]
pub struct Harness<F> {
    filter: F,
    layout: Layout,
    decisions: Decisions,
    memory: host::state::Memory,
}

impl<F: Filter> Harness<F> {
    /// Configures a filter.
    ///
    /// # Errors
    /// What the filter's author would see: all that is wrong with the configuration.
    ///
    /// ```
    /// # use logagent_sdk::{Batch, ConfigErrors, Decisions, Failure, Filter};
    /// # struct Keep;
    /// # impl Filter for Keep {
    /// #     type Config = ();
    /// #     const NAME: &'static str = "keep";
    /// #     fn configure((): ()) -> Result<Self, ConfigErrors> { Ok(Self) }
    /// #     fn process(&mut self, _: &Batch<'_>, _: &mut Decisions) -> Result<(), Failure> { Ok(()) }
    /// # }
    /// # use logagent_sdk::testing::{Harness, Layout};
    /// assert!(Harness::<Keep>::new(serde_json::json!({})).is_err());
    /// ```
    pub fn new(config: Value) -> Result<Self, ConfigErrors> {
        let filter = config::build(&config.to_string(), F::configure)?;
        let (layout, decisions, memory) = (Layout::default(), Decisions::default(), host::state::Memory::default());
        Ok(Self { filter, layout, decisions, memory })
    }

    /// Another instance, as in another lane: what this one keeps in [`state`](crate::state) is there, too, and stays
    /// shared.
    ///
    /// # Errors
    /// As for [`new`](Self::new).
    ///
    /// ```
    /// # use logagent_sdk::{Batch, ConfigErrors, Decisions, Failure, Filter};
    /// # struct Keep;
    /// # impl Filter for Keep {
    /// #     type Config = ();
    /// #     const NAME: &'static str = "keep";
    /// #     fn configure((): ()) -> Result<Self, ConfigErrors> { Ok(Self) }
    /// #     fn process(&mut self, _: &Batch<'_>, _: &mut Decisions) -> Result<(), Failure> { Ok(()) }
    /// # }
    /// # use logagent_sdk::testing::Harness;
    /// let first = Harness::<Keep>::new(serde_json::Value::Null).unwrap();
    /// let second: Harness<Keep> = first.beside(serde_json::Value::Null).unwrap();
    /// ```
    pub fn beside<G: Filter>(&self, config: Value) -> Result<Harness<G>, ConfigErrors> {
        Ok(Harness { memory: self.memory.clone(), layout: self.layout.clone(), ..Harness::new(config)? })
    }

    /// Bounds what [`state`](crate::state) may hold, in bytes, from an empty one on.
    ///
    /// ```
    /// # use logagent_sdk::{Batch, ConfigErrors, Decisions, Failure, Filter};
    /// # struct Keep;
    /// # impl Filter for Keep {
    /// #     type Config = ();
    /// #     const NAME: &'static str = "keep";
    /// #     fn configure((): ()) -> Result<Self, ConfigErrors> { Ok(Self) }
    /// #     fn process(&mut self, _: &Batch<'_>, _: &mut Decisions) -> Result<(), Failure> { Ok(()) }
    /// # }
    /// # use logagent_sdk::testing::Harness;
    /// let harness = Harness::<Keep>::new(serde_json::Value::Null).unwrap().state_budget(1 << 20);
    /// ```
    #[must_use]
    pub fn state_budget(self, bytes: u64) -> Self {
        Self { memory: host::state::Memory::with_budget(bytes), ..self }
    }

    /// Batches to come are read at this time, in nanoseconds since the Unix epoch; [`OBSERVED`](super::OBSERVED) before.
    ///
    /// ```
    /// # use logagent_sdk::{Batch, ConfigErrors, Decisions, Failure, Filter};
    /// # struct Keep;
    /// # impl Filter for Keep {
    /// #     type Config = ();
    /// #     const NAME: &'static str = "keep";
    /// #     fn configure((): ()) -> Result<Self, ConfigErrors> { Ok(Self) }
    /// #     fn process(&mut self, _: &Batch<'_>, _: &mut Decisions) -> Result<(), Failure> { Ok(()) }
    /// # }
    /// # use logagent_sdk::testing::Harness;
    /// let mut harness = Harness::<Keep>::new(serde_json::Value::Null).unwrap();
    /// harness.at(5);
    /// ```
    pub fn at(&mut self, unix_nano: u64) {
        self.layout.observed_unix_nano = unix_nano;
    }

    /// Lays out the batches to come in another way.
    ///
    /// ```
    /// # use logagent_sdk::{Batch, ConfigErrors, Decisions, Failure, Filter};
    /// # struct Keep;
    /// # impl Filter for Keep {
    /// #     type Config = ();
    /// #     const NAME: &'static str = "keep";
    /// #     fn configure((): ()) -> Result<Self, ConfigErrors> { Ok(Self) }
    /// #     fn process(&mut self, _: &Batch<'_>, _: &mut Decisions) -> Result<(), Failure> { Ok(()) }
    /// # }
    /// # use logagent_sdk::testing::{Harness, Layout};
    /// let harness = Harness::<Keep>::new(serde_json::Value::Null).unwrap().layout(Layout::default().scattered());
    /// ```
    #[must_use]
    pub fn layout(self, layout: Layout) -> Self {
        Self { layout: layout.observed(self.layout.observed_unix_nano), ..self }
    }

    /// Runs the filter over one batch.
    ///
    /// # Errors
    /// The filter's failure, or what the host would refuse of its decisions.
    ///
    /// ```
    /// # use logagent_sdk::{Batch, ConfigErrors, Decisions, Failure, Filter};
    /// # struct Keep;
    /// # impl Filter for Keep {
    /// #     type Config = ();
    /// #     const NAME: &'static str = "keep";
    /// #     fn configure((): ()) -> Result<Self, ConfigErrors> { Ok(Self) }
    /// #     fn process(&mut self, _: &Batch<'_>, _: &mut Decisions) -> Result<(), Failure> { Ok(()) }
    /// # }
    /// # use logagent_sdk::testing::{Harness, Layout};
    /// let mut harness = Harness::<Keep>::new(serde_json::Value::Null).unwrap();
    /// assert_eq!(harness.process(["a"]).unwrap().kept(), ["a"]);
    /// ```
    pub fn process<I: Into<Input>>(&mut self, inputs: impl IntoIterator<Item = I>) -> Result<Outcome, String> {
        let Self { filter, layout, decisions, memory } = self;
        let vocabulary = Vocabulary { reasons: F::REASONS, outputs: filter.outputs() };
        run(layout, memory, &vocabulary, inputs, decisions, |batch, decisions| filter.process(batch, decisions))
    }

    /// Lets the filter emit between batches.
    ///
    /// # Errors
    /// The filter's failure.
    ///
    /// ```
    /// # use logagent_sdk::{Batch, ConfigErrors, Decisions, Failure, Filter};
    /// # struct Keep;
    /// # impl Filter for Keep {
    /// #     type Config = ();
    /// #     const NAME: &'static str = "keep";
    /// #     fn configure((): ()) -> Result<Self, ConfigErrors> { Ok(Self) }
    /// #     fn process(&mut self, _: &Batch<'_>, _: &mut Decisions) -> Result<(), Failure> { Ok(()) }
    /// # }
    /// # use logagent_sdk::testing::{Harness, Layout};
    /// let mut harness = Harness::<Keep>::new(serde_json::Value::Null).unwrap();
    /// assert!(harness.tick(5).unwrap().is_empty());
    /// ```
    pub fn tick(&mut self, now_unix_nano: u64) -> Result<Vec<Emitted>, String> {
        self.decisions.begin(0);
        let (filter, emits) = (&mut self.filter, &mut self.decisions.emits);
        let answer = self.memory.call(milliseconds(now_unix_nano), || filter.tick(now_unix_nano, emits));
        answer.map(|()| emitted(&self.decisions)).map_err(|failure| failure.to_string())
    }

    /// The filter, to look at its state.
    ///
    /// ```
    /// # use logagent_sdk::{Batch, ConfigErrors, Decisions, Failure, Filter};
    /// # struct Keep;
    /// # impl Filter for Keep {
    /// #     type Config = ();
    /// #     const NAME: &'static str = "keep";
    /// #     fn configure((): ()) -> Result<Self, ConfigErrors> { Ok(Self) }
    /// #     fn process(&mut self, _: &Batch<'_>, _: &mut Decisions) -> Result<(), Failure> { Ok(()) }
    /// # }
    /// # use logagent_sdk::testing::{Harness, Layout};
    /// let harness = Harness::<Keep>::new(serde_json::Value::Null).unwrap();
    /// let Keep = harness.filter();
    /// ```
    pub fn filter(&self) -> &F {
        &self.filter
    }
}

/// Runs a closure as a filter, over one batch, with the vocabulary of [`REASONS`] and [`OUTPUTS`].
///
/// # Panics
/// Where the host would refuse what the closure decided.
///
/// ```
/// use logagent_sdk::testing::{NOISE, once};
/// let outcome = once(["a", "b"], |batch, decisions| {
///     for record in batch.records().filter(|record| record.body() == b"a") {
///         decisions.drop(record.index(), NOISE);
///     }
/// });
/// assert_eq!(outcome.kept(), ["b"]);
/// ```
pub fn once<I: Into<Input>>(
    inputs: impl IntoIterator<Item = I>,
    work: impl FnOnce(&Batch<'_>, &mut Decisions),
) -> Outcome {
    let outputs = OUTPUTS.iter().map(ToString::to_string).collect();
    let vocabulary = Vocabulary { reasons: REASONS, outputs };
    let work = |batch: &Batch<'_>, decisions: &mut Decisions| -> Result<(), Failure> {
        work(batch, decisions);
        Ok(())
    };
    let memory = host::state::Memory::default();
    run(&Layout::default(), &memory, &vocabulary, inputs, &mut Decisions::default(), work)
        .unwrap_or_else(|refusal| panic!("{refusal}"))
}

fn run<I: Into<Input>>(
    layout: &Layout,
    memory: &host::state::Memory,
    vocabulary: &Vocabulary,
    inputs: impl IntoIterator<Item = I>,
    decisions: &mut Decisions,
    work: impl FnOnce(&Batch<'_>, &mut Decisions) -> Result<(), Failure>,
) -> Result<Outcome, String> {
    let laid_out = layout.lay_out(inputs.into_iter().map(Into::into));
    let batch = laid_out.batch().map_err(|failure| failure.to_string())?;
    decisions.begin(batch.len());
    let now_ms = milliseconds(layout.observed_unix_nano);
    let (answer, captured) = host::capture(|| {
        memory.call(now_ms, || {
            work(&batch, decisions).map_err(|failure| failure.to_string())?;
            apply(&batch, vocabulary, decisions)
        })
    });
    let host::Captured { lines, counters, observed } = captured;
    Ok(Outcome { logged: lines, counters, observed, ..answer? })
}

fn milliseconds(unix_nano: u64) -> u64 {
    unix_nano / 1_000_000
}
