//! Lanes and their supervision: in which order streams are read, batches framed, filters called, sinks given
//! their records, and how all of it starts and stops. Knows the traits of sources, filters and sinks, and none of
//! their implementations.

mod breaker;
mod canary;
mod clock;
mod graph;
mod lane;
mod restarts;
mod rival;
mod rollout;
mod sample;
mod shadow;
mod share;
mod standstill;
mod succession;
mod supervisor;

pub use breaker::BreakerPolicy;
pub use canary::{CanaryPolicy, StepCounts};
pub use clock::Clock;
pub use graph::{BatchLimits, FilterSettings, FilterStage, Graph, OnError, Pipeline, Priority, Route, SourceStage};
pub use lane::{Finish, Lane, LaneError, LaneWaker, Round, Subject};
pub use rival::{CanaryStage, ShadowStage};
pub use rollout::{Progress, Rollout};
pub use sample::{Sample, Trial};
pub use shadow::{Outcome as ShadowOutcome, Shadow, ShadowDifference, ShadowLog};
pub use standstill::Standstill;
pub use succession::{Mailbox, NextFilter, NextGraph, NextPipeline, NextRival, NextSink, Retired};
pub use supervisor::{Event, Outcome, Sources, Supervisor};
