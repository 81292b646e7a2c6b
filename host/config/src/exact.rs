//! What exact delivery asks of all that leads to a sink: that it can be read again from any place. Not for what the sink
//! itself must be like.

use crate::positions::Positions;
use crate::problem::Position;
use crate::reader::Context;
use crate::{Named, Pipeline, ReadFrom, Sink, Source};

/// Reports sources that an exact sink can't have.
pub(crate) fn check(
    context: &Context,
    sources: &[Named<Source>],
    sinks: &[Named<Sink>],
    pipelines: &[Named<Pipeline>],
) {
    for sink in sinks.iter().filter(|sink| is_exact(&sink.spec)) {
        let leads_there = |pipeline: &&Named<Pipeline>| pipeline.spec.all_sinks().any(|name| *name == sink.name);
        let from: Vec<&String> =
            pipelines.iter().filter(leads_there).flat_map(|pipeline| &pipeline.spec.from).collect();
        for source in sources.iter().filter(|source| from.contains(&&source.name)) {
            let Some((what, allowed)) = obstacle(&source.spec) else { continue };
            let key = format!("sinks.{}.exactly_once", sink.name);
            context.report(
                position(&context.positions, &key),
                &key,
                &format!("true, and {what}, {}", source.name),
                allowed,
            );
        }
    }
}

fn is_exact(sink: &Sink) -> bool {
    matches!(sink.destination(), Sink::File(file) if file.exactly_once)
}

/// Why what a source gives can't be had again, and what would do.
fn obstacle(source: &Source) -> Option<(&'static str, &'static str)> {
    match source {
        Source::Stdin(_) => {
            Some(("standard input as a source", "sources of type file alone: nothing else can be read again"))
        }
        Source::File(file) if file.read_from == ReadFrom::End => Some((
            "a source that is read from its end",
            "read_from: beginning: a file that was new would be passed over after a kill",
        )),
        Source::File(_) => None,
    }
}

fn position(positions: &Positions, key: &str) -> Position {
    positions.exactly(key).unwrap_or(Position::START)
}
