//! Regular files: appended to, shared by lanes, mended.

use super::*;
use crate::fixture::{Lane, Line};
use std::fs::{read, write};
use std::time::Duration;

fn config(path: &Path, encoding: Encoding) -> FileConfig {
    let flush = Flush { max_records: 1, max_age: Duration::from_secs(60) };
    FileConfig { name: "out".into(), path: path.to_owned(), encoding, flush }
}

fn open(path: &Path, encoding: Encoding) -> FileTarget {
    FileTarget::open(config(path, encoding), Arc::default()).unwrap()
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
fn a_full_disk_is_an_error_and_confirms_nothing() {
    let mut lane = Lane::new();
    let output = Output::new("/dev/full".into(), append(Path::new("/dev/full"), false).unwrap(), true, false);
    let way = Way::Inline { output: Arc::new(output), meter: Arc::default(), encoding: Encoding::Raw };
    let mut sink = way.lane(config(Path::new(""), Encoding::Raw).flush);
    let error = sink.deliver(lane.batch(&[Line::new("x")])).unwrap_err();
    assert_eq!(error.to_string(), "/dev/full: write");
    drop(sink);
    assert_eq!(lane.returned(), [true]);
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
