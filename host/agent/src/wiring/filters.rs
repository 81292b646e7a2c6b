//! Filters: loaded once, started in each lane, with their outputs connected.

use super::{indices, secrets};
use crate::exit::Failure;
use logagent_component::Filter as _;
use logagent_config::{Config, Filter, Named, OnError as Configured, Pipeline, Problem};
use logagent_pipeline::{Breaker, BreakerPolicy, FilterStage, OnError, Share};
use logagent_ring::RingFile;
use logagent_telemetry::Meters;
use logagent_wasm::{Limits, Program, Runtime, StartError, WasmFilter};

/// The loaded components, in the configuration's order.
pub(crate) struct Filters(Vec<Loaded>);

/// A component, and what it is configured with: JSON with all secrets in it, never to be shown.
struct Loaded {
    program: Program,
    config: String,
}

impl Filters {
    /// Loads each filter's component.
    pub(crate) fn load(config: &Config, runtime: &Runtime) -> Result<Self, Failure> {
        let mut programs = Vec::new();
        let mut problems = Vec::new();
        for filter in &config.filters {
            match load(config, filter, runtime) {
                Ok(loaded) => programs.push(loaded),
                Err(more) => problems.extend(more),
            }
        }
        no_problems(problems).map(|()| Self(programs))
    }

    /// By pipeline: its filters, each started for the lane that has this ring.
    pub(crate) fn stages(
        &self,
        config: &Config,
        ring: &RingFile,
        meters: &Meters,
    ) -> Result<Vec<Vec<FilterStage>>, Failure> {
        let mut problems = Vec::new();
        let mut pipelines = Vec::new();
        for pipeline in &config.pipelines {
            let mut stages = Vec::new();
            for index in indices(&config.filters, &pipeline.spec.through) {
                match self.start(config, index, ring, meters) {
                    Ok(filter) => stages.push(self.stage(config, index, pipeline, filter, meters)),
                    Err(more) => problems.extend(more),
                }
            }
            problems.extend(route_problems(config, pipeline, &stages));
            pipelines.push(stages);
        }
        no_problems(problems).map(|()| pipelines)
    }

    fn start(
        &self,
        config: &Config,
        index: usize,
        ring: &RingFile,
        meters: &Meters,
    ) -> Result<WasmFilter, Vec<Problem>> {
        let Named { name, spec, .. } = &config.filters[index];
        let limits = limits(&spec.limits);
        let meter = meters.filters[index].1.clone();
        let Loaded { program, config: settings } = &self.0[index];
        let filter = WasmFilter::start(program, name, settings, limits, ring.clone(), meter)
            .map_err(|error| start_problems(spec, &error))?;
        if filter.description().redacts && spec.on_error == Configured::Pass {
            return Err(vec![must_not_pass(config, name)]);
        }
        Ok(filter)
    }

    fn stage(
        &self,
        config: &Config,
        index: usize,
        pipeline: &Named<Pipeline>,
        filter: WasmFilter,
        meters: &Meters,
    ) -> FilterStage {
        let Named { name, spec, .. } = &config.filters[index];
        let sinks = |output: &String| {
            let route = pipeline.spec.routes.iter().find(|(name, _)| name == output);
            route.map_or_else(Vec::new, |(_, sinks)| indices(&config.sinks, sinks))
        };
        FilterStage {
            component: self.0[index].program.hash().clone(),
            on_error: on_error(spec.on_error),
            breaker: Breaker::new(BreakerPolicy { failures: spec.breaker.failures, open_for: spec.breaker.open_for }),
            share: spec.limits.cpu.map(Share::new),
            outputs: filter.description().outputs.iter().map(sinks).collect(),
            ..FilterStage::new(name, Box::new(filter), meters.filters[index].1.clone())
        }
    }
}

fn on_error(configured: Configured) -> OnError {
    match configured {
        Configured::DeadLetter => OnError::DeadLetter,
        Configured::Pass => OnError::Pass,
        Configured::Drop => OnError::Drop,
        Configured::Stop => OnError::Stop,
    }
}

fn must_not_pass(config: &Config, name: &str) -> Problem {
    let key = format!("filters.{name}.on_error");
    config.positions.problem(&key, "pass", "dead_letter, drop or stop: this filter takes out what must not be seen")
}

fn load(config: &Config, filter: &Named<Filter>, runtime: &Runtime) -> Result<Loaded, Vec<Problem>> {
    let program = runtime.load(&filter.spec.component).map_err(|error| {
        let key = format!("filters.{}.component", filter.name);
        let found = format!("{:#}", anyhow::Error::new(error));
        vec![config.positions.problem(&key, &found, "a component that this host can load")]
    })?;
    let problem = |key: &str, found: &str, allowed: &str| filter.spec.config_positions.problem(key, found, allowed);
    let config = secrets::resolve(&filter.spec.config, problem)?;
    Ok(Loaded { program, config: config.to_string() })
}

fn no_problems(mut problems: Vec<Problem>) -> Result<(), Failure> {
    // A filter that several pipelines use is started for each, and says the same each time.
    problems.dedup();
    let lines: Vec<String> = problems.iter().map(Problem::to_string).collect();
    if lines.is_empty() { Ok(()) } else { Err(Failure::Config(lines.join("\n"))) }
}

fn start_problems(filter: &Filter, error: &StartError) -> Vec<Problem> {
    let at = |key: &str, found: &str, allowed: &str| filter.config_positions.problem(key, found, allowed);
    match error {
        StartError::Config(problems) => problems.iter().map(|p| at(&p.key, &p.found, &p.allowed)).collect(),
        error => vec![at("", &error.to_string(), "a component that starts with this configuration")],
    }
}

fn limits(limits: &logagent_config::Limits) -> Limits {
    let &logagent_config::Limits { time, memory, output, emits, log_lines, cpu: _ } = limits;
    Limits { time, memory, output, emits, log_lines }
}

/// Outputs that lead nowhere, and routes that nothing takes.
fn route_problems(config: &Config, pipeline: &Named<Pipeline>, stages: &[FilterStage]) -> Vec<Problem> {
    let key = format!("pipelines.{}.routes", pipeline.name);
    let outputs: Vec<&String> = stages.iter().flat_map(|stage| &stage.filter.description().outputs).collect();
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
