//! A configuration with all that it names: filters loaded, sinks opened. From it, and from the one that runs, comes each
//! lane's next graph; what both have in common goes on.

mod beside;
mod instances;

use super::budget::{self, FilterFacts};
use super::filters::LoadedFilter;
use super::rivals::LoadedRival;
use super::sinks::{Opening, Target};
use super::state::StateMap;
use super::{SourceSlot, dead_letters, indices, loops, sinks, source_stages, sources};
use crate::exit::{Failure, Refused};
use logagent_buffer::Buffers;
use logagent_checkpoint::Outputs;
use logagent_component::DeadLetters;
use logagent_config::{Config, Named, Pipeline, Problem, Sink};
use logagent_control::{FilterStatus, LaneStatus};
use logagent_pipeline::{NextFilter, NextGraph, NextPipeline, NextSink};
use logagent_telemetry::Meters;
use logagent_wasm::Runtime;
use std::sync::Arc;

/// What a configuration comes to.
#[derive(Clone)]
pub(crate) struct Setup {
    pub(crate) config: Config,
    pub(crate) state: Arc<StateMap>,
    /// What sinks ask of the runs before; `None` where nothing is kept.
    pub(crate) outputs: Option<Outputs>,
    /// Those in front of sinks, of all setups of this agent.
    pub(crate) buffers: Buffers,
    /// Where the records of all setups go that filters fail on or sinks give up.
    pub(crate) dead_letters: Arc<dyn DeadLetters>,
    /// In the configuration's order. One that is the same as in the setup before is the very same.
    pub(crate) filters: Vec<Arc<LoadedFilter>>,
    /// By filter: what is beside it.
    pub(crate) rivals: Vec<Option<Arc<LoadedRival>>>,
    /// The same of sinks; none before they are opened.
    sinks: Vec<Arc<Target>>,
}

impl Setup {
    /// Loads all filters; what `before` has that is the same is shared with it.
    ///
    /// # Errors
    /// What is wrong with them and, found without them, with sources and sinks.
    pub(crate) fn load(
        config: Config,
        before: Option<&Self>,
        runtime: &Runtime,
        state: &Arc<StateMap>,
        meters: &Meters,
    ) -> Result<Self, Refused> {
        let (mut filters, mut rivals) = (Vec::new(), Vec::new());
        let is_new = |sink: &Named<Sink>| before.is_none_or(|before| before.sink(sink).is_none());
        let mut problems = sources::problems(&config);
        problems.extend(loops::problems(&config));
        problems.extend(sinks::key_problems(&config, is_new));
        for filter in &config.filters {
            match load_filter(&config, filter, before, runtime, state, meters) {
                Ok((loaded, rival)) => {
                    filters.push(loaded);
                    rivals.push(rival);
                }
                Err(more) => problems.extend(more),
            }
        }
        let letters = before.map_or_else(|| dead_letters(&config), |before| before.dead_letters.clone());
        Refused::unless_empty(problems).map(|()| Self {
            dead_letters: letters,
            config,
            state: state.clone(),
            outputs: before.and_then(|before| before.outputs.clone()),
            buffers: before.map_or_else(|| Buffers::new(Arc::new(|_| {})), |before| before.buffers.clone()),
            filters,
            rivals,
            sinks: Vec::new(),
        })
    }

    /// Refuses what may take more than `memory.limit`.
    pub(crate) fn check_memory(&self, lanes: usize) -> Result<(), Refused> {
        let filters = self.config.filters.iter().zip(&self.filters).zip(&self.rivals);
        let facts: Vec<FilterFacts> =
            filters.map(|((spec, filter), rival)| FilterFacts::of(&spec.spec, filter, rival.as_deref())).collect();
        Refused::unless_empty(budget::check(&self.config, lanes, &facts).into_iter().collect())
    }

    fn index(&self, name: &str) -> Option<usize> {
        self.filters.iter().position(|filter| filter.name == name)
    }

    /// The generation of a filter; 0 where there is no such.
    pub(crate) fn generation(&self, name: &str) -> u64 {
        self.index(name).map_or(0, |index| self.filters[index].generation)
    }

    /// What there is to show of each filter.
    pub(crate) fn statuses(&self) -> impl Iterator<Item = (String, FilterStatus)> {
        self.filters.iter().zip(&self.rivals).map(|(filter, rival)| {
            let (canary, shadow) = rival.as_ref().map_or((None, None), |rival| (rival.canary(), rival.shadow()));
            (filter.name.clone(), FilterStatus { canary, shadow, ..filter.status(&self.config) })
        })
    }

    /// What serves a lane that has this setup's graph.
    pub(crate) fn generations(&self) -> LaneStatus {
        let filters = |pipeline: &Named<Pipeline>| {
            pipeline.spec.through.iter().map(|name| (name.clone(), self.generation(name))).collect()
        };
        let pipelines = self.config.pipelines.iter();
        LaneStatus { generations: pipelines.map(|pipeline| (pipeline.name.clone(), filters(pipeline))).collect() }
    }

    /// The filters that `before` lacks, or has otherwise.
    pub(crate) fn new_filters(&self, before: &Self) -> impl Iterator<Item = &Arc<LoadedFilter>> {
        self.filters.iter().filter(|filter| !before.filters.iter().any(|known| Arc::ptr_eq(known, filter)))
    }

    /// Tries the filters that `before` lacks on what their predecessors have seen last.
    pub(crate) fn prove(&self, before: &Self) -> Result<(), Refused> {
        let problems = self.new_filters(before).filter_map(|filter| filter.prove(&self.config).err());
        Refused::unless_empty(problems.flatten().collect())
    }

    /// Opens the sinks that `before` lacks, or has otherwise.
    pub(crate) fn open_sinks(&mut self, before: Option<&Self>, meters: &Meters) -> Result<(), Failure> {
        let opening = Opening {
            config: &self.config,
            outputs: self.outputs.as_ref(),
            buffers: &self.buffers,
            dead_letters: &self.dead_letters,
        };
        let open = |sink: &Named<Sink>| {
            let same = before.and_then(|before| before.sink(sink));
            match same {
                Some(target) => Ok(target.clone()),
                None => opening
                    .open(sink, meters.sinks.of(&sink.name))
                    .map(Arc::new)
                    .map_err(|error| Failure::from(error.context(format!("sink {}", sink.name)))),
            }
        };
        self.sinks = self.config.sinks.iter().map(open).collect::<Result<_, Failure>>()?;
        Ok(())
    }

    /// Has all sinks go on with the files that are now found under their paths.
    pub(crate) fn reopen_sinks(&self) {
        for (sink, target) in self.config.sinks.iter().zip(&self.sinks) {
            if let Err(error) = target.reopen() {
                let error = format!("{error:#}");
                tracing::error!(
                    sink = sink.name,
                    error,
                    "a sink's file can't be opened anew; it goes on with the old one: send SIGHUP again"
                );
            }
        }
    }

    /// The target of a sink that is configured just so.
    fn sink(&self, sink: &Named<Sink>) -> Option<&Arc<Target>> {
        let index = self.config.sinks.iter().position(|known| known == sink)?;
        self.sinks.get(index)
    }

    /// A lane's graph, all new or the successor of the one that `before` gave it, with these instances and the sinks'
    /// ends. `sources` are all sources, by their index.
    pub(crate) fn graph(
        &self,
        before: Option<&Self>,
        sources: &[SourceSlot],
        instances: Vec<Vec<NextFilter>>,
        meters: &Meters,
    ) -> NextGraph {
        let pipelines = self.config.pipelines.iter().zip(instances).map(|(pipeline, filters)| NextPipeline {
            name: pipeline.name.as_str().into(),
            filters,
            sinks: indices(&self.config.sinks, &pipeline.spec.to),
            meter: meters.pipelines.of(&pipeline.name),
        });
        NextGraph {
            sources: source_stages(&self.config, sources, meters),
            pipelines: pipelines.collect(),
            sinks: self.next_sinks(before),
        }
    }

    fn next_sinks(&self, before: Option<&Self>) -> Vec<NextSink> {
        let kept = |target: &Arc<Target>| before?.sinks.iter().position(|known| Arc::ptr_eq(known, target));
        let next = |target| kept(target).map_or_else(|| NextSink::New(target.lane()), NextSink::Kept);
        self.sinks.iter().map(next).collect()
    }
}

type Loaded = (Arc<LoadedFilter>, Option<Arc<LoadedRival>>);

/// A filter with what is beside it; what `before` has of them that is the same is shared with it.
fn load_filter(
    config: &Config,
    filter: &Named<logagent_config::Filter>,
    before: Option<&Setup>,
    runtime: &Runtime,
    state: &Arc<StateMap>,
    meters: &Meters,
) -> Result<Loaded, Vec<Problem>> {
    let known = before.and_then(|before| Some((before, before.index(&filter.name)?)));
    let (filter_before, rival_before) =
        known.map(|(before, index)| (&before.filters[index], before.rivals[index].as_ref())).unzip();
    let loaded = LoadedFilter::load(config, filter, filter_before, runtime, state, meters)?;
    let rival = LoadedRival::load(config, filter, &loaded, rival_before.flatten(), runtime)?;
    Ok((loaded, rival))
}
