//! What the agent may take of memory, added up before it starts: `memory.limit` is kept by a configuration that can't
//! exceed it, not by failing when it does. Pure.

use logagent_config::{Compression, Config, Named, Pipeline, Problem, Sink, Source};

/// The program itself, its threads' stacks, the engine, and compiled code.
const AGENT_BYTES: usize = 32 << 20;

/// What a lane's end of a sink encodes into, and what it has on its way to a thread of its own.
const SINK_BYTES: usize = 2 << 20;

/// What a source may take that unpacks files: four at a time, each with the largest window that zstd's format asks of a
/// decoder (RFC 8878), and as much again for its tables and buffers as is left of nine megabytes.
const UNPACKING_BYTES: usize = 4 * (9 << 20);

/// One part of the sum.
struct Part {
    what: String,
    bytes: usize,
}

/// A problem where the parts that `config` asks for are together more than `memory.limit`.
/// `uses_state`: a filter asks for the state map.
pub(super) fn check(config: &Config, lanes: usize, uses_state: bool) -> Option<Problem> {
    let limit = config.memory.limit?;
    let parts = parts(config, lanes, uses_state);
    let sum: usize = parts.iter().map(|part| part.bytes).sum();
    if sum <= limit {
        return None;
    }
    let list: Vec<String> = parts.iter().map(|part| format!("{} {}", part.what, mebibytes(part.bytes))).collect();
    let found = format!("{}, less than {}: {}", mebibytes(limit), mebibytes(sum), list.join(" + "));
    let allowed = format!("at least {}, or fewer lanes, smaller rings or filters' limits.memory", mebibytes(sum));
    Some(config.positions.problem("memory.limit", &found, &allowed))
}

fn parts(config: &Config, lanes: usize, uses_state: bool) -> Vec<Part> {
    let instances = |name: &str| lanes * config.pipelines.iter().map(|pipeline| uses(pipeline, name)).sum::<usize>();
    let mut parts = vec![
        Part { what: "the agent".into(), bytes: AGENT_BYTES },
        Part { what: format!("{lanes} rings"), bytes: lanes * config.memory.ring_bytes },
        Part { what: format!("{} sinks", config.sinks.len()), bytes: lanes * config.sinks.len() * SINK_BYTES },
    ];
    let buffers = config.sinks.iter().filter(|sink| matches!(sink.spec, Sink::Buffered(..))).count();
    if buffers > 0 {
        // What the sink behind a buffer has not confirmed is in a ring of the buffer's own.
        parts.push(Part { what: format!("{buffers} buffers' rings"), bytes: buffers * config.memory.ring_bytes });
    }
    let unpacks =
        |source: &&Named<Source>| matches!(&source.spec, Source::File(file) if file.compression == Compression::Auto);
    let unpacking = config.sources.iter().filter(unpacks).count();
    if unpacking > 0 {
        parts.push(Part { what: format!("{unpacking} sources that unpack"), bytes: unpacking * UNPACKING_BYTES });
    }
    if uses_state {
        // A snapshot copies one shard at a time.
        let copy = config.state.budget / config.state.shards.max(1) as usize;
        parts.push(Part { what: "the state map".into(), bytes: config.state.budget + copy });
    }
    let mut largest = 0;
    for filter in &config.filters {
        let is_accompanied = filter.spec.canary.is_some() || filter.spec.shadow.is_some();
        let count = instances(&filter.name) * if is_accompanied { 2 } else { 1 };
        let bytes = count * filter.spec.limits.memory;
        largest = largest.max(bytes + filter.spec.limits.memory);
        parts.push(Part { what: format!("{count} × filter {}", filter.name), bytes });
    }
    if largest > 0 {
        parts.push(Part { what: "a filter's next generation, beside it".into(), bytes: largest });
    }
    parts
}

fn uses(pipeline: &Named<Pipeline>, filter: &str) -> usize {
    pipeline.spec.through.iter().filter(|name| *name == filter).count()
}

fn mebibytes(bytes: usize) -> String {
    format!("{}MiB", bytes.div_ceil(1 << 20))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn config(limit: &str) -> Config {
        let text = format!(
            "memory: {{ ring_bytes: 16MiB, limit: {limit} }}\n\
             sources: {{ in: {{ type: file, include: [a] }} }}\n\
             filters: {{ f: {{ component: f.wasm, limits: {{ memory: 8MiB }} }} }}\n\
             sinks: {{ out: {{ type: blackhole }} }}\n\
             pipelines: {{ a: {{ from: [in], through: [f], to: [out] }}, b: {{ from: [in], through: [f], to: [out] }} }}\n"
        );
        Config::parse(Path::new("c.yaml"), &text).unwrap_or_else(|problems| panic!("{problems}"))
    }

    #[test]
    fn a_configuration_that_fits_to_the_byte_is_taken_and_one_that_does_not_is_refused_with_the_sum() {
        // Two lanes: 32 + 2 × 16 + 2 × 2 + 4 × 8 + (4 + 1) × 8.
        assert_eq!(check(&config("140MiB"), 2, false), None);
        let problem = check(&config("139MiB"), 2, false).unwrap();
        assert_eq!(
            problem.to_string(),
            "c.yaml:1:37: memory.limit: found 139MiB, less than 140MiB: the agent 32MiB + 2 rings 32MiB + \
             1 sinks 4MiB + 4 × filter f 32MiB + a filter's next generation, beside it 40MiB, allowed at least \
             140MiB, or fewer lanes, smaller rings or filters' limits.memory"
        );
    }

    #[test]
    fn a_buffer_has_a_ring_of_its_own() {
        let text = "memory: { ring_bytes: 16MiB, limit: 83MiB }\n\
             sources: { in: { type: file, include: [a] } }\n\
             sinks: { out: { type: blackhole, buffer: { type: disk } } }\n\
             pipelines: { a: { from: [in], to: [out] } }\n";
        let config = |text: &str| Config::parse(Path::new("c.yaml"), text).unwrap();
        let problem = check(&config(text), 2, false).unwrap().to_string();
        assert!(problem.contains(" + 1 buffers' rings 16MiB, allowed at least 84MiB, "), "{problem}");
    }

    #[test]
    fn a_source_that_unpacks_counts() {
        let mut config = config("175MiB");
        assert_eq!(check(&config, 2, false), None);
        let Source::File(file) = &mut config.sources[0].spec else { unreachable!() };
        file.compression = Compression::Auto;
        let problem = check(&config, 2, false).unwrap().to_string();
        assert!(problem.contains(" + 1 sources that unpack 36MiB + "), "{problem}");
    }

    #[test]
    fn the_state_map_counts_where_a_filter_asks_for_it() {
        let problem = check(&config("200MiB"), 2, true).unwrap().to_string();
        assert!(problem.contains(" + the state map 65MiB + "), "{problem}");
        assert_eq!(check(&config("205MiB"), 2, true), None);
    }
}
