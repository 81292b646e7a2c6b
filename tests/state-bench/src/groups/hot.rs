//! All threads add to the same few numbers.

use crate::bench::{Bench, THREADS};
use crate::drive::rate;
use crate::go::{MAPS, Request, file_name};
use crate::grid::{Grid, Rounds, judged, median};
use crate::peers::PEERS;
use crate::workload::Skew;
use logagent_measure::stats::{Contender, rounds};

/// What ours must reach of the best Rust peer's rate.
const BAR: f64 = 0.9;

pub(crate) fn measure(bench: &Bench) -> anyhow::Result<Vec<Grid>> {
    let names = PEERS.iter().map(|peer| peer.name).chain(["Go sync.Map", "Go RWMutex"]);
    let head = ["what"].into_iter().chain(names).chain(["to the best in Rust", "bar", ""]);
    let mut grid = Grid::new("Mops/s, adds to 64 numbers", head);
    for threads in THREADS {
        grid.push(line(threads, &run(bench, threads)?));
    }
    Ok(vec![grid.note("more threads than processors are a simulation of contention: no bar")])
}

fn run(bench: &Bench, threads: usize) -> anyhow::Result<Vec<Rounds>> {
    let streams = bench.streams(Skew::Hot);
    let mut contenders: Vec<Contender<'_>> = Vec::new();
    for peer in PEERS {
        let counters = (peer.counters)();
        contenders.push(Box::new(move || Ok(rate(streams, threads, bench.time, &|| counters.adds()))));
    }
    let go = bench.go()?;
    for map in MAPS {
        let skew = file_name(streams);
        let request = Request { what: "add", map, skew, threads, sets: 0, ms: bench.time.as_millis() };
        contenders.push(Box::new(move || Ok(go.ask(&request)?.mops)));
    }
    rounds(bench.rounds, contenders)
}

fn line(threads: usize, all: &[Rounds]) -> Vec<String> {
    let names = PEERS[1..].iter().map(|peer| peer.name).collect::<Vec<_>>();
    let mut line = vec![format!("add, {threads} threads")];
    line.extend(all.iter().map(|rounds| format!("{:.1}", median(rounds))));
    line.extend(judged(&all[0], &all[1..PEERS.len()], &names, (threads <= 2).then_some(BAR)));
    line
}
