//! What the tests share.

use logagent_filter_aggregate::AggregateFilter;
use logagent_sdk::testing::{Emitted, Harness, OBSERVED};
use serde_json::Value;

pub const SECOND: u64 = 1_000_000_000;

pub fn harness(config: Value) -> Harness<AggregateFilter> {
    Harness::new(config).unwrap()
}

/// Another lane.
pub fn beside(lane: &Harness<AggregateFilter>, config: Value) -> Harness<AggregateFilter> {
    lane.beside(config).unwrap()
}

pub fn bodies(emitted: &[Emitted]) -> Vec<Value> {
    emitted.iter().map(|it| serde_json::from_slice(&it.body).unwrap()).collect()
}

/// What the ticks of these seconds after [`OBSERVED`] emit.
pub fn ticks(lane: &mut Harness<AggregateFilter>, seconds: impl IntoIterator<Item = u64>) -> Vec<Emitted> {
    seconds.into_iter().flat_map(|second| lane.tick(OBSERVED + second * SECOND).unwrap()).collect()
}
