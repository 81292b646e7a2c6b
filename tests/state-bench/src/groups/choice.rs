//! Ways to choose a shard by a key's hash, and what it means for each that shards become more. No map takes part.

use crate::bench::Bench;
use crate::grid::Grid;
use logagent_measure::stats::{Contender, number, rounds};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::hint::black_box;
use std::time::Instant;

/// What is chosen among before growth, after our own (doubled), and after the least growth that there is.
const SHARDS: u32 = 256;
const DOUBLED: u32 = 512;
const ONE_MORE: u32 = 257;

/// Hashes that are chosen for: 32 KiB, which stay in the first cache.
const HASHES: usize = 4_096;

struct Way {
    name: &'static str,
    choose: fn(u64, u32) -> u32,
    /// Any number of shards, not only powers of two.
    takes_any: bool,
}

const WAYS: [Way; 4] = [
    Way { name: "bit mask (ours)", choose: mask, takes_any: false },
    Way { name: "modulo", choose: modulo, takes_any: true },
    Way { name: "jump consistent hash", choose: jump, takes_any: true },
    Way { name: "rendezvous", choose: rendezvous, takes_any: true },
];

pub(crate) fn measure(bench: &Bench) -> anyhow::Result<Vec<Grid>> {
    let head = ["way", "ns a choice", "moved at 256→512", "old shards that fill a new one", "moved at 256→257"];
    let mut grid = Grid::new("choice of a shard", head);
    let hashes: Vec<u64> = StdRng::seed_from_u64(1).random_iter().take(HASHES).collect();
    let contender = |way: &'static Way| -> Contender<'_> { Box::new(|| Ok(ns_a_choice(way.choose, &hashes))) };
    let times = rounds(bench.rounds, WAYS.iter().map(contender).collect())?;
    for (way, times) in WAYS.iter().zip(times) {
        let percent = |after| format!("{:.1} %", 100.0 * moved(way.choose, &hashes, after));
        grid.push(vec![
            way.name.to_owned(),
            format!("{:.2}", crate::grid::median(&times)),
            percent(DOUBLED),
            format!("{:.0}", fillers(way.choose, &hashes)),
            if way.takes_any { percent(ONE_MORE) } else { "–".to_owned() },
        ]);
    }
    Ok(vec![grid.note("one old shard means that growth locks two shards at a time; many, that it locks them all")])
}

fn mask(hash: u64, shards: u32) -> u32 {
    low(hash) & (shards - 1)
}

fn modulo(hash: u64, shards: u32) -> u32 {
    low(hash % u64::from(shards))
}

/// Lamping and Veach, "A Fast, Minimal Memory, Consistent Hash Algorithm" (2014).
fn jump(mut hash: u64, shards: u32) -> u32 {
    let (mut chosen, mut next) = (0, 0);
    while next < i64::from(shards) {
        chosen = next;
        hash = hash.wrapping_mul(2_862_933_555_777_941_757).wrapping_add(1);
        #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "as in the paper")]
        let jumped = ((chosen + 1) as f64 * ((1_i64 << 31) as f64 / ((hash >> 33) + 1) as f64)) as i64;
        next = jumped;
    }
    low(chosen.unsigned_abs())
}

/// Thaler and Ravishankar, "Using Name-Based Mappings to Increase Hit Rates" (1998): the shard whose hash with the
/// key's is the highest. Mixed as by splitmix64's last steps (Steele, Lea and Flood, OOPSLA 2014).
fn rendezvous(hash: u64, shards: u32) -> u32 {
    let weight = |shard: u32| {
        let mut mixed = hash ^ u64::from(shard + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    };
    (0..shards).max_by_key(|shard| weight(*shard)).unwrap_or(0)
}

#[expect(clippy::cast_possible_truncation, reason = "the low half is what is asked for")]
const fn low(bits: u64) -> u32 {
    bits as u32
}

fn ns_a_choice(choose: fn(u64, u32) -> u32, hashes: &[u64]) -> f64 {
    const TURNS: usize = 10;
    let started = Instant::now();
    for _ in 0..TURNS {
        // Nothing is known of the count while compiling, as in a map that grows.
        let shards = black_box(SHARDS);
        black_box(hashes.iter().fold(0, |sum, hash| sum ^ choose(*hash, shards)));
    }
    started.elapsed().as_secs_f64() * 1e9 / number((TURNS * hashes.len()) as u64)
}

/// The share of keys that are in another shard afterwards.
fn moved(choose: fn(u64, u32) -> u32, hashes: &[u64], after: u32) -> f64 {
    let count = hashes.iter().filter(|hash| choose(**hash, SHARDS) != choose(**hash, after)).count();
    number(count as u64) / number(hashes.len() as u64)
}

/// From how many old shards a new one's keys come, where the number doubles: counted for the first new one, with
/// enough keys that all that could be are seen.
fn fillers(choose: fn(u64, u32) -> u32, hashes: &[u64]) -> f64 {
    let variants =
        hashes.iter().flat_map(|hash| (0..1_024).map(move |at: u64| hash.rotate_left(17) ^ (at << 9 | at << 40)));
    let into_first = variants.filter(|hash| choose(*hash, DOUBLED) == SHARDS);
    let sources: std::collections::BTreeSet<u32> = into_first.map(|hash| choose(hash, SHARDS)).collect();
    number(sources.len() as u64)
}
