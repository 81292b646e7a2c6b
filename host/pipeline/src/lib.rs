//! Lanes and their supervision: in which order streams are read, batches framed, filters called, sinks given
//! their records, and how all of it starts and stops. Knows the traits of sources, filters and sinks, and none of
//! their implementations.

mod graph;
mod lane;
mod supervisor;

pub use graph::{BatchLimits, FilterStage, Graph, OnError, Pipeline, SourceStage};
pub use lane::{Lane, LaneError, LaneWaker};
pub use supervisor::{Event, Outcome, Supervisor};
