//! The parts of an agent that take memory, and what each may take. Errs upwards: what is shared or never used counts.

use super::FilterFacts;
use crate::wiring::state::options;
use logagent_config::{Compression, Config, Filter, Named, Pipeline, Shed, Sink, Source};

/// The program itself, its threads' stacks, and the engine.
const AGENT_BYTES: usize = 32 << 20;

/// The compiled code of a component, beside its size. The standard filters' is five to eight times as large.
const CODE: usize = 8;

/// What compiling takes, beside a component's size, of which the allocator gives nothing back: 50 to 60 times for the
/// standard filters.
const COMPILING: usize = 64;

/// What a lane's end of a sink encodes into, and what it has on its way to a thread of its own.
const SINK_BYTES: usize = 2 << 20;

/// What a source may take that unpacks files: four at a time, each with the largest window that zstd's format asks of a
/// decoder (RFC 8878), and as much again for its tables and buffers as is left of nine megabytes.
const UNPACKING_BYTES: usize = 4 * (9 << 20);

/// One part of the sum.
pub(super) struct Part {
    pub(super) what: String,
    pub(super) bytes: usize,
}

fn part(what: impl Into<String>, bytes: usize) -> Part {
    Part { what: what.into(), bytes }
}

/// All of them; those that take nothing are left out.
pub(super) fn parts(config: &Config, lanes: usize, facts: &[FilterFacts]) -> Vec<Part> {
    let mut parts = vec![
        part("the agent", AGENT_BYTES),
        part(format!("{lanes} rings"), lanes * config.memory.ring_bytes),
        part(format!("{} sinks", config.sinks.len()), lanes * config.sinks.len() * SINK_BYTES),
    ];
    parts.extend(buffers(config, lanes));
    parts.push(unpacking(config));
    parts.push(state(config, facts));
    parts.extend(components(facts));
    parts.extend(filters(config, lanes, facts));
    parts.retain(|part| part.bytes > 0);
    parts
}

/// What the sink behind a buffer has not confirmed is in a ring of the buffer's own: one for all lanes behind a disk, one
/// for each lane in memory.
fn buffers(config: &Config, lanes: usize) -> [Part; 2] {
    let sinks = || config.sinks.iter().map(|sink| &sink.spec);
    let on_disk = sinks().filter(|sink| matches!(sink, Sink::Buffered(..))).count();
    let in_memory: Vec<usize> = sinks().filter_map(|sink| shed_bytes(config, sink)).collect();
    let shed_bytes = lanes * in_memory.iter().sum::<usize>();
    [
        part(format!("{on_disk} buffers' rings"), on_disk * config.memory.ring_bytes),
        part(format!("{lanes} × {} buffers that shed", in_memory.len()), shed_bytes),
    ]
}

fn shed_bytes(config: &Config, sink: &Sink) -> Option<usize> {
    let Sink::Shedding(_, Shed { max_bytes, .. }) = sink else { return None };
    // A piece in it counts for a kibibyte at least, and the lists of what is on its way take less than that for each.
    Some(2 * max_bytes.unwrap_or(config.memory.ring_bytes))
}

fn unpacking(config: &Config) -> Part {
    let unpacks =
        |source: &&Named<Source>| matches!(&source.spec, Source::File(file) if file.compression == Compression::Auto);
    let count = config.sources.iter().filter(unpacks).count();
    part(format!("{count} sources that unpack"), count * UNPACKING_BYTES)
}

/// The map, where a filter asks for it, with what it needs for itself. A snapshot copies one shard at a time.
fn state(config: &Config, facts: &[FilterFacts]) -> Part {
    let copy = config.state.budget / config.state.shards.max(1) as usize;
    let bytes = config.state.budget + options(&config.state).bookkeeping_bytes() + copy;
    part("the state map", if facts.iter().any(|facts| facts.uses_state) { bytes } else { 0 })
}

/// Their code, and the compiling of the largest: they are compiled one after the other.
fn components(facts: &[FilterFacts]) -> [Part; 2] {
    let all = || facts.iter().flat_map(|facts| facts.component_bytes);
    let largest = all().max().unwrap_or_default();
    [part("components", CODE * all().sum::<usize>()), part("compiling the largest", COMPILING * largest)]
}

/// Each filter's instances and table, and room for the largest to be replaced: then both generations are there.
fn filters(config: &Config, lanes: usize, facts: &[FilterFacts]) -> Vec<Part> {
    let mut largest = 0;
    let mut parts = Vec::new();
    for (filter, facts) in config.filters.iter().zip(facts) {
        let instances = lanes * config.pipelines.iter().map(|pipeline| uses(pipeline, filter)).sum::<usize>();
        let count =
            if filter.spec.canary.is_some() || filter.spec.shadow.is_some() { 2 * instances } else { instances };
        let each = instance_bytes(&filter.spec, *facts);
        largest = largest.max((count + 1) * each + facts.table_bytes);
        parts.push(part(format!("{count} × filter {}", filter.name), count * each));
        parts.push(part(format!("the table of {}", filter.name), facts.table_bytes));
    }
    parts.push(part("a filter's next generation, beside it", largest));
    parts
}

/// Its linear memory, and as much for what the host compiles for it, where it has the host search.
fn instance_bytes(filter: &Filter, facts: FilterFacts) -> usize {
    filter.limits.memory * if facts.searches_records { 2 } else { 1 }
}

fn uses(pipeline: &Named<Pipeline>, filter: &Named<Filter>) -> usize {
    pipeline.spec.through.iter().filter(|name| **name == filter.name).count()
}
