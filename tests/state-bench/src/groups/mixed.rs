//! Gets and sets in three mixes, uniform and skewed, by one thread and several.

use crate::bench::{Bench, THREADS};
use crate::drive::rate;
use crate::go::{MAPS, Request, file_name};
use crate::grid::{Grid, Rounds, judged, median, ratio};
use crate::peers::PEERS;
use crate::workload::{Mix, Skew};
use logagent_measure::stats::{Contender, rounds};
use logagent_measure::table::Target;

/// Of how many sets in 100 operations; and what ours must reach of the best Rust peer's rate with two threads.
const MIXES: [(Mix, f64); 3] = [(Mix { sets: 10 }, 1.0), (Mix { sets: 1 }, 1.0), (Mix { sets: 50 }, 0.9)];

/// What ours must reach of Go's `sync.Map` at 90/10.
const GO_BAR: f64 = 4.0;

#[derive(Clone, Copy)]
struct Case {
    mix: Mix,
    bar: f64,
    skew: Skew,
    threads: usize,
}

pub(crate) fn measure(bench: &Bench) -> anyhow::Result<Vec<Grid>> {
    let names = PEERS.iter().map(|peer| peer.name).chain(["Go sync.Map", "Go RWMutex"]);
    let judgement = ["to the best in Rust", "bar", "", "to sync.Map", "bar", ""];
    let mut grid = Grid::new("Mops/s, 1 M entries", ["what"].into_iter().chain(names).chain(judgement));
    for (mix, bar) in MIXES {
        for skew in [Skew::Uniform, Skew::Zipf] {
            for threads in THREADS {
                let case = Case { mix, bar, skew, threads };
                grid.push(case.line(&case.run(bench)?));
            }
        }
    }
    Ok(vec![grid])
}

impl Case {
    /// Each map's rates, Go's at the end.
    fn run(self, bench: &Bench) -> anyhow::Result<Vec<Rounds>> {
        let streams = bench.streams(self.skew);
        let mut contenders: Vec<Contender<'_>> = Vec::new();
        for filled in bench.filled() {
            let work = move || filled.map.mixed(self.mix);
            contenders.push(Box::new(move || Ok(rate(streams, self.threads, bench.time, &work))));
        }
        let go = bench.go()?;
        for map in MAPS {
            let request = Request {
                what: "rate",
                map,
                skew: file_name(streams),
                threads: self.threads,
                sets: self.mix.sets,
                ms: bench.time.as_millis(),
            };
            contenders.push(Box::new(move || Ok(go.ask(&request)?.mops)));
        }
        rounds(bench.rounds, contenders)
    }

    fn line(self, all: &[Rounds]) -> Vec<String> {
        let (ours, peers) = (&all[0], &all[1..PEERS.len()]);
        let names = PEERS[1..].iter().map(|peer| peer.name).collect::<Vec<_>>();
        let is_judged = self.threads == 2;
        let to_go = ratio(ours, &all[PEERS.len()]);
        let to_go_bar = (is_judged && self.mix.sets == 10).then(|| Target::at_least(to_go, GO_BAR, "×"));
        let mut line = vec![format!("{}, {}, {} threads", self.mix.name(), self.skew.name(), self.threads)];
        line.extend(all.iter().map(|rounds| format!("{:.1}", median(rounds))));
        line.extend(judged(ours, peers, &names, is_judged.then_some(self.bar)));
        line.push(format!("{to_go:.2}"));
        line.extend(to_go_bar.map_or_else(crate::grid::reported, |bar| bar.cells()));
        line
    }
}
