//! Filters of one configuration: loaded once, tried before they take others' places, started in each lane.

use super::{indices, secrets};
use crate::control::unix_seconds;
use logagent_component::{Description, Filter as _, FilterError};
use logagent_config::{Config, Filter, Named, OnError as Configured, Pipeline, Problem};
use logagent_control::FilterStatus;
use logagent_pipeline::{BreakerPolicy, FilterSettings, FilterStage, OnError, Sample, Trial};
use logagent_ring::RingFile;
use logagent_telemetry::{FilterMeter, Meters};
use logagent_wasm::{Limits, Program, Runtime, StartError, WasmFilter};
use std::sync::{Arc, OnceLock};

/// A component, and what it is configured with.
pub(crate) struct LoadedFilter {
    pub(crate) name: String,
    pub(crate) program: Program,
    /// JSON with all secrets in it, never to be shown.
    config: String,
    limits: Limits,
    /// How often the filter was replaced, counted from 1.
    pub(crate) generation: u64,
    /// In seconds since the Unix epoch.
    loaded_at: u64,
    /// What its instances say of themselves, once one was started.
    description: OnceLock<Description>,
    /// What its predecessors have seen, and its successors are tried on.
    sample: Arc<Sample>,
    meter: Arc<FilterMeter>,
}

impl LoadedFilter {
    /// Loads what a filter's configuration names; `before` itself where that is the same.
    pub(super) fn load(
        config: &Config,
        filter: &Named<Filter>,
        before: Option<&Arc<Self>>,
        runtime: &Runtime,
        meters: &Meters,
    ) -> Result<Arc<Self>, Vec<Problem>> {
        let program = runtime.load(&filter.spec.component).map_err(|error| {
            let key = format!("filters.{}.component", filter.name);
            let found = format!("{:#}", anyhow::Error::new(error));
            vec![config.positions.problem(&key, &found, "a component that this host can load")]
        })?;
        let problem = |key: &str, found: &str, allowed: &str| filter.spec.config_positions.problem(key, found, allowed);
        let settings = secrets::resolve(&filter.spec.config, problem)?.to_string();
        let limits = limits(&filter.spec.limits);
        if let Some(before) = before
            && before.program.hash() == program.hash()
            && before.config == settings
            && before.limits == limits
        {
            return Ok(before.clone());
        }
        Ok(Arc::new(Self {
            name: filter.name.clone(),
            program,
            config: settings,
            limits,
            generation: before.map_or(0, |before| before.generation) + 1,
            loaded_at: unix_seconds(),
            description: OnceLock::new(),
            sample: before.map(|before| before.sample.clone()).unwrap_or_default(),
            meter: meters.filters.of(&filter.name),
        }))
    }

    /// An instance in the lane that has this ring.
    fn start(&self, ring: RingFile, meter: Arc<FilterMeter>) -> Result<WasmFilter, StartError> {
        let filter = WasmFilter::start(&self.program, &self.name, &self.config, self.limits, ring, meter)?;
        self.description.get_or_init(|| filter.description().clone());
        Ok(filter)
    }

    /// Starts an instance in a ring of its own, and has it decide over what its predecessor has seen last.
    pub(super) fn prove(&self, config: &Config) -> Result<(), Vec<Problem>> {
        let trial = Trial::new().map_err(|error| vec![self.refusal(config, &error.to_string())])?;
        // What it counts there is nobody's.
        let mut filter = self.start(trial.ring(), Arc::default()).map_err(|error| self.problems(config, &error))?;
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
        ring: &RingFile,
    ) -> Result<FilterStage, Vec<Problem>> {
        let started = self.start(ring.clone(), self.meter.clone()).map_err(|error| self.problems(config, &error))?;
        let spec = self.spec(config);
        if started.description().redacts && spec.on_error == Configured::Pass {
            let key = format!("filters.{}.on_error", self.name);
            let allowed = "dead_letter, drop or stop: this filter takes out what must not be seen";
            return Err(vec![config.positions.problem(&key, "pass", allowed)]);
        }
        let settings = self.settings(config, pipeline);
        let mut stage = FilterStage::new(&self.name, Box::new(started), settings, self.meter.clone());
        stage.component = self.program.hash().clone();
        stage.generation = self.generation;
        stage.sample = self.sample.clone();
        Ok(stage)
    }

    /// How the filter is called in a pipeline.
    pub(super) fn settings(&self, config: &Config, pipeline: &Named<Pipeline>) -> FilterSettings {
        let spec = self.spec(config);
        let sinks = |output: &String| {
            let route = pipeline.spec.routes.iter().find(|(name, _)| name == output);
            route.map_or_else(Vec::new, |(_, sinks)| indices(&config.sinks, sinks))
        };
        FilterSettings {
            on_error: on_error(spec.on_error),
            breaker: BreakerPolicy { failures: spec.breaker.failures, open_for: spec.breaker.open_for },
            share: spec.limits.cpu,
            outputs: self.outputs().iter().map(sinks).collect(),
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

/// Outputs of a pipeline's filters that lead nowhere, and routes that nothing takes.
pub(super) fn route_problems(
    config: &Config,
    pipeline: &Named<Pipeline>,
    filters: &[&Arc<LoadedFilter>],
) -> Vec<Problem> {
    let key = format!("pipelines.{}.routes", pipeline.name);
    let outputs: Vec<&String> = filters.iter().flat_map(|filter| filter.outputs()).collect();
    let routes = || pipeline.spec.routes.iter().map(|(output, _)| output);
    let missing = outputs.iter().filter(|output| !routes().any(|route| route == **output)).map(|output| {
        let allowed = format!("sinks for {output}, which a filter of this pipeline routes to");
        config.positions.problem(&key, &format!("no route for {output}"), &allowed)
    });
    let unknown = routes().filter(|route| !outputs.contains(route)).map(|route| {
        let allowed = if outputs.is_empty() {
            "no routes: no filter of this pipeline has outputs".into()
        } else {
            format!("{outputs:?}")
        };
        config.positions.problem(&format!("{key}.{route}"), &format!("the output {route}"), &allowed)
    });
    missing.chain(unknown).collect()
}
