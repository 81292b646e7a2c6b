//! Files that are looked for when the caller says so, and at no other time: for a test that has to know what happens
//! when. `run` looks by itself.

use super::FileSource;
use super::discovery::Discovery;
use super::watch::Watch;
use logagent_component::Intake;
use std::sync::Arc;
use std::time::Instant;

/// A file source without a thread or events.
pub struct SteppedFiles {
    discovery: Discovery,
    watch: Watch,
    intake: Intake,
}

impl FileSource {
    /// Follows its files by the caller's looks alone.
    #[must_use]
    pub fn stepped(self, intake: Intake) -> SteppedFiles {
        let owner = self.owner(&Arc::default());
        let discovery = Discovery::new(self.config, owner, self.patterns, self.pace.retire);
        SteppedFiles { discovery, watch: Watch::deaf(), intake }
    }
}

impl SteppedFiles {
    /// Finds what is new, what has grown, and what is gone.
    pub fn look(&mut self, now: Instant) {
        self.discovery.look(&mut self.watch, &self.intake, now);
    }
}
