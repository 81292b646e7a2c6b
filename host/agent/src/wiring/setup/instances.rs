//! The instances that serve a lane: which of them the lane has already, and which are started for it.

use super::Setup;
use crate::exit::Refused;
use crate::wiring::filters::LoadedFilter;
use crate::wiring::indices;
use crate::wiring::routes::route_problems;
use logagent_config::{Named, Pipeline, Problem};
use logagent_pipeline::NextFilter;
use logagent_ring::RingFile;
use std::sync::{Arc, Weak};

impl Setup {
    /// By pipeline, the filters of the lane that has this ring: instances, started where `before` has none.
    pub(crate) fn instances(&self, before: Option<&Self>, ring: &RingFile) -> Result<Vec<Vec<NextFilter>>, Refused> {
        let mut pipelines = Vec::new();
        let mut problems = Vec::new();
        for pipeline in &self.config.pipelines {
            match self.instances_of(pipeline, before, ring) {
                Ok(filters) => pipelines.push(filters),
                Err(more) => problems.extend(more),
            }
        }
        Refused::unless_empty(problems).map(|()| pipelines)
    }

    fn instances_of(
        &self,
        pipeline: &Named<Pipeline>,
        before: Option<&Self>,
        ring: &RingFile,
    ) -> Result<Vec<NextFilter>, Vec<Problem>> {
        let through = indices(&self.config.filters, &pipeline.spec.through);
        let mut instances = Vec::new();
        let mut problems = Vec::new();
        for &index in &through {
            match self.instance(pipeline, index, before, ring) {
                Ok(instance) => instances.push(instance),
                Err(more) => problems.extend(more),
            }
        }
        if problems.is_empty() {
            let of = |&index: &usize| {
                let beside = self.rivals[index].as_ref().map_or(&[][..], |rival| rival.outputs());
                let own = self.filters[index].outputs();
                own.iter().chain(beside.iter().filter(|output| !own.contains(output)))
            };
            let outputs: Vec<&String> = through.iter().flat_map(of).collect();
            problems = route_problems(&self.config, pipeline, &outputs);
        }
        if problems.is_empty() { Ok(instances) } else { Err(problems) }
    }

    /// A filter's instance in a pipeline.
    fn instance(
        &self,
        pipeline: &Named<Pipeline>,
        index: usize,
        before: Option<&Self>,
        ring: &RingFile,
    ) -> Result<NextFilter, Vec<Problem>> {
        let (filter, rival) = (&self.filters[index], self.rivals[index].as_deref());
        let place = |filter: &Weak<LoadedFilter>| before?.place(pipeline, filter);
        if let Some((pipeline_before, filter_before)) = place(&Arc::downgrade(filter)) {
            let rival_next = self.next_rival(index, before, ring)?;
            let settings = filter.settings(&self.config, pipeline, rival);
            let (pipeline, filter) = (pipeline_before, filter_before);
            return Ok(NextFilter::Kept { pipeline, filter, settings, rival: rival_next });
        }
        if let Some((pipeline_before, filter_before)) = place(&filter.was_beside) {
            let settings = filter.settings(&self.config, pipeline, rival);
            let (pipeline, generation, filter) = (pipeline_before, filter.generation, filter_before);
            return Ok(NextFilter::Promoted { pipeline, filter, settings, generation });
        }
        filter.stage(&self.config, pipeline, rival, ring).map(|stage| NextFilter::New(Box::new(stage)))
    }

    /// Where the instance of this very filter runs in the pipeline of this name.
    fn place(&self, pipeline: &Named<Pipeline>, filter: &Weak<LoadedFilter>) -> Option<(usize, usize)> {
        let index = self.config.pipelines.iter().position(|known| known.name == pipeline.name)?;
        let through = indices(&self.config.filters, &self.config.pipelines[index].spec.through);
        let is_it = |&known: &usize| std::ptr::eq(Arc::as_ptr(&self.filters[known]), filter.as_ptr());
        through.iter().position(is_it).map(|place| (index, place))
    }
}
