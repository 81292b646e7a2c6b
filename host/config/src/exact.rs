//! What exact delivery asks of what is around a sink: that all that leads to it can be read again from any place, and that
//! no other sink writes its file. Not for what the sink itself must be like.

use crate::problem::Position;
use crate::reader::Context;
use crate::{FileSink, Named, Pipeline, ReadFrom, Sink, Source};

/// Reports sources that an exact sink can't have, and sinks that it can't have beside it.
pub(crate) fn check(
    context: &Context,
    sources: &[Named<Source>],
    sinks: &[Named<Sink>],
    pipelines: &[Named<Pipeline>],
) {
    for sink in sinks {
        let Sink::File(FileSink { exactly_once: true, path, .. }) = sink.spec.destination() else { continue };
        if !matches!(sink.spec, Sink::File(_)) {
            let allowed = "none: it takes records before the file has them, and out of the lanes' sight";
            report(context, sink, "a buffer before it", allowed);
        }
        for source in sources.iter().filter(|source| leads_to(source, sink, pipelines)) {
            let Some((what, allowed)) = obstacle(&source.spec) else { continue };
            report(context, sink, &format!("{what}, {}", source.name), allowed);
        }
        let writes_it =
            |other: &&Named<Sink>| matches!(other.spec.destination(), Sink::File(file) if file.path == *path);
        if let Some(other) = sinks.iter().filter(writes_it).find(|other| other.name != sink.name) {
            let what = format!("another sink of the same file, {}", other.name);
            report(context, sink, &what, "a file of its own: of others' records none is to be cut off");
        }
    }
}

fn leads_to(source: &Named<Source>, sink: &Named<Sink>, pipelines: &[Named<Pipeline>]) -> bool {
    let mut specs = pipelines.iter().map(|pipeline| &pipeline.spec);
    specs.any(|pipeline| pipeline.from.contains(&source.name) && pipeline.all_sinks().any(|name| *name == sink.name))
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

fn report(context: &Context, sink: &Named<Sink>, what: &str, allowed: &str) {
    let key = format!("sinks.{}.exactly_once", sink.name);
    let position = context.positions.exactly(&key).unwrap_or(Position::START);
    context.report(position, &key, &format!("true, and {what}"), allowed);
}
