//! What `COLLECT_BELOW` was chosen by: gathering runs with `writev` against collecting them in a buffer first, by
//! the runs' length, into a file of tmpfs and one on a disk (`LOGAGENT_BENCH_DIR`, by default the working
//! directory). Also a plain `write` of one buffer, which is as fast as it gets.

#[path = "../src/fixture.rs"]
mod fixture;
#[path = "../src/raw.rs"]
#[allow(dead_code, reason = "the threshold is an argument here")]
mod raw;

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use fixture::{Lane, Line};
use logagent_component::Delivery;
use std::cell::RefCell;
use std::fs::File;
use std::io::{IoSlice, Write};

const BATCH_BYTES: usize = 512 << 10;

/// Far more than the caches hold, far less than the memory does.
const FILE_BYTES: u64 = 256 << 20;

/// The records' bytes, and which of them are kept: all, so many between two that are dropped, or so many of a
/// hundred by chance.
const RUNS: [(&str, usize, Kept); 11] = [
    ("200 all", 200, Kept::Every(usize::MAX)),
    ("200 by 1", 200, Kept::Every(1)),
    ("200 by 2", 200, Kept::Every(2)),
    ("200 half", 200, Kept::Percent(50)),
    ("200 most", 200, Kept::Percent(90)),
    ("500 by 1", 500, Kept::Every(1)),
    ("1000 by 1", 1000, Kept::Every(1)),
    ("2000 by 1", 2000, Kept::Every(1)),
    ("4000 by 1", 4000, Kept::Every(1)),
    ("8000 by 1", 8000, Kept::Every(1)),
    ("16000 by 1", 16000, Kept::Every(1)),
];

#[derive(Clone, Copy)]
enum Kept {
    Every(usize),
    Percent(u64),
}

/// What shorter runs than are collected; `None`: one `write` of a buffer of that size.
const WAYS: [(&str, Option<usize>); 6] = [
    ("gather", Some(1)),
    ("mix 1K", Some(1 << 10)),
    ("mix 2K", Some(2 << 10)),
    ("mix 4K", Some(4 << 10)),
    ("collect", Some(usize::MAX)),
    ("plain", None),
];

fn main() {
    divan::main();
}

fn directory(kind: &str) -> std::path::PathBuf {
    if kind == "tmpfs" {
        return "/dev/shm".into();
    }
    std::env::var_os("LOGAGENT_BENCH_DIR").map_or_else(|| ".".into(), Into::into)
}

fn batch(lane: &mut Lane, record_bytes: usize, kept: Kept) -> Delivery {
    let mut random = 1_u64;
    let mut is_dropped = |index: usize| match kept {
        Kept::Every(count) => index % count.saturating_add(1) == count,
        Kept::Percent(percent) => {
            // Knuth's MMIX generator; its high bits are the good ones.
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (random >> 33) % 100 >= percent
        }
    };
    let line = |index| Line { is_dropped: is_dropped(index), ..Line::new(vec![b'x'; record_bytes - 1]) };
    let lines: Vec<_> = (0..BATCH_BYTES / record_bytes).map(line).collect();
    lane.batch(&lines)
}

/// A file that is emptied, untimed, before it grows too large.
struct Growing(RefCell<File>);

impl Growing {
    fn make(kind: &str) -> Self {
        Self(RefCell::new(tempfile::tempfile_in(directory(kind)).unwrap()))
    }

    fn trim(&self) {
        let mut file = self.0.borrow_mut();
        if file.metadata().unwrap().len() > FILE_BYTES {
            file.set_len(0).unwrap();
            std::io::Seek::rewind(&mut *file).unwrap();
        }
    }

    fn put(&self, mut slices: &mut [IoSlice<'_>]) -> std::io::Result<()> {
        let mut file = self.0.borrow_mut();
        while !slices.is_empty() {
            let written = file.write_vectored(slices)?;
            IoSlice::advance_slices(&mut slices, written);
        }
        Ok(())
    }
}

fn cases() -> Vec<Case> {
    RUNS.iter()
        .flat_map(|&(runs, bytes, kept)| {
            WAYS.map(|(way, collect_below)| Case { runs, bytes, kept, way, collect_below })
        })
        .collect()
}

#[derive(Clone, Copy)]
struct Case {
    runs: &'static str,
    bytes: usize,
    kept: Kept,
    way: &'static str,
    collect_below: Option<usize>,
}

impl std::fmt::Display for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}, {}", self.runs, self.way)
    }
}

#[divan::bench(args = cases(), sample_count = 200, sample_size = 4)]
fn tmpfs(bencher: Bencher<'_, '_>, case: Case) {
    run(bencher, "tmpfs", case);
}

#[divan::bench(args = cases(), sample_count = 200, sample_size = 4)]
fn disk(bencher: Bencher<'_, '_>, case: Case) {
    run(bencher, "disk", case);
}

fn run(bencher: Bencher<'_, '_>, kind: &str, case: Case) {
    let mut lane = Lane::of(4 << 20);
    let delivery = batch(&mut lane, case.bytes, case.kept);
    let file = Growing::make(kind);
    let bencher = bencher.counter(BytesCount::new(delivery.bytes)).with_inputs(|| file.trim());
    let Some(collect_below) = case.collect_below else {
        let buffer = vec![b'x'; usize::try_from(delivery.bytes).unwrap()];
        return bencher.bench_local_values(|()| file.put(&mut [IoSlice::new(black_box(&buffer))]));
    };
    let mut room = vec![0; 256 << 10];
    let deliveries = [delivery];
    let put = |slices: &mut [IoSlice<'_>]| file.put(slices);
    bencher.bench_local_values(|()| raw::write(black_box(&deliveries), &mut room, collect_below, put));
}
