//! What `Mode`'s default was chosen by: `writev` against `mmap`, from `deliver` to the confirmation, into a file of
//! tmpfs and one on a disk (`LOGAGENT_BENCH_DIR`, by default the working directory), by the size of a flush; and the
//! same where each flush must reach the disk.

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

fn run(bencher: Bencher<'_, '_>, directory: PathBuf, case: Case, fsync: Fsync) {
    let file = Growing::make(directory, case.mode, fsync);
    let mut lane = Lane::of(4 << 20);
    let delivery = lane.batch(&vec![Line::new(vec![b'x'; 255]); case.bytes / 256]);
    let mut sink: Box<dyn Sink> = file.target.lane();
    let prepared = || {
        file.trim(delivery.bytes);
        again(&delivery)
    };
    let bencher = bencher.counter(BytesCount::new(delivery.bytes)).with_inputs(prepared);
    bencher.bench_local_values(|delivery| sink.deliver(delivery).unwrap());
}

#[divan::bench(args = cases(), sample_count = 400, sample_size = 8)]
fn tmpfs(bencher: Bencher<'_, '_>, case: Case) {
    run(bencher, "/dev/shm".into(), case, Fsync::Never);
}

#[divan::bench(args = cases(), sample_count = 400, sample_size = 8)]
fn disk(bencher: Bencher<'_, '_>, case: Case) {
    run(bencher, disk_directory(), case, Fsync::Never);
}

#[divan::bench(args = cases(), sample_count = 50, sample_size = 2)]
fn synced_disk(bencher: Bencher<'_, '_>, case: Case) {
    run(bencher, disk_directory(), case, Fsync::Batch);
}
