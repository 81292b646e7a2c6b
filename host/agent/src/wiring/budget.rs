//! What the agent may take of memory, added up before it starts: `memory.limit` is kept by a configuration that can't
//! exceed it, not by failing when it does. Pure, but for what is asked of a filter's files (`facts`).

mod facts;
mod parts;

#[cfg(test)]
mod tests;

pub(super) use facts::FilterFacts;

use logagent_config::{Config, Problem};
use parts::{Part, parts};

/// A problem where the parts that `config` asks for are together more than `memory.limit`. `filters`: by the
/// configuration's order; what is beside a filter is counted with it.
pub(super) fn check(config: &Config, lanes: usize, filters: &[FilterFacts]) -> Option<Problem> {
    let limit = config.memory.limit?;
    let parts = parts(config, lanes, filters);
    let sum = sum(&parts);
    if sum <= limit {
        return None;
    }
    let list: Vec<String> = parts.iter().map(|part| format!("{} {}", part.what, mebibytes(part.bytes))).collect();
    let found = format!("{}, less than {}: {}", mebibytes(limit), mebibytes(sum), list.join(" + "));
    let allowed = format!("at least {}; {}", mebibytes(sum), advice(config, lanes, filters, limit));
    Some(config.positions.problem("memory.limit", &found, &allowed))
}

/// What would fit, if one thing were smaller.
fn advice(config: &Config, lanes: usize, filters: &[FilterFacts], limit: usize) -> String {
    let fits = |config: &Config, lanes| sum(&parts(config, lanes, filters)) <= limit;
    let rings = std::iter::successors(Some(config.memory.ring_bytes / 2), |bytes| Some(bytes / 2));
    let ring = rings.take_while(|&bytes| bytes >= config.least_ring_bytes()).find(|&ring_bytes| {
        let mut smaller = config.clone();
        smaller.memory.ring_bytes = ring_bytes;
        fits(&smaller, lanes)
    });
    let lanes = (1..lanes).rev().find(|&lanes| fits(config, lanes));
    let ring = ring.map(|bytes| format!("memory.ring_bytes: {}", mebibytes(bytes)));
    let all: Vec<String> = ring.into_iter().chain(lanes.map(|lanes| format!("lanes: {lanes}"))).collect();
    match all.is_empty() {
        true => "neither smaller rings nor fewer lanes would do alone".into(),
        false => format!("{} would fit", all.join(" or ")),
    }
}

fn sum(parts: &[Part]) -> usize {
    parts.iter().map(|part| part.bytes).sum()
}

fn mebibytes(bytes: usize) -> String {
    format!("{}MiB", bytes.div_ceil(1 << 20))
}
