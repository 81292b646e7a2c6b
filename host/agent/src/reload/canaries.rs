//! Looking at canaries now and then: they get their next share, take their filters' places, or are let go of. Not for
//! judging them.

use super::{PATIENCE, Reloader};
use crate::exit::{Failure, Refused};
use crate::wiring::Setup;
use logagent_config::Plan;
use logagent_pipeline::Progress;
use std::time::{Duration, Instant};

/// How often: as often as the shortest step may end.
const LOOK: Duration = Duration::from_millis(100);

impl Reloader {
    /// How long requests may be waited for.
    pub(super) fn pause(&self) -> Duration {
        if self.setup.rivals.iter().any(Option::is_some) { LOOK } else { PATIENCE }
    }

    /// Does with each canary what it is time for, and shows what is beside filters as it is now.
    pub(super) fn look_at_canaries(&mut self) {
        let now = Instant::now();
        let rollouts: Vec<_> = self.setup.rollouts().map(|(index, rollout)| (index, rollout.clone())).collect();
        for (index, rollout) in rollouts {
            let filter = self.setup.filters[index].name.clone();
            match rollout.advance(now) {
                Progress::None => {}
                Progress::Share(share) => tracing::info!(filter, share, "its canary gets a larger share"),
                Progress::Promote => {
                    if self.has_changed_over() {
                        self.told_if_failed(&filter, |reloader| reloader.promote(index));
                    }
                }
                Progress::Aborted(reason) => {
                    if self.has_changed_over() {
                        tracing::error!(filter, reason, "its canary is given up: the filter itself gets all batches");
                        self.told_if_failed(&filter, |reloader| reloader.let_go(index));
                    }
                }
            }
        }
        if self.setup.rivals.iter().any(Option::is_some) {
            self.board.show_filters(self.setup.statuses());
        }
    }

    /// Whether all lanes run what they were given last, so that they can be given more.
    fn has_changed_over(&mut self) -> bool {
        self.collect(Duration::ZERO);
        self.pending.is_empty()
    }

    fn told_if_failed(&mut self, filter: &str, act: impl FnOnce(&mut Self) -> Result<(), Failure>) {
        if let Err(failure) = act(self) {
            tracing::error!(filter, error = %failure, "its canary stays where it is");
        }
    }

    /// Has a canary take its filter's place in all lanes.
    fn promote(&mut self, index: usize) -> Result<(), Failure> {
        let Some(rival) = self.setup.rivals[index].clone() else { return Ok(()) };
        let rollout = rival.rollout().cloned();
        // Once, however it ends.
        rival.settle();
        self.carry_out_here(self.setup.promoted(index, &rival))?;
        rollout.inspect(|rollout| rollout.promoted());
        let filter = &self.setup.filters[index];
        self.show(std::slice::from_ref(&filter.name));
        self.meters.reloads.add(1);
        let (name, generation, component) = (&*filter.name, filter.generation, &**filter.program.hash());
        tracing::info!(filter = name, generation, component, "its canary has taken its place");
        Ok(())
    }

    /// Lets go of the instances of a canary that was given up.
    fn let_go(&mut self, index: usize) -> Result<(), Failure> {
        if let Some(rival) = &self.setup.rivals[index] {
            rival.settle();
        }
        self.carry_out_here(self.setup.clone())?;
        self.show(&[]);
        Ok(())
    }

    /// Has all lanes change over to this, which has the configuration that runs.
    fn carry_out_here(&mut self, next: Setup) -> Result<(), Failure> {
        let nothing = Plan::between(&self.setup.config, &next.config).map_err(Refused)?;
        self.carry_out(next, &nothing)
    }
}
