//! What happens while an agent runs, and while none does: drawn one thing at a time.

use super::History;
use crate::agent::Agent;
use logagent_pipeline::{Clock as _, LaneError};
use std::time::Duration;

impl History {
    /// One thing that happens.
    pub(super) fn act(&mut self, agent: &mut Agent) -> Result<(), LaneError> {
        let log = self.random.usize(..self.logs.count());
        match self.random.u8(..100) {
            ..40 => self.step(agent)?,
            40..58 => self.logs.write(log, &mut self.random),
            58..66 => agent.look(),
            66..74 => self.pass_time(agent),
            74..82 => drop(agent.checkpoint()?),
            82..93 => self.move_remotes(),
            93..95 => self.rotate(log),
            95 => self.truncate_and_look(agent, log)?,
            96 => {
                let writes = self.random.u32(1..20);
                self.around.disk.faults(|faults| faults.fill(writes));
            }
            97..99 => {
                let steps = self.random.u32(..12);
                self.around.disk.faults(|faults| faults.light_fuse(steps));
            }
            _ => self.break_connection(),
        }
        Ok(())
    }

    fn step(&mut self, agent: &mut Agent) -> Result<(), LaneError> {
        for _ in 0..self.random.u32(1..6) {
            agent.step()?;
        }
        Ok(())
    }

    /// One may get far ahead of another.
    fn move_remotes(&mut self) {
        for remote in self.around.remotes.iter().flatten() {
            for _ in 0..self.random.u32(..4) {
                remote.go_on();
            }
        }
    }

    fn pass_time(&mut self, agent: &Agent) {
        let clock = &self.around.clock;
        let time = match self.random.u8(..8) {
            0 => Duration::from_secs(self.random.u64(1..8)),
            1..4 => agent.lane.due_at().saturating_duration_since(clock.now()),
            _ => Duration::from_millis(self.random.u64(..30)),
        };
        clock.pass(time);
    }

    /// A file that would not be found under its new name is rotated once the checkpoints know it.
    fn rotate(&mut self, log: usize) {
        self.around.disk.settle_names();
        if self.around.plan.finds_rotated || self.around.delivered_to(self.logs.inode(log)).is_some() {
            self.logs.rotate(log);
        }
    }

    fn truncate(&mut self, log: usize) {
        if self.around.plan.truncates {
            let safe_to = self.around.delivered_to(self.logs.inode(log)).unwrap_or(0);
            self.logs.truncate(log, safe_to);
        }
    }

    /// What grows beyond its old length before it is looked at would go on in its middle: docs/delivery.md says so, and here
    /// it does not happen.
    fn truncate_and_look(&mut self, agent: &mut Agent, log: usize) -> Result<(), LaneError> {
        self.truncate(log);
        if self.random.bool() {
            agent.look();
            self.rest(agent)?;
            self.logs.is_looked_at();
        }
        Ok(())
    }

    fn break_connection(&mut self) {
        let remotes: Vec<_> = self.around.remotes.iter().flatten().collect();
        if !remotes.is_empty() {
            remotes[self.random.usize(..remotes.len())].lose();
        }
    }

    /// While no agent runs.
    pub(super) fn meanwhile(&mut self) {
        for _ in 0..self.random.u32(..4) {
            let log = self.random.usize(..self.logs.count());
            match self.random.u8(..10) {
                ..6 => self.logs.write(log, &mut self.random),
                6..8 => self.rotate(log),
                8 => self.truncate(log),
                _ => self.around.clock.pass(Duration::from_secs(self.random.u64(..10))),
            }
        }
    }
}
