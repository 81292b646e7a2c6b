//! Lanes and their supervision: in which order streams are read, batches framed, filters called, sinks given
//! their records, and how all of it starts and stops. Knows the traits of sources, filters and sinks, and none of
//! their implementations.

mod breaker;
mod graph;
mod lane;
mod share;
mod supervisor;

pub use breaker::{Breaker, BreakerPolicy};
pub use graph::{BatchLimits, FilterStage, Graph, OnError, Pipeline, SourceStage};
pub use lane::{Complaints, Lane, LaneError, LaneWaker, Subject};
pub use share::Share;
pub use supervisor::{Event, Outcome, Supervisor};
