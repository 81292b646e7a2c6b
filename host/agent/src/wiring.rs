//! From a configuration to the parts that run: programs, filters, sinks, sources, and each lane's graph.

mod assets;
mod budget;
mod filters;
mod loops;
mod rivals;
mod routes;
mod secrets;
mod setup;
mod sinks;
mod sources;
mod state;

pub(crate) use setup::Setup;
pub(crate) use sources::{SourceMode, source};
pub(crate) use state::StateMap;

use crate::exit::{Failure, Refused};
use anyhow::Context;
use logagent_component::DeadLetters;
use logagent_config::{self as config, Config, Named, Problem};
use logagent_pipeline::{Priority, SourceStage};
use logagent_ring::Writer;
use logagent_sink::DeadLetterFile;
use logagent_telemetry::Meters;
use logagent_wasm::Runtime;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::task::Waker;

/// Loads all that the configuration names, and configures each filter in a ring of its own, as a lane would.
pub(crate) fn check(config: Config, runtime: &Runtime) -> Result<(), Failure> {
    /// The smallest ring whose window is aligned as a guest can align it.
    const RING_BYTES: usize = 64 << 10;
    let lanes = lanes(&config)?;
    let ring = Writer::create(RING_BYTES, Waker::noop().clone())?;
    let state = Arc::new(StateMap::new(&config.state));
    let setup = Setup::load(config, None, runtime, &state, &Meters::default())?;
    setup.check_memory(lanes)?;
    Ok(setup.instances(None, &ring.file()).map(drop)?)
}

/// What is wrong with what a configuration names, which may have problems of its own.
pub(crate) fn problems(config: Config, runtime: &Runtime) -> Vec<Problem> {
    let state = Arc::new(StateMap::new(&config.state));
    Setup::load(config, None, runtime, &state, &Meters::default()).err().map_or_else(Vec::new, |Refused(all)| all)
}

/// Tells of buffers that no sink empties.
pub(crate) fn tell_leftovers(config: &Config) {
    let is_named = |name: &str| {
        config.sinks.iter().any(|sink| sink.name == name && matches!(sink.spec, config::Sink::Buffered(..)))
    };
    logagent_buffer::tell_leftovers(&sinks::buffers(config), is_named);
}

/// How many lanes there are.
pub(crate) fn lanes(config: &Config) -> Result<usize, Failure> {
    match config.lanes {
        Some(lanes) => Ok(lanes),
        None => Ok(std::thread::available_parallelism().context("the number of cores; set lanes")?.get()),
    }
}

/// The files that filters are made of: components, those beside filters included, and what filters look things up in.
pub(crate) fn files(config: &Config) -> impl Iterator<Item = PathBuf> {
    let components = config.filters.iter().flat_map(|filter| {
        let canary = filter.spec.canary.as_ref().map(|canary| &canary.component);
        let shadow = filter.spec.shadow.as_ref().map(|shadow| &shadow.component);
        [Some(&filter.spec.component), canary, shadow].into_iter().flatten().cloned()
    });
    components.chain(assets::paths(config))
}

/// A source by its index, which it keeps for as long as the agent runs: streams know themselves by it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum SourceSlot {
    /// One of the configuration's.
    Configured {
        name: String,
        /// It was taken out of the configuration. One that comes back gets another index.
        is_gone: bool,
    },
    /// The dead letters that come again through the pipeline of this name, as long as there is one.
    Letters { pipeline: String },
}

impl SourceSlot {
    pub(crate) fn new(name: &str) -> Self {
        Self::Configured { name: name.to_owned(), is_gone: false }
    }

    /// Those of all pipelines' dead letters.
    pub(crate) fn letters(config: &Config) -> impl Iterator<Item = Self> {
        config.pipelines.iter().map(|pipeline| Self::Letters { pipeline: pipeline.name.clone() })
    }
}

/// By the names of the pipelines that run: the index of the source as which their dead letters come again.
pub(crate) fn doors(config: &Config, sources: &[SourceSlot]) -> BTreeMap<String, usize> {
    let index = |slot: &SourceSlot| sources.iter().position(|known| known == slot);
    let door = |(slot, pipeline): (SourceSlot, &Named<_>)| Some((pipeline.name.clone(), index(&slot)?));
    SourceSlot::letters(config).zip(&config.pipelines).filter_map(door).collect()
}

/// Where the records go that filters fail on or sinks give up.
fn dead_letters(config: &Config) -> Arc<dyn DeadLetters> {
    Arc::new(DeadLetterFile::new(config.data_dir.clone(), config.dead_letters.max_bytes as u64))
}

/// All sources by their index, with the pipelines that take their records.
fn source_stages(config: &Config, sources: &[SourceSlot], meters: &Meters) -> Vec<SourceStage> {
    let takers = |takes: &dyn Fn(&Named<logagent_config::Pipeline>) -> bool| {
        let all = config.pipelines.iter().enumerate();
        all.filter(|(_, pipeline)| takes(pipeline)).map(|(index, _)| index).collect::<Vec<_>>()
    };
    let stage = |slot: &SourceSlot| match slot {
        SourceSlot::Configured { name, is_gone } => SourceStage {
            pipelines: takers(&|pipeline| !is_gone && pipeline.spec.from.contains(name)),
            meter: meters.sources.of(name),
            is_gone: *is_gone,
            priority: priority(of_source(config, name)),
        },
        SourceSlot::Letters { pipeline } => {
            let pipelines = takers(&|known| known.name == *pipeline);
            SourceStage {
                is_gone: pipelines.is_empty(),
                pipelines,
                meter: meters.letters.clone(),
                priority: Priority::Normal,
            }
        }
    };
    sources.iter().map(stage).collect()
}

fn of_source(config: &Config, name: &str) -> Option<config::Priority> {
    config.sources.iter().find(|known| known.name == name).map(|source| source.spec.priority())
}

/// Of a source that is gone nobody asks, nor of a route that is not there.
fn priority(priority: Option<config::Priority>) -> Priority {
    match priority {
        Some(config::Priority::High) => Priority::High,
        Some(config::Priority::Normal) | None => Priority::Normal,
    }
}

/// Where these names stand in the configuration; its check has found them all.
fn indices<T>(all: &[Named<T>], names: &[String]) -> Vec<usize> {
    names.iter().filter_map(|name| all.iter().position(|one| one.name == *name)).collect()
}
