//! Filters of one configuration: loaded once, tried before they take others' places, started in each lane.

use super::rivals::LoadedRival;
use super::state::{StateMap, StatePart};
use super::{assets, indices, priority, secrets};
use crate::control::unix_seconds;
use logagent_component::{Description, Filter as _, FilterError};
use logagent_config::{Config, Filter, Named, OnError as Configured, Pipeline, Problem};
use logagent_control::FilterStatus;
use logagent_pipeline::{BreakerPolicy, FilterSettings, FilterStage, NextRival, OnError, Route, Sample, Trial};
use logagent_ring::RingFile;
use logagent_telemetry::{FilterMeter, Meters};
use logagent_wasm::{Access, Asset, Limits, Program, Runtime, StartError, StateHandle, WasmFilter};
use std::sync::{Arc, OnceLock, Weak};

/// A component, and what it is configured with.
pub(crate) struct LoadedFilter {
    pub(crate) name: String,
    pub(crate) program: Program,
    /// JSON with all secrets in it, never to be shown.
    pub(super) config: String,
    pub(super) limits: Limits,
    pub(super) state: StatePart,
    asset: Option<Arc<Asset>>,
    /// How often the filter was replaced, counted from 1.
    pub(crate) generation: u64,
    /// In seconds since the Unix epoch.
    loaded_at: u64,
    /// What its instances say of themselves, once one was started.
    pub(super) description: OnceLock<Description>,
    /// What its predecessors have seen, and its successors are tried on.
    sample: Arc<Sample>,
    pub(super) meter: Arc<FilterMeter>,
    /// Of one that was a canary: the hash of the component that it has replaced, and that is still configured.
    replaced: Option<Arc<str>>,
    /// And the filter beside which its instances were.
    pub(super) was_beside: Weak<LoadedFilter>,
}

impl LoadedFilter {
    /// Loads what a filter's configuration names; `before` itself where that is the same.
    pub(super) fn load(
        config: &Config,
        filter: &Named<Filter>,
        before: Option<&Arc<Self>>,
        runtime: &Runtime,
        state: &Arc<StateMap>,
        meters: &Meters,
    ) -> Result<Arc<Self>, Vec<Problem>> {
        let program = runtime.load(&filter.spec.component).map_err(|error| {
            let key = format!("filters.{}.component", filter.name);
            let found = format!("{:#}", anyhow::Error::new(error));
            vec![config.positions.problem(&key, &found, "a component that this host can load")]
        })?;
        let (program, replaced) = in_place_of(program, filter, before);
        let problem = |key: &str, found: &str, allowed: &str| filter.spec.config_positions.problem(key, found, allowed);
        let settings = secrets::resolve(&filter.spec.config, problem)?.to_string();
        let limits = limits(&filter.spec.limits);
        let asset = match program.uses_assets() {
            true => assets::read(&filter.spec.config, problem).map_err(|problem| vec![problem])?,
            false => None,
        };
        if let Some(before) = before
            && before.program.hash() == program.hash()
            && before.config == settings
            && before.limits == limits
            && before.state.is(filter)
            && before.asset == asset
        {
            return Ok(before.clone());
        }
        Ok(Arc::new(Self {
            name: filter.name.clone(),
            program,
            config: settings,
            limits,
            state: StatePart::of(state, filter),
            asset,
            generation: before.map_or(0, |before| before.generation) + 1,
            loaded_at: unix_seconds(),
            description: OnceLock::new(),
            sample: before.map(|before| before.sample.clone()).unwrap_or_default(),
            meter: meters.filters.of(&filter.name),
            replaced,
            was_beside: Weak::new(),
        }))
    }

    /// The filter's next generation, which is what was its canary.
    pub(super) fn succeeded_by(self: &Arc<Self>, canary: &LoadedRival) -> Arc<Self> {
        Arc::new(Self {
            name: self.name.clone(),
            program: canary.program.clone(),
            config: self.config.clone(),
            limits: self.limits,
            state: self.state.clone(),
            asset: self.asset.clone(),
            generation: self.generation + 1,
            loaded_at: unix_seconds(),
            description: canary.description.clone(),
            sample: self.sample.clone(),
            meter: self.meter.clone(),
            replaced: Some(self.replaced.as_ref().unwrap_or(self.program.hash()).clone()),
            was_beside: Arc::downgrade(self),
        })
    }

    /// Whether what is beside it would be started with these.
    pub(super) fn is_configured_so(&self, config: &str, limits: Limits) -> bool {
        self.config == config && self.limits == limits
    }

    /// An instance in the lane that has this ring.
    fn start(&self, ring: RingFile, meter: Arc<FilterMeter>) -> Result<WasmFilter, StartError> {
        let state = self.state.handle(&self.program)?;
        let filter = self.start_program(&self.program, &self.name, ring, state, meter)?;
        self.description.get_or_init(|| filter.description().clone());
        Ok(filter)
    }

    /// An instance of any component, as this one is configured.
    pub(super) fn start_program(
        &self,
        program: &Program,
        name: &str,
        ring: RingFile,
        state: Option<StateHandle>,
        meter: Arc<FilterMeter>,
    ) -> Result<WasmFilter, StartError> {
        let access = Access { state, asset: self.asset.clone() };
        WasmFilter::start(program, name, &self.config, self.limits, ring, access, meter)
    }

    /// A filter that takes out what must not be seen must not let pass what it fails on.
    pub(super) fn check_redacts(&self, config: &Config, description: &Description) -> Result<(), Vec<Problem>> {
        if !description.redacts || self.spec(config).on_error != Configured::Pass {
            return Ok(());
        }
        let key = format!("filters.{}.on_error", self.name);
        let allowed = "dead_letter, drop or stop: this filter takes out what must not be seen";
        Err(vec![config.positions.problem(&key, "pass", allowed)])
    }

    /// Starts an instance in a ring of its own, and has it decide over what its predecessor has seen last.
    pub(super) fn prove(&self, config: &Config) -> Result<(), Vec<Problem>> {
        let trial = Trial::new().map_err(|error| vec![self.refusal(config, &error.to_string())])?;
        // What it counts and remembers there is nobody's.
        let state = self.state.private(&self.program);
        let started = self.start_program(&self.program, &self.name, trial.ring(), state, Arc::default());
        let mut filter = started.map_err(|error| self.problems(config, &error))?;
        let tried = trial.run(&mut filter, &self.sample);
        tried.map_err(|error: FilterError| {
            vec![self.refusal(config, &format!("a component that fails on records that are there now: {error}"))]
        })
    }

    /// An instance in its place in a pipeline.
    pub(super) fn stage(
        &self,
        config: &Config,
        pipeline: &Named<Pipeline>,
        rival: Option<&LoadedRival>,
        ring: &RingFile,
    ) -> Result<FilterStage, Vec<Problem>> {
        let started = self.start(ring.clone(), self.meter.clone()).map_err(|error| self.problems(config, &error))?;
        self.check_redacts(config, started.description())?;
        let beside = rival.map_or(Ok(NextRival::None), |rival| rival.start(config, self, ring))?;
        let settings = self.settings(config, pipeline, rival);
        let mut stage = FilterStage::new(&self.name, Box::new(started), settings, self.meter.clone());
        stage.component = self.program.hash().clone();
        stage.generation = self.generation;
        stage.sample = self.sample.clone();
        match beside {
            NextRival::Canary(canary) => stage.canary = Some(canary),
            NextRival::Shadow(shadow) => stage.shadow = Some(shadow),
            NextRival::Kept | NextRival::None => {}
        }
        Ok(stage)
    }

    /// How the filter is called in a pipeline.
    pub(super) fn settings(
        &self,
        config: &Config,
        pipeline: &Named<Pipeline>,
        rival: Option<&LoadedRival>,
    ) -> FilterSettings {
        let spec = self.spec(config);
        let route = |output: &String| {
            let route = pipeline.spec.routes.iter().find(|(name, _)| name == output).map(|(_, route)| route);
            Route {
                sinks: route.map_or_else(Vec::new, |route| indices(&config.sinks, &route.to)),
                priority: priority(route.map(|route| route.priority)),
            }
        };
        FilterSettings {
            on_error: on_error(spec.on_error),
            breaker: BreakerPolicy { failures: spec.breaker.failures, open_for: spec.breaker.open_for },
            share: spec.limits.cpu,
            outputs: self.outputs().iter().map(route).collect(),
            canary_outputs: rival.map_or(&[][..], LoadedRival::outputs).iter().map(route).collect(),
        }
    }

    /// What there is to show of it.
    pub(super) fn status(&self, config: &Config) -> FilterStatus {
        let spec = self.spec(config);
        let on_error = match spec.on_error {
            Configured::DeadLetter => "dead_letter",
            Configured::Pass => "pass",
            Configured::Drop => "drop",
            Configured::Stop => "stop",
        };
        FilterStatus {
            component: spec.component.display().to_string(),
            hash: self.program.hash().to_string(),
            generation: self.generation,
            on_error: on_error.into(),
            loaded_at: self.loaded_at,
            last_reload: None,
            canary: None,
            shadow: None,
        }
    }

    /// What the host keeps of the file that it looks things up in.
    pub(super) fn table_bytes(&self) -> usize {
        self.asset.as_ref().map_or(0, |asset| asset.bytes.len())
    }

    /// Its named outputs, once an instance was started.
    pub(super) fn outputs(&self) -> &[String] {
        self.description.get().map_or(&[], |description| &description.outputs)
    }

    fn spec<'a>(&self, config: &'a Config) -> &'a Filter {
        let found = config.filters.iter().find(|filter| filter.name == self.name);
        &found.expect("a filter is loaded for its configuration").spec
    }

    fn problems(&self, config: &Config, error: &StartError) -> Vec<Problem> {
        let StartError::Config(problems) = error else { return vec![self.refusal(config, &error.to_string())] };
        let at = &self.spec(config).config_positions;
        problems.iter().map(|p| at.problem(&p.key, &p.found, &p.allowed)).collect()
    }

    fn refusal(&self, config: &Config, found: &str) -> Problem {
        self.spec(config).config_positions.problem("", found, "a component that starts with this configuration")
    }
}

/// What runs for a filter whose configuration names this program: that, or what has replaced it as its canary, for as long
/// as a canary is configured; with the hash of what it has replaced.
fn in_place_of(
    program: Program,
    filter: &Named<Filter>,
    before: Option<&Arc<LoadedFilter>>,
) -> (Program, Option<Arc<str>>) {
    let hash = Some(program.hash().clone());
    match before {
        Some(before) if filter.spec.canary.is_some() && before.replaced == hash => (before.program.clone(), hash),
        _ => (program, None),
    }
}

fn limits(limits: &logagent_config::Limits) -> Limits {
    let &logagent_config::Limits { time, memory, output, emits, log_lines, cpu: _ } = limits;
    Limits { time, memory, output, emits, log_lines }
}

fn on_error(configured: Configured) -> OnError {
    match configured {
        Configured::DeadLetter => OnError::DeadLetter,
        Configured::Pass => OnError::Pass,
        Configured::Drop => OnError::Drop,
        Configured::Stop => OnError::Stop,
    }
}
