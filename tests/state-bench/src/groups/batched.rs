//! What a batch of records asks for in one call: a thousand keys. Peers have no such form; they are asked key by key.

use crate::bench::Bench;
use crate::drive::rate;
use crate::grid::{Grid, Rounds, median, ratio, reported};
use crate::peers::PEERS;
use crate::store::{Added, Worker};
use crate::workload::Skew;
use logagent_measure::stats::{Contender, rounds};
use logagent_measure::table::Target;

/// For a whole call of a guest; the map's part must be less.
const BAR_NS: f64 = 100.0;

/// What is called: for each peer, a maker of workers.
type Makers<'a> = Vec<Box<dyn Fn() -> Worker<'a> + Sync + 'a>>;

pub(crate) fn measure(bench: &Bench) -> anyhow::Result<Vec<Grid>> {
    let names = PEERS.iter().map(|peer| peer.name);
    let head = ["what"].into_iter().chain(names).chain(["times as fast as the best", "bar", ""]);
    let mut grid = Grid::new("ns a key and thread, 1,000 keys a call, 1 M entries", head);
    let numbers: Vec<Box<dyn Added>> = PEERS.iter().map(|peer| filled_numbers(bench, (peer.counters)())).collect();
    for skew in [Skew::Uniform, Skew::Zipf] {
        for threads in [1, 2] {
            let gets: Makers<'_> = bench.filled().iter().map(|it| boxed(|| it.map.batched_gets())).collect();
            grid.push(line("get", bench, skew, threads, &gets)?);
            let adds: Makers<'_> = numbers.iter().map(|it| boxed(|| it.batched_adds())).collect();
            grid.push(line("add", bench, skew, threads, &adds)?);
        }
    }
    Ok(vec![grid])
}

fn boxed<'a>(maker: impl Fn() -> Worker<'a> + Sync + 'a) -> Box<dyn Fn() -> Worker<'a> + Sync + 'a> {
    Box::new(maker)
}

fn filled_numbers(bench: &Bench, numbers: Box<dyn Added>) -> Box<dyn Added> {
    numbers.fill(&bench.keys);
    numbers
}

fn line(what: &str, bench: &Bench, skew: Skew, threads: usize, makers: &Makers<'_>) -> anyhow::Result<Vec<String>> {
    let streams = bench.streams(skew);
    let mut contenders: Vec<Contender<'_>> = Vec::new();
    for maker in makers {
        contenders.push(Box::new(move || Ok(rate(streams, threads, bench.time, maker))));
    }
    let all = rounds(bench.rounds, contenders)?;
    #[expect(clippy::cast_precision_loss, reason = "a few")]
    let ns = |rounds: &Rounds| 1e3 * threads as f64 / median(rounds);
    let best = 1 + crate::grid::best(&all[1..]);
    let [bar, verdict] = if threads == 1 { Target::at_most(ns(&all[0]), BAR_NS, "ns").cells() } else { reported() };
    let mut line = vec![format!("{what}, {}, {threads} threads", skew.name())];
    line.extend(all.iter().map(|rounds| format!("{:.0}", ns(rounds))));
    line.extend([format!("{:.2} × {}", ratio(&all[0], &all[best]), PEERS[best].name), bar, verdict]);
    Ok(line)
}
