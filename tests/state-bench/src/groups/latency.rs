//! How long single operations take, in a pass of its own, since looking at the clock takes as long as some of them.

use crate::bench::{Bench, Filled};
use crate::go::{MAPS, Request, file_name};
use crate::grid::{Grid, median, reported};
use crate::peers::PEERS;
use crate::store::Times;
use crate::workload::{Mix, Skew, Streams};
use anyhow::Context;
use hdrhistogram::Histogram;
use logagent_measure::stats::{Contender, number, rounds};
use logagent_measure::table::Target;
use std::hint::black_box;
use std::sync::Barrier;
use std::thread::scope;
use std::time::Instant;

const THREADS: usize = 2;

/// Chunks that each thread times in a round; Go's program has the same constant.
const CHUNKS: usize = 100;

/// p50, p99 and p99.9 of gets, and of sets, in nanoseconds.
type Figures = [[f64; 3]; 2];

pub(crate) fn measure(bench: &Bench) -> anyhow::Result<Vec<Grid>> {
    let names = PEERS.iter().map(|peer| peer.name).chain(["Go sync.Map", "Go RWMutex"]);
    let head = ["what"].into_iter().chain(names).chain(["ours is", "bar", ""]);
    let mut grid = Grid::new("ns an operation, 2 threads, 1 M entries", head);
    for sets in [10, 50] {
        for skew in [Skew::Uniform, Skew::Zipf] {
            let all = run(bench, Mix { sets }, bench.streams(skew))?;
            lines(&format!("{}, {}", Mix { sets }.name(), skew.name()), &all).into_iter().for_each(|it| grid.push(it));
        }
    }
    Ok(vec![grid.note(format!(
        "looking at the clock is in all of them: {:.0} ns of each; Go's own clock costs what it costs",
        clock_ns()
    ))])
}

fn run(bench: &Bench, mix: Mix, streams: &Streams) -> anyhow::Result<Vec<Vec<Figures>>> {
    let mut contenders: Vec<Contender<'_, Figures>> = Vec::new();
    for filled in bench.filled() {
        contenders.push(Box::new(move || Ok(figures(filled, mix, streams))));
    }
    let go = bench.go()?;
    for map in MAPS {
        let skew = file_name(streams);
        let request = Request { what: "latency", map, skew, threads: THREADS, sets: mix.sets, ms: 0 };
        contenders.push(Box::new(move || {
            let answer = go.ask(&request)?;
            Ok([answer.gets.context("no latencies of gets")?, answer.sets.context("no latencies of sets")?])
        }));
    }
    rounds(bench.rounds, contenders)
}

fn figures(filled: &Filled, mix: Mix, streams: &Streams) -> Figures {
    let start = Barrier::new(THREADS);
    let times = scope(|scope| {
        let timed = |stream| {
            let start = &start;
            scope.spawn(move || {
                let mut times = Times::new();
                start.wait();
                let chunks = crate::workload::Stream::chunks(stream).take(CHUNKS);
                chunks.for_each(|chunk| filled.map.time(mix, chunk, &mut times));
                times
            })
        };
        let threads: Vec<_> = streams.threads[..THREADS].iter().map(timed).collect();
        let mut all = Times::new();
        threads.into_iter().for_each(|thread| all.add(&thread.join().expect("it panicked; what it says is above")));
        all
    });
    [&times.gets, &times.sets].map(quantiles)
}

fn quantiles(histogram: &Histogram<u64>) -> [f64; 3] {
    [0.5, 0.99, 0.999].map(|quantile| number(histogram.value_at_quantile(quantile)))
}

fn lines(case: &str, all: &[Vec<Figures>]) -> Vec<Vec<String>> {
    let mut lines = Vec::new();
    for (operation, name) in ["get", "set"].into_iter().enumerate() {
        for (at, quantile) in ["p50", "p99", "p99.9"].into_iter().enumerate() {
            let pick = |rounds: &Vec<Figures>| median(&rounds.iter().map(|it| it[operation][at]).collect::<Vec<_>>());
            let medians: Vec<f64> = all.iter().map(pick).collect();
            let rank = 1 + medians.iter().filter(|other| **other < medians[0]).count();
            let mut line = vec![format!("{case}: {name} {quantile}")];
            line.extend(medians.iter().map(|ns| format!("{ns:.0}")));
            line.push(format!("number {rank}"));
            #[expect(clippy::cast_precision_loss, reason = "of eight")]
            line.extend(if at == 2 { Target::at_most(rank as f64, 2.0, "nd").cells() } else { reported() });
            lines.push(line);
        }
    }
    lines
}

/// The least that two looks at the clock are apart.
fn clock_ns() -> f64 {
    const LOOKS: u32 = 100_000;
    let started = Instant::now();
    for _ in 0..LOOKS {
        black_box(Instant::now());
    }
    started.elapsed().as_secs_f64() * 1e9 / f64::from(LOOKS)
}
