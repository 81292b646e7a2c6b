//! What is counted, under which names, and how the counts are shown. One closed place: nothing else in the agent
//! makes up a name for a count. Counts nothing by itself.

mod buffer;
mod law;
mod meters;
mod own;
mod report;
mod rollout;
mod sink;

pub use buffer::{BufferCounts, BufferMeter, BufferReport};
pub use law::{Counts, Law};
pub use meters::{
    BreakerState, Counter, FilterMeter, Meters, PipelineMeter, Registry, SourceMeter, Stage, StageMeter, StateMeter,
};
pub use own::{Histogram, HistogramReport, MetricError, Observed, OwnMetrics, OwnReport};
pub use report::{FilterReport, Report, SinkReport, SourceReport, StageReport, StateReport};
pub use rollout::{CanaryMeter, CanaryReport, CanaryState, Rollouts, ShadowMeter, ShadowReport};
pub use sink::{Behind, Health, SinkMeter};
