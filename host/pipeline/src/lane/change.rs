//! Going over to another graph.

use super::{Lane, LaneError};
use crate::graph::Graph;
use crate::succession::Change;

impl Lane {
    /// Ends the streams of sources that are gone.
    pub(super) fn end_streams(&mut self) {
        let sources = &self.graph.sources;
        self.streams.end_where(|source| sources[source].is_gone, &self.open);
    }

    /// Goes over to the next graph, between two batches.
    pub(super) fn change(&mut self, Change { next, done }: Change) -> Result<(), LaneError> {
        // Records of a source that goes were read under the old graph.
        while !self.open.is_empty() {
            self.close()?;
        }
        // What retired sinks hold back must go out, and new ones may lead to the same file.
        self.flush(|_| true)?;
        let empty = Graph { show_records: self.graph.show_records, ..Graph::empty(self.graph.dead_letters.clone()) };
        let graph = std::mem::replace(&mut self.graph, empty);
        let (graph, retired) = graph.succeed(next);
        self.graph = graph;
        self.end_streams();
        let departed = self.flights.departed();
        self.retired.extend(retired.sinks.into_iter().map(|sink| (departed, sink)));
        // Nobody waits for them any more where the agent ends just now.
        drop(done.send(retired.filters));
        Ok(())
    }
}
