//! From a configuration to the parts that run: programs, filters, sinks, sources, and each lane's graph.

mod filters;
mod secrets;
mod sinks;
mod sources;

pub(crate) use filters::Filters;
pub(crate) use sinks::Targets;
pub(crate) use sources::sources;

use crate::exit::Failure;
use logagent_component::DeadLetters;
use logagent_config::{Config, Named};
use logagent_pipeline::{FilterStage, Graph, Pipeline, SourceStage};
use logagent_ring::Writer;
use logagent_sink::DeadLetterFile;
use logagent_telemetry::Meters;
use logagent_wasm::Runtime;
use std::sync::Arc;
use std::task::Waker;

/// Meters for all that the configuration names.
pub(crate) fn meters(config: &Config) -> Meters {
    fn of<T, M: Default>(all: &[Named<T>]) -> Vec<(String, Arc<M>)> {
        all.iter().map(|one| (one.name.clone(), Arc::default())).collect()
    }
    let meters = Meters {
        sources: of(&config.sources),
        filters: of(&config.filters),
        sinks: of(&config.sinks),
        pipelines: of(&config.pipelines),
        ..Meters::default()
    };
    for (_, filter) in &meters.filters {
        filter.generation.add(1);
    }
    meters
}

/// Loads and configures each filter in a ring of its own, as a lane would.
pub(crate) fn check(config: &Config, runtime: &Runtime) -> Result<(), Failure> {
    /// The smallest ring whose window is aligned as a guest can align it.
    const RING_BYTES: usize = 64 << 10;
    let ring = Writer::create(RING_BYTES, Waker::noop().clone())?;
    let filters = Filters::load(config, runtime)?;
    filters.stages(config, &ring.file(), &meters(config)).map(drop)
}

/// Where the records go that filters fail on.
pub(crate) fn dead_letters(config: &Config) -> Arc<dyn DeadLetters> {
    Arc::new(DeadLetterFile::new(config.data_dir.join("dead_letters.jsonl"), config.dead_letters.max_bytes as u64))
}

/// One lane's graph, of the filters that were started for it.
pub(crate) fn graph(
    config: &Config,
    stages: Vec<Vec<FilterStage>>,
    targets: &Targets,
    dead_letters: &Arc<dyn DeadLetters>,
    meters: &Meters,
) -> Graph {
    let pipelines = config.pipelines.iter().zip(stages).zip(&meters.pipelines);
    Graph {
        sources: source_stages(config, meters),
        pipelines: pipelines
            .map(|((pipeline, filters), (name, meter))| Pipeline {
                name: name.as_str().into(),
                filters,
                sinks: indices(&config.sinks, &pipeline.spec.to),
                meter: meter.clone(),
            })
            .collect(),
        sinks: targets.lane(),
        dead_letters: dead_letters.clone(),
    }
}

fn source_stages(config: &Config, meters: &Meters) -> Vec<SourceStage> {
    let takers = |name: &str| {
        let takes = |(_, pipeline): &(usize, &Named<logagent_config::Pipeline>)| {
            pipeline.spec.from.iter().any(|from| from == name)
        };
        config.pipelines.iter().enumerate().filter(takes).map(|(index, _)| index).collect()
    };
    meters.sources.iter().map(|(name, meter)| SourceStage { pipelines: takers(name), meter: meter.clone() }).collect()
}

/// Where these names stand in the configuration; its check has found them all.
fn indices<T>(all: &[Named<T>], names: &[String]) -> Vec<usize> {
    names.iter().filter_map(|name| all.iter().position(|one| one.name == *name)).collect()
}
