//! What an entry takes: the growth of a process's proportional memory while its one map is filled, by the entries.
//! Each map has a process of its own, so that none gets what another gave back. Nothing is reserved beforehand.

use crate::bench::Bench;
use crate::go::{Go, MAPS, Request};
use crate::grid::{Grid, reported};
use crate::peers::PEERS;
use crate::workload::{ENTRIES, keys};
use anyhow::{Context, ensure};
use logagent_measure::stats::number;
use logagent_measure::table::Target;
use std::env::current_exe;
use std::fs::read_to_string;
use std::process::Command;

/// How much more than the smallest ours may take.
const BAR: f64 = 1.2;

/// Just before hashbrown's tables double, which they do at 7/8 of 2^20: the best that those maps can show.
const BEST_FOR_TABLES: usize = 900_000;

pub(crate) fn measure(bench: &Bench) -> anyhow::Result<Vec<Grid>> {
    let names = PEERS.iter().map(|peer| peer.name).chain(["Go sync.Map", "Go RWMutex"]);
    let head = ["what"].into_iter().chain(names).chain(["to the smallest", "bar", ""]);
    let mut grid = Grid::new("bytes an entry (key 16, value 64)", head);
    for entries in [ENTRIES, BEST_FOR_TABLES] {
        let mut all =
            PEERS.iter().map(|peer| in_own_process(peer.name, entries)).collect::<anyhow::Result<Vec<_>>>()?;
        for map in MAPS {
            let request = Request { what: "memory", map, skew: String::new(), threads: 1, sets: 0, ms: 0 };
            let bytes = number(Go::start(bench)?.ask(&request)?.bytes) / number(ENTRIES as u64);
            all.push(if entries == ENTRIES { bytes } else { f64::NAN });
        }
        grid.push(line(entries, &all));
    }
    Ok(vec![grid.note("PSS, in a process of its own for each map; what hashbrown's tables take depends on the count")])
}

fn line(entries: usize, all: &[f64]) -> Vec<String> {
    let smallest = all[1..].iter().copied().fold(f64::INFINITY, f64::min);
    let ratio = all[0] / smallest;
    let mut line = vec![format!("{entries} entries")];
    line.extend(all.iter().map(|bytes| if bytes.is_nan() { "–".to_owned() } else { format!("{bytes:.0}") }));
    line.push(format!("{ratio:.2}"));
    line.extend(if entries == ENTRIES { Target::at_most(ratio, BAR, "×").cells() } else { reported() });
    line
}

fn in_own_process(name: &str, entries: usize) -> anyhow::Result<f64> {
    let mut command = Command::new(current_exe()?);
    let output = command.args(["--bytes-of", name, "--entries", &entries.to_string()]).output()?;
    ensure!(output.status.success(), "{name}: {}: {}", output.status, String::from_utf8_lossy(&output.stderr));
    let bytes: u64 = String::from_utf8(output.stdout)?.trim().parse()?;
    Ok(number(bytes) / number(entries as u64))
}

/// The bytes that this many entries take in the map of that name, in this process.
pub(crate) fn bytes_of(name: &str, entries: usize) -> anyhow::Result<u64> {
    let peer = PEERS.iter().find(|peer| peer.name == name).with_context(|| format!("no map is called {name}"))?;
    let keys = keys();
    ensure!(entries <= keys.len(), "at most {} entries, not {entries}", keys.len());
    let before = pss_bytes()?;
    let map = (peer.store)();
    map.fill(&keys[..entries]);
    let after = pss_bytes()?;
    drop(map);
    Ok(after.saturating_sub(before))
}

fn pss_bytes() -> anyhow::Result<u64> {
    let rollup = read_to_string("/proc/self/smaps_rollup")?;
    let line = rollup.lines().find(|line| line.starts_with("Pss:")).context("no Pss in smaps_rollup")?;
    let kib: u64 = line.split_ascii_whitespace().nth(1).context("no figure behind Pss")?.parse()?;
    Ok(kib * 1024)
}
