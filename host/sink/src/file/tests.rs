//! Regular files: appended to, shared by lanes, mended. What else they can do is in the modules below.

mod exact;
mod mapped;
mod model;
mod rotated;
mod synced;

use super::*;
use crate::fixture::{Lane, Line};
use std::fs::{read, write};
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant, UNIX_EPOCH};

/// Longer than any test takes.
const HOUR: Duration = Duration::from_secs(3600);

fn config(path: &Path, encoding: Encoding) -> FileConfig {
    let flush = Flush { max_records: 1, max_age: Duration::from_secs(60) };
    FileConfig { encoding, flush, ..FileConfig::new("out", path) }
}

fn open(path: &Path, encoding: Encoding) -> FileTarget {
    FileTarget::open(config(path, encoding), Arc::default()).unwrap()
}

/// A directory, and a clock that stands still until it is told not to.
struct Place {
    directory: tempfile::TempDir,
    ms: Arc<AtomicU64>,
}

impl Place {
    fn new() -> Self {
        Self { directory: tempfile::tempdir().unwrap(), ms: Arc::new(AtomicU64::new(1_700_000_000_000)) }
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("out.log")
    }

    fn config(&self) -> FileConfig {
        FileConfig::new("out", self.path())
    }

    fn open(&self, config: FileConfig) -> FileTarget {
        let ms = self.ms.clone();
        let clock = Clock::new(move || UNIX_EPOCH + Duration::from_millis(ms.load(Relaxed)));
        FileTarget::open_by(clock, config, Arc::default()).unwrap()
    }

    fn pass(&self, ms: u64) {
        self.ms.fetch_add(ms, Relaxed);
    }

    /// All files, oldest first, the one that is written last.
    fn files(&self) -> Vec<Vec<u8>> {
        let entries = std::fs::read_dir(self.directory.path()).unwrap();
        let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        // The current one's name is a prefix of all others.
        paths.sort_by_key(|path| (*path == self.path(), path.clone()));
        paths.iter().map(|path| read(path).unwrap()).collect()
    }
}

/// Delivers lines and asserts that they were confirmed.
fn deliver(sink: &mut dyn Sink, lane: &mut Lane, bodies: &[&str]) {
    let lines: Vec<_> = bodies.iter().map(|body| Line::new(*body)).collect();
    sink.deliver(lane.batch(&lines)).unwrap();
    assert_eq!(lane.returned(), [false]);
}

/// Writes one record to the file.
fn append_one(path: &Path, encoding: Encoding) {
    let mut lane = Lane::new();
    open(path, encoding).lane().deliver(lane.batch(&[Line::new("new")])).unwrap();
    assert_eq!(lane.returned(), [false]);
}

#[test]
fn a_file_is_made_and_appended_to() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("out.log");
    append_one(&path, Encoding::Raw);
    append_one(&path, Encoding::Raw);
    assert_eq!(read(path).unwrap(), b"new\nnew\n");
}

#[test]
fn a_torn_last_line_is_ended_before_the_first_record() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("out.log");
    for (before, after) in [("", "new\n"), ("old\n", "old\nnew\n"), ("ol", "ol\nnew\n")] {
        write(&path, before).unwrap();
        drop(open(&path, Encoding::Raw));
        assert_eq!(read(&path).unwrap(), before.as_bytes(), "opening alone changes nothing");
        append_one(&path, Encoding::Raw);
        assert_eq!(read(&path).unwrap(), after.as_bytes());
    }
}

#[test]
fn formats_without_lines_are_appended_as_they_are() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("out.msgpack");
    write(&path, [0xc0]).unwrap();
    append_one(&path, Encoding::Msgpack);
    assert_eq!(read(&path).unwrap()[..2], [0xc0, 0x82]);
}

#[test]
fn a_path_that_can_not_be_opened_is_named() {
    let directory = tempfile::tempdir().unwrap();
    for path in [directory.path().join("no/such/out.log"), directory.path().to_owned()] {
        let Err(error) = FileTarget::open(config(&path, Encoding::Raw), Arc::default()) else { panic!("{path:?}") };
        assert_eq!(error.to_string(), format!("{}: open", path.display()));
    }
}

#[test]
fn a_full_disk_is_tried_again_at_its_time_and_confirms_nothing() {
    let mut lane = Lane::new();
    let meter = Arc::<SinkMeter>::default();
    let full: Box<dyn Medium + Send> = Box::new(append(Path::new("/dev/full"), false).unwrap());
    let output = Arc::new(Output::new("/dev/full".into(), full, true, false));
    let way = Way::Inline {
        output,
        meter: meter.clone(),
        encoding: Encoding::Raw,
        fsync: Fsync::Never,
        name: "out".into(),
        retry: Retry::for_ever(HOUR, HOUR),
    };
    let mut sink = way.lane(config(Path::new(""), Encoding::Raw).flush);
    sink.deliver(lane.batch(&[Line::new("x")])).unwrap();
    assert!(sink.flush_at().unwrap() > Instant::now());
    sink.flush().unwrap();
    assert_eq!((meter.health.failures.get(), meter.health.is_good()), (1, false), "it was too early for another");
    drop(sink);
    assert_eq!((lane.returned(), meter.health.is_good()), (vec![true], true));
}

#[test]
fn only_what_can_stall_gets_a_thread() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("out.log");
    write(&path, "").unwrap();
    let cases = [(path.as_path(), false), (Path::new("/dev/null"), false), (Path::new("/dev/full"), true)];
    for (path, expected) in cases {
        assert_eq!(can_stall(&path.metadata().unwrap()), expected, "{path:?}");
    }
}

#[test]
fn lanes_that_write_at_once_keep_their_records_whole() {
    const BATCHES: usize = 300;
    let directory = tempfile::tempdir().unwrap();
    for encoding in [Encoding::Raw, Encoding::Json] {
        let path = directory.path().join(format!("{encoding:?}"));
        let target = open(&path, encoding);
        std::thread::scope(|scope| {
            for body in [b'a', b'b'] {
                let mut sink = target.lane();
                scope.spawn(move || write_batches(&mut *sink, body, BATCHES));
            }
        });
        let written = String::from_utf8(read(&path).unwrap()).unwrap();
        assert_eq!(written.lines().count(), 2 * 3 * BATCHES);
        for line in written.lines() {
            let body = line.rsplit_once("\"Body\":").map_or(line, |(_, body)| &body[1..body.len() - 2]);
            let is_whole = [7, 5000, 300].contains(&body.len());
            assert!(is_whole && body.bytes().all(|byte| byte == body.as_bytes()[0]), "{line}");
        }
    }
}

/// Short and long runs, terminated and not.
fn write_batches(sink: &mut dyn Sink, body: u8, count: usize) {
    let mut lane = Lane::new();
    let unterminated = Line { is_unterminated: true, ..Line::new(vec![body; 5000]) };
    let lines = [Line::new(vec![body; 7]), unterminated, Line::new(vec![body; 300])];
    for _ in 0..count {
        sink.deliver(lane.batch(&lines)).unwrap();
        assert_eq!(lane.returned(), [false]);
    }
}
