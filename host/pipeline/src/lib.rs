//! Lanes and their supervision: in which order streams are read, batches framed, filters called, sinks given
//! their records, and how all of it starts and stops. Knows the traits of sources, filters and sinks, and none of
//! their implementations.

mod breaker;
mod graph;
mod lane;
mod sample;
mod share;
mod succession;
mod supervisor;

pub use breaker::BreakerPolicy;
pub use graph::{BatchLimits, FilterSettings, FilterStage, Graph, OnError, Pipeline, SourceStage};
pub use lane::{Lane, LaneError, LaneWaker, Subject};
pub use sample::{Sample, Trial};
pub use succession::{Mailbox, NextFilter, NextGraph, NextPipeline, NextSink, Retired};
pub use supervisor::{Event, Outcome, Sources, Supervisor};
