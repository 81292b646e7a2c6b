//! A quick look at the map's speed while working on it; tests/state-bench compares it with others.

use logagent_state::*;
use std::hint::black_box;
use std::time::Instant;

const ENTRIES: u64 = 1_000_000;
const ROUNDS: u64 = 1_000_000;

fn key(number: u64) -> [u8; 16] {
    let mut key = [0; 16];
    key[..8].copy_from_slice(&number.to_le_bytes());
    key[8..].copy_from_slice(&number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes());
    key
}

fn resident_bytes() -> u64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap();
    text.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4096
}

fn time(what: &str, threads: u64, act: impl Fn(u64, &mut fastrand::Rng) + Sync) {
    let best = (0..3).map(|turn| run(threads, turn, &act)).min().unwrap();
    println!("{what:30} {threads} threads {:8.1} ns of processor time", best as f64 / (ROUNDS * threads) as f64);
}

fn run(threads: u64, turn: u64, act: &(impl Fn(u64, &mut fastrand::Rng) + Sync)) -> u64 {
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..threads)
            .map(|thread| {
                scope.spawn(move || {
                    let mut random = fastrand::Rng::with_seed(thread + turn * 100);
                    let start = processor_time();
                    (0..ROUNDS).for_each(|round| act(round, &mut random));
                    processor_time() - start
                })
            })
            .collect();
        all.into_iter().map(|thread| thread.join().unwrap()).sum()
    })
}

/// Nanoseconds that the calling thread has run: other work on the machine counts less than by the clock.
fn processor_time() -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    text.split(' ').next().unwrap().parse().unwrap()
}

fn main() {
    let entries = std::env::args().nth(1).map_or(ENTRIES, |entries| entries.parse().unwrap());
    let before = resident_bytes();
    let map = Map::new(Options { budget_bytes: 512 << 20, ..Options::default() }).unwrap();
    let quota = Quota { budget_bytes: 400 << 20, when_full: WhenFull::Evict };
    let ns = map.namespace("speed", quota).unwrap();
    let value = [7; 64];
    let start = Instant::now();
    (0..entries).for_each(|number| map.set(ns, &key(number), &value, &mut Call::at(UnixMs(1))).unwrap());
    println!("filled in {:?} each", start.elapsed() / u32::try_from(entries).unwrap());
    println!("{} bytes an entry resident", (resident_bytes() - before) / entries);
    let plain: std::collections::HashMap<_, _> = (0..entries).map(|number| (key(number), value)).collect();
    for threads in [1, 2] {
        time("plain map, no lock: get", threads, |_, random| {
            let mut into = Vec::with_capacity(64);
            into.extend_from_slice(plain.get(&key(random.u64(0..entries))).unwrap());
            black_box(&into);
        });
        for (what, writes) in [("100/0", 0), ("99/1", 1), ("90/10", 10), ("50/50", 50), ("0/100", 100)] {
            time(&format!("get/set {what}"), threads, |_, random| {
                let key = key(random.u64(0..entries));
                if random.u32(0..100) < writes {
                    map.set(ns, &key, &value, &mut Call::at(UnixMs(1))).unwrap();
                } else {
                    let mut into = Vec::with_capacity(64);
                    black_box(map.get(ns, &key, UnixMs(1), &mut into));
                }
            });
        }
        time("miss", threads, |_, random| {
            black_box(map.contains(ns, &key(random.u64(entries..entries * 2)), UnixMs(1)));
        });
        time("add, 64 keys", threads, |_, random| {
            map.fold(ns, &[random.u8(0..64)], Fold::Add, 1, &mut Call::at(UnixMs(1))).unwrap();
        });
    }
    many(&map, ns, entries);
}

fn many(map: &Map, ns: Namespace, entries: u64) {
    let mut random = fastrand::Rng::with_seed(1);
    let batches: Vec<Values> = (0..1_000)
        .map(|_| (0..1_000).map(|_| key(random.u64(0..entries))).collect::<Vec<_>>())
        .map(|keys| keys.iter().map(|key| Some(&key[..])).collect())
        .collect();
    let values: Values = (0..1_000).map(|_| Some(&[7; 64][..])).collect();
    let (mut scratch, mut out) = (Scratch::default(), Values::default());
    let call = &mut Call::at(UnixMs(1));
    for _ in 0..3 {
        let start = processor_time();
        batches.iter().for_each(|keys| map.get_many(ns, keys.flat(), UnixMs(1), &mut scratch, &mut out));
        println!("get_many {} ns a key", (processor_time() - start) / 1_000_000);
        let start = processor_time();
        batches.iter().for_each(|keys| map.set_many(ns, keys.flat(), values.flat(), call, &mut scratch).unwrap());
        println!("set_many {} ns a key", (processor_time() - start) / 1_000_000);
    }
}
