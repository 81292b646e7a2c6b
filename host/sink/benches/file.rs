//! What `Mode`'s default was chosen by: `writev` against `mmap`, from `deliver` to the confirmation, into a file of
//! tmpfs and one on a disk (`LOGAGENT_BENCH_DIR`, by default the working directory), by the size of a flush. `total` is
//! 8 MiB of flushes, which decides; `each` is one, most of which meet no new mapping.

#[path = "../src/fixture.rs"]
mod fixture;

use divan::Bencher;
use divan::counter::BytesCount;
use fixture::{Lane, Line};
use logagent_component::{Delivery, Sink};
use logagent_sink::{FileConfig, FileTarget, Fsync, Mode};
use std::cell::Cell;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// Far more than the caches hold, far less than the memory does.
const FILE_BYTES: u64 = 256 << 20;

/// What a mapping takes at once, so that each run of the `total` ones has its share of that.
const TOTAL_BYTES: usize = 8 << 20;

const SIZES: [usize; 3] = [4 << 10, 64 << 10, 512 << 10];

fn main() {
    divan::main();
}

#[derive(Clone, Copy)]
struct Case {
    bytes: usize,
    mode: Mode,
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} KiB, {:?}", self.bytes >> 10, self.mode)
    }
}

fn cases() -> Vec<Case> {
    SIZES.iter().flat_map(|&bytes| [Mode::Writev, Mode::Mmap].map(|mode| Case { bytes, mode })).collect()
}

fn disk_directory() -> PathBuf {
    std::env::var_os("LOGAGENT_BENCH_DIR").map_or_else(|| ".".into(), Into::into)
}

/// A file that is begun anew, untimed, before it grows too large.
struct Growing {
    target: FileTarget,
    path: PathBuf,
    bytes: Cell<u64>,
    _directory: tempfile::TempDir,
}

impl Growing {
    fn make(directory: PathBuf, mode: Mode, fsync: Fsync) -> Self {
        let directory = tempfile::tempdir_in(directory).unwrap();
        let path = directory.path().join("out");
        let config = FileConfig { mode, fsync, ..FileConfig::new("out", &path) };
        let target = FileTarget::open(config, Arc::default()).unwrap();
        Self { target, path, bytes: Cell::new(0), _directory: directory }
    }

    fn trim(&self, bytes: u64) {
        self.bytes.set(self.bytes.get() + bytes);
        if self.bytes.get() > FILE_BYTES {
            std::fs::remove_file(&self.path).unwrap();
            self.target.reopen().unwrap();
            self.bytes.set(0);
        }
    }
}

fn again(delivery: &Delivery) -> Delivery {
    Delivery {
        span: delivery.span.clone(),
        table: delivery.table.clone(),
        streams: delivery.streams.clone(),
        ..*delivery
    }
}

/// Times runs of so many flushes.
fn run(bencher: Bencher<'_, '_>, directory: PathBuf, case: Case, flushes: usize, fsync: Fsync) {
    let file = Growing::make(directory, case.mode, fsync);
    let mut lane = Lane::of(4 << 20);
    let delivery = lane.batch(&vec![Line::new(vec![b'x'; 255]); case.bytes / 256]);
    let mut sink: Box<dyn Sink> = file.target.lane();
    let bytes = delivery.bytes * flushes as u64;
    let prepared = || {
        file.trim(bytes);
        (0..flushes).map(|_| again(&delivery)).collect::<Vec<_>>()
    };
    let bencher = bencher.counter(BytesCount::new(bytes)).with_inputs(prepared);
    bencher.bench_local_refs(|deliveries| {
        deliveries.drain(..).for_each(|delivery| sink.deliver(delivery).unwrap());
    });
}

#[divan::bench(args = cases(), sample_count = 100, sample_size = 1)]
fn total_tmpfs(bencher: Bencher<'_, '_>, case: Case) {
    run(bencher, "/dev/shm".into(), case, TOTAL_BYTES / case.bytes, Fsync::Never);
}

#[divan::bench(args = cases(), sample_count = 100, sample_size = 1)]
fn total_disk(bencher: Bencher<'_, '_>, case: Case) {
    run(bencher, disk_directory(), case, TOTAL_BYTES / case.bytes, Fsync::Never);
}

#[divan::bench(args = cases(), sample_count = 400, sample_size = 1)]
fn each_tmpfs(bencher: Bencher<'_, '_>, case: Case) {
    run(bencher, "/dev/shm".into(), case, 1, Fsync::Never);
}

#[divan::bench(args = cases(), sample_count = 400, sample_size = 1)]
fn each_disk(bencher: Bencher<'_, '_>, case: Case) {
    run(bencher, disk_directory(), case, 1, Fsync::Never);
}

#[divan::bench(args = cases(), sample_count = 100, sample_size = 1)]
fn each_synced_disk(bencher: Bencher<'_, '_>, case: Case) {
    run(bencher, disk_directory(), case, 1, Fsync::Batch);
}
