//! What operations allocate, counted by the allocator.

use crate::bench::Bench;
use crate::grid::{Grid, reported};
use crate::peers::PEERS;
use crate::store::Worker;
use crate::workload::{CHUNK, Chunk, Mix, Stream};
use logagent_measure::stats::number;
use logagent_measure::table::Target;
use logagent_testkit::allocations;

const CHUNKS: usize = 100;

pub(crate) fn measure(bench: &Bench) -> anyhow::Result<Vec<Grid>> {
    let head = ["map", "get", "set of a key that is there", "add", "set of a new key", "bar", ""];
    let mut grid = Grid::new("allocations per operation", head);
    for (index, peer) in PEERS.iter().enumerate() {
        let [gets, sets, adds, inserts] = counts(bench, index);
        let mut line = vec![peer.name.to_owned()];
        line.extend([gets, sets, adds, inserts].map(|count| format!("{count:.4}")));
        let is_ours = index == 0;
        let most = gets.max(sets).max(adds);
        line.extend(if is_ours { Target::at_most(most, 0.0, "but for new keys").cells() } else { reported() });
        grid.push(line);
    }
    Ok(vec![grid])
}

/// Of gets, overwrites, adds to numbers that are there, and inserts.
fn counts(bench: &Bench, index: usize) -> [f64; 4] {
    let filled = &bench.filled()[index];
    let (stream, peer) = (&bench.streams[0].threads[0], filled.peer);
    let numbers = (peer.counters)();
    numbers.fill(&stream.keys);
    let fresh = (peer.store)();
    [
        count(filled.map.mixed(Mix { sets: 0 }), stream),
        count(filled.map.mixed(Mix { sets: 100 }), stream),
        count(numbers.adds(), stream),
        count(Box::new(|chunk: Chunk<'_>| fresh.fill(chunk.keys)), stream),
    ]
}

/// Per operation, once the first chunk has warmed the worker up.
fn count(mut work: Worker<'_>, stream: &Stream) -> f64 {
    let mut chunks = stream.chunks();
    chunks.by_ref().take(1).for_each(&mut work);
    let before = allocations();
    chunks.take(CHUNKS).for_each(&mut work);
    number(allocations() - before) / number((CHUNKS * CHUNK) as u64)
}
