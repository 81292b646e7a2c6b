//! What a file has after its writer was killed: all that was confirmed, and nothing but whole records once another
//! writer goes on with it. The writer is this test in a process of its own.

#[path = "../src/fixture.rs"]
mod fixture;

use fixture::{Lane, Line};
use logagent_sink::{FileConfig, FileTarget, Fsync, Mode, Rotate};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

/// Where it writes: makes this process the writer.
const PATH: &str = "LOGAGENT_TEST_KILLED_PATH";
const MODES: [(&str, Mode); 2] = [("writev", Mode::Writev), ("mmap", Mode::Mmap)];

fn config(path: impl AsRef<Path>, mode: Mode, fsync: Fsync) -> FileConfig {
    let rotate = Some(Rotate { size: Some(1 << 20), ..Rotate::default() });
    FileConfig { mode, fsync, rotate, ..FileConfig::new("out", path.as_ref()) }
}

fn line(number: usize) -> String {
    format!("{number} {}", "x".repeat(number % 500))
}

/// Writes numbered lines and says which batch is confirmed, until it is killed.
fn write_until_killed(path: &str, mode: Mode) {
    let mut sink = FileTarget::open(config(path, mode, Fsync::Never), Arc::default()).unwrap().lane();
    let mut lane = Lane::of(1 << 20);
    for batch in 0.. {
        let lines: Vec<_> = (batch * 10..batch * 10 + 10).map(|number| Line::new(line(number))).collect();
        sink.deliver(lane.batch(&lines)).unwrap();
        assert_eq!(lane.returned(), [false]);
        eprintln!("{}", batch * 10 + 10);
    }
}

#[test]
fn what_was_confirmed_is_there_after_a_kill() {
    let writer =
        std::env::var(PATH).ok().and_then(|place| place.split_once(' ').map(|(m, p)| (m.to_owned(), p.to_owned())));
    if let Some((mode, path)) = writer {
        let mode = MODES.iter().find(|(name, _)| *name == mode).unwrap().1;
        return write_until_killed(&path, mode);
    }
    for (name, mode) in MODES {
        for kill_after in [1, 70, 1500] {
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join("out.log");
            let confirmed = run_and_kill(&format!("{name} {}", path.display()), kill_after);
            go_on(&path, mode);
            check(directory.path(), confirmed);
        }
    }
}

/// Answers how many lines were confirmed.
fn run_and_kill(place: &str, kill_after: usize) -> usize {
    let mut writer = Command::new(std::env::current_exe().unwrap());
    writer.args(["--exact", "what_was_confirmed_is_there_after_a_kill", "--nocapture"]).env(PATH, place);
    let mut writer = writer.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(writer.stderr.take().unwrap()).lines().map(|line| line.unwrap().parse().unwrap());
    let first = said.nth(kill_after - 1).unwrap();
    writer.kill().unwrap();
    writer.wait().unwrap();
    said.last().unwrap_or(first)
}

fn go_on(path: &Path, mode: Mode) {
    let mut lane = Lane::new();
    let mut sink = FileTarget::open(config(path, mode, Fsync::Batch), Arc::default()).unwrap().lane();
    sink.deliver(lane.batch(&[Line::new("the end")])).unwrap();
    assert_eq!(lane.returned(), [false]);
}

fn check(directory: &Path, confirmed: usize) {
    let mut names: Vec<_> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    // `out.log` is a prefix of all others.
    names.rotate_left(1);
    let texts: Vec<_> = names.iter().map(|name| fs::read_to_string(directory.join(name)).unwrap()).collect();
    let text = texts.concat();
    let mut lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.pop(), Some("the end"));
    assert!(lines.len() >= confirmed, "{} of {confirmed}", lines.len());
    for (number, found) in lines[..confirmed].iter().enumerate() {
        assert_eq!(*found, line(number));
    }
    // What was being written when the kill came, of at most one batch.
    assert!(lines.len() <= confirmed + 20, "{} of {confirmed}", lines.len());
}
