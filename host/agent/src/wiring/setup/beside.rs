//! What is beside the filters of a configuration, and how it takes their places.

use super::Setup;
use crate::wiring::rivals::LoadedRival;
use logagent_config::Problem;
use logagent_pipeline::{NextRival, Rollout};
use logagent_ring::RingFile;
use logagent_telemetry::Meters;
use std::sync::Arc;

impl Setup {
    /// The same where what is beside a filter has taken its place.
    pub(crate) fn promoted(&self, index: usize, canary: &LoadedRival) -> Self {
        let mut next = self.clone();
        next.filters[index] = self.filters[index].succeeded_by(canary);
        next.rivals[index] = None;
        next
    }

    /// The canaries of which something is still to be said, by their filters' indices.
    pub(crate) fn rollouts(&self) -> impl Iterator<Item = (usize, &Arc<Rollout>)> {
        let rivals = self.rivals.iter().enumerate();
        rivals.filter_map(|(index, rival)| Some((index, rival.as_ref()?.rollout()?)))
    }

    /// What is beside filters that `before` lacks, or has otherwise, in words.
    pub(crate) fn new_rivals(&self, before: &Self) -> impl Iterator<Item = String> {
        self.rivals_but(Some(before)).map(|(filter, rival)| format!("{filter} has a new {}", rival.noun()))
    }

    /// Shows the counts of what is beside filters that `before` lacks, or has otherwise.
    pub(crate) fn show_rivals(&self, before: Option<&Self>, meters: &Meters) {
        self.rivals_but(before).for_each(|(filter, rival)| rival.show(filter, meters));
    }

    fn rivals_but(&self, before: Option<&Self>) -> impl Iterator<Item = (&str, &Arc<LoadedRival>)> {
        let named = self.filters.iter().zip(&self.rivals);
        let all = named.filter_map(|(filter, rival)| Some((&*filter.name, rival.as_ref()?)));
        all.filter(move |(_, rival)| !before.is_some_and(|before| before.has_rival(rival)))
    }

    fn has_rival(&self, rival: &Arc<LoadedRival>) -> bool {
        self.rivals.iter().flatten().any(|known| Arc::ptr_eq(known, rival))
    }

    /// What is beside a filter that goes on.
    pub(super) fn next_rival(
        &self,
        index: usize,
        before: Option<&Self>,
        ring: &RingFile,
    ) -> Result<NextRival, Vec<Problem>> {
        match &self.rivals[index] {
            None => Ok(NextRival::None),
            Some(rival) if rival.is_given_up() => Ok(NextRival::None),
            Some(rival) if before.is_some_and(|before| before.has_rival(rival)) => Ok(NextRival::Kept),
            Some(rival) => rival.start(&self.config, &self.filters[index], ring),
        }
    }
}
