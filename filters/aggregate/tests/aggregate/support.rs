//! What the tests share.

use logagent_filter_aggregate::AggregateFilter;
use logagent_sdk::testing::{Emitted, Harness};
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

/// What ticks emit from this time on, until one emits nothing.
pub fn all_ticks(harness: &mut Harness<AggregateFilter>, from: u64) -> Vec<Value> {
    let mut all = Vec::new();
    for tick in 0.. {
        let emitted = harness.tick(from + tick * SECOND).unwrap();
        if emitted.is_empty() {
            break;
        }
        all.extend(bodies(&emitted));
    }
    all
}
