//! How many shards it takes: ours with one lock and with thousands, and a picture of which were waited for.

use crate::bench::Bench;
use crate::drive::rate;
use crate::grid::{Grid, Rounds, median};
use crate::peers::Ours;
use crate::store::Mixed;
use crate::workload::{Mix, Skew};
use anyhow::Context;
use logagent_measure::stats::{Contender, number, rounds};
use logagent_state::{ShardHeat, heat_svg, heat_text};
use std::fs::write;

const SHARDS: [u32; 7] = [1, 4, 16, 64, 256, 1_024, 4_096];

/// Whose conflicts are drawn: the map's own number of shards.
const DRAWN: u32 = 256;

/// Half of it writes, on skewed keys: what contends most.
const MIX: Mix = Mix { sets: 50 };

/// Columns of the picture in a terminal.
const COLUMNS: usize = 64;

pub(crate) fn measure(bench: &Bench) -> anyhow::Result<Vec<Grid>> {
    let maps = SHARDS.map(|shards| (shards, Ours::with_shards(shards)));
    maps.iter().for_each(|(_, map)| map.fill(&bench.keys));
    let head = ["shards", "Mops/s, 2 threads", "8 threads", "conflicts of acquisitions"];
    let mut grid = Grid::new(format!("lock granularity, {}, {}", MIX.name(), Skew::Zipf.name()), head);
    let (two, eight) = (run(bench, &maps, 2)?, run(bench, &maps, 8)?);
    for (((shards, map), two), eight) in maps.iter().zip(two).zip(eight) {
        let rates = [two, eight].map(|rounds| format!("{:.1}", median(&rounds)));
        let [two, eight] = rates;
        grid.push(vec![shards.to_string(), two, eight, format!("{:.3} %", 100.0 * conflicts(&heat(map)))]);
    }
    let (_, drawn) = maps.iter().find(|(shards, _)| *shards == DRAWN).context("one of them is drawn")?;
    Ok(vec![grid.note(draw(bench, drawn)?)])
}

fn run(bench: &Bench, maps: &[(u32, Ours)], threads: usize) -> anyhow::Result<Vec<Rounds>> {
    let streams = bench.streams(Skew::Zipf);
    let mut contenders: Vec<Contender<'_>> = Vec::new();
    for (_, map) in maps {
        contenders.push(Box::new(move || Ok(rate(streams, threads, bench.time, &|| map.mixed(MIX)))));
    }
    rounds(bench.rounds, contenders)
}

fn heat(ours: &Ours) -> Vec<ShardHeat> {
    ours.map.shard_stats().iter().map(ShardHeat::from).collect()
}

fn conflicts(heat: &[ShardHeat]) -> f64 {
    let sum = |of: fn(&ShardHeat) -> u64| heat.iter().map(of).sum::<u64>();
    number(sum(|shard| shard.conflicts)) / number(sum(|shard| shard.acquisitions).max(1))
}

/// Writes the picture, and answers the one for a terminal.
fn draw(bench: &Bench, ours: &Ours) -> anyhow::Result<String> {
    let heat = heat(ours);
    let path = bench.directory.join("heat.svg");
    write(&path, heat_svg(&heat)).with_context(|| path.display().to_string())?;
    Ok(format!("conflicts by shard, {DRAWN} shards (also {}):\n{}", path.display(), heat_text(&heat, COLUMNS)))
}
