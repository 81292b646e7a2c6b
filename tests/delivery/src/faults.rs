//! What goes wrong with a disk, and when: it is full for a while, takes only a part, or the machine stops in mid-step.

use crate::bug::Bug;
use fastrand::Rng;
use std::io::{Error, ErrorKind, Result};

pub(crate) struct Faults {
    random: Rng,
    /// The machine stops after so many steps.
    fuse: Option<u32>,
    has_stopped: bool,
    /// So many writes find no space.
    full_for: u32,
    /// Syncing a sink's file does nothing: a bug that is to be found.
    pub(crate) lies: bool,
    /// What a failed write is taken back of stays: another.
    pub(crate) keeps: bool,
}

impl Faults {
    pub(crate) fn new(random: Rng, bug: Bug) -> Self {
        let (lies, keeps) = (bug == Bug::CheckpointBeforeSync, bug == Bug::WrittenTwice);
        Self { random, fuse: None, has_stopped: false, full_for: 0, lies, keeps }
    }

    /// A number below this.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.random.usize(..end)
    }

    /// So many of these bytes: none, all, or some. The fate of what differs in length from run to run must not.
    pub(crate) fn part_of(&mut self, bytes: usize) -> usize {
        let (kind, share) = (self.random.u8(..4), self.random.f64());
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a share"
        )]
        match kind {
            0 => 0,
            1 => bytes,
            _ => ((bytes as f64 * share) as usize).min(bytes.saturating_sub(1)),
        }
    }

    /// Stops the machine after so many steps more.
    pub(crate) fn light_fuse(&mut self, steps: u32) {
        self.fuse = Some(steps);
    }

    /// Lets so many writes find no space.
    pub(crate) fn fill(&mut self, writes: u32) {
        self.full_for = writes;
    }

    pub(crate) fn has_stopped(&self) -> bool {
        self.has_stopped
    }

    /// The machine runs again.
    pub(crate) fn restart(&mut self) {
        (self.fuse, self.has_stopped, self.full_for) = (None, false, 0);
    }

    /// One step of anything.
    pub(crate) fn step(&mut self) -> Result<()> {
        self.has_stopped |= self.fuse == Some(0);
        self.fuse = self.fuse.map(|steps| steps.saturating_sub(1));
        if self.has_stopped { Err(Error::other("the machine has stopped")) } else { Ok(()) }
    }

    /// How many of these bytes are written, and why not all. The last step of a machine may write a part.
    pub(crate) fn write(&mut self, bytes: usize) -> (usize, Option<Error>) {
        let was_stopped = self.has_stopped;
        match self.step() {
            Err(error) if was_stopped => (0, Some(error)),
            Err(error) => (self.part_of(bytes), Some(error)),
            Ok(()) if self.full_for > 0 => {
                self.full_for -= 1;
                (self.part_of(bytes).min(bytes / 2), Some(ErrorKind::StorageFull.into()))
            }
            Ok(()) if self.random.u8(..8) == 0 => (self.part_of(bytes).max(1).min(bytes), None),
            Ok(()) => (bytes, None),
        }
    }
}
