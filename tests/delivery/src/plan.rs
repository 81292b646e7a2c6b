//! What a history is about: how the agent is set up, and what may befall it. Drawn once, at its beginning.

use crate::bug::Bug;
use crate::filter::Habits;
use fastrand::Rng;
use logagent_component::Retry;
use logagent_pipeline::{BatchLimits, OnError};
use logagent_sink::{Flush, Fsync};
use std::time::Duration;

#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) logs: usize,
    pub(crate) limits: BatchLimits,
    pub(crate) pipelines: Vec<PipelinePlan>,
    pub(crate) sinks: Vec<SinkPlan>,
    /// A crash may be a power cut, which only sinks that sync survive.
    pub(crate) power: bool,
    /// Torn lines are cut off at the start, as the sink does with its own; otherwise they are ended.
    pub(crate) cuts_torn: bool,
    /// What is rotated away still matches the patterns.
    pub(crate) finds_rotated: bool,
    /// Logs are truncated now and then.
    pub(crate) truncates: bool,
    pub(crate) sessions: u32,
    /// The lane is said to stand still when it doesn't: a bug that is to be found.
    pub(crate) hurries: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct PipelinePlan {
    pub(crate) name: String,
    pub(crate) habits: Habits,
    pub(crate) on_error: OnError,
    /// Its breaker may open.
    pub(crate) breaks: bool,
    pub(crate) sinks: Vec<usize>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum SinkPlan {
    Disk { flush: Flush, fsync: Fsync, is_exact: bool, retry: Retry },
    Remote,
}

/// Such that a disk is found to be full several times within a history.
const RETRY: Retry = Retry::for_ever(Duration::from_millis(10), Duration::from_secs(1));

/// Longer than a batch's age, so that records are held back; flushed when the lane says so.
const HELD_BACK: Flush = Flush { max_records: 20, max_age: Duration::from_millis(30) };

impl Plan {
    /// Whether a buffer in memory stands before a sink: before half of those that a configuration lets have one. Not
    /// drawn, so that seeds stay what they were.
    pub(crate) fn is_buffered(&self, sink: usize) -> bool {
        let is_half = (self.limits.max_records + sink).is_multiple_of(2);
        is_half && !self.sinks[sink].is_exact() && !self.sinks[sink].gives_up()
    }

    pub(crate) fn draw(random: &mut Rng, bug: Bug) -> Self {
        // Only a cut shows that something was not synced.
        let power = random.bool() || bug == Bug::CheckpointBeforeSync;
        let sinks: Vec<SinkPlan> = (0..random.usize(1..4)).map(|_| SinkPlan::draw(random, power)).collect();
        let sinks = if bug == Bug::OutOfOrder { vec![SinkPlan::Remote; 2] } else { sinks };
        let two = bug != Bug::OutOfOrder && sinks.len() > 1 && random.bool();
        let groups = if two { vec![vec![0], (1..sinks.len()).collect()] } else { vec![(0..sinks.len()).collect()] };
        Self {
            logs: random.usize(1..4),
            limits: BatchLimits {
                max_bytes: 64 << random.usize(..8),
                max_records: random.usize(1..64),
                max_age: Duration::from_millis(random.u64(..20)),
            },
            pipelines: groups.into_iter().enumerate().map(|it| PipelinePlan::draw(random, it)).collect(),
            sinks,
            power,
            cuts_torn: random.bool(),
            finds_rotated: random.u8(..4) > 0,
            truncates: random.u8(..4) == 0,
            sessions: random.u32(1..6),
            hurries: bug == Bug::NotStill,
        }
    }

    /// Whether pieces of lines may come out: what was torn and not cut off, or truncated while it was read.
    pub(crate) fn leaves_pieces(&self) -> bool {
        !self.cuts_torn || self.truncates
    }
}

impl PipelinePlan {
    fn draw(random: &mut Rng, (index, sinks): (usize, Vec<usize>)) -> Self {
        let mut some = |most: u8| if random.bool() { random.u8(1..most) } else { 0 };
        let (traps, drops, edits) = (some(20), some(60), some(60));
        let habits = Habits { salt: random.u64(..), traps, drops, edits, emits: random.bool() };
        let on_error = [OnError::DeadLetter, OnError::Pass, OnError::Drop][random.usize(..3)];
        // Broken, it would pass or drop lines whose fate was another.
        let breaks = on_error == OnError::DeadLetter && random.bool();
        Self { name: format!("pipeline-{index}"), habits, on_error, breaks, sinks }
    }
}

impl SinkPlan {
    /// Whether each record is to be there once.
    pub(crate) fn is_exact(self) -> bool {
        matches!(self, Self::Disk { is_exact: true, .. })
    }

    fn gives_up(self) -> bool {
        matches!(self, Self::Disk { retry: Retry { give_up: Some(_), .. }, .. })
    }

    fn draw(random: &mut Rng, power: bool) -> Self {
        if random.u8(..3) == 0 {
            return Self::Remote;
        }
        let flush = if random.bool() { Flush::AT_ONCE } else { HELD_BACK };
        let is_exact = random.bool();
        let fsync = match random.u8(..3) {
            // The checkpoints have it synced before they know of it.
            0 if !power || is_exact => Fsync::Never,
            1 => Fsync::Interval(Duration::from_millis(10)),
            _ => Fsync::Batch,
        };
        let give_up = random.bool().then(|| Duration::from_millis(random.u64(20..2000)));
        Self::Disk { flush, fsync, is_exact, retry: Retry { give_up, ..RETRY } }
    }
}
