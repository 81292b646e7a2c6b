//! logrotate itself rotates a log that is written at 50 MB/s.

use logagent_testkit::{Oracle, until};
use logagent_tests::{Agent, Ended, Place, lines};
use std::collections::HashSet;
use std::fs::{File, metadata};
use std::io::{ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

const CONFIG: &str = r"
lanes: 1
sources: { app: { type: file, include: [app.log] } }
sinks: { out: { type: file, path: out } }
pipelines: { main: { from: [app], to: [out] } }
";

const BYTES_PER_SECOND: u32 = 50_000_000;
const LINE_BYTES: usize = 200;
/// Whole lines, in one write(2): what is cut between two writes is no part of a line.
const LINES_PER_WRITE: usize = 320;

const ROTATIONS: usize = 3;
/// Between two rotations.
const PAUSE: Duration = Duration::from_millis(300);
/// `dateext` knows no less than a second.
const DATED_PAUSE: Duration = Duration::from_millis(1100);

/// A test that fails leaves a writer behind that nobody stops: it must not fill the disk.
const LONGEST: Duration = Duration::from_secs(20);

/// What a run with rotations made of its lines.
struct Rotated {
    oracle: Oracle,
    out: Vec<u8>,
    ended: Ended,
}

/// Writes until it is told to stop, and opens the log again where its name leads to another file, or to none if it `creates`
/// it. (Where logrotate does, it moves away what it finds in its new file's place.) Each file has an order of its own.
fn write(place: &Place, creates: bool, stop: &AtomicBool) -> (Oracle, String) {
    let (mut oracle, mut file, mut number, mut opened) = (Oracle::default(), place.open("app.log"), 0_u64, 0);
    let mut last = String::new();
    let started = Instant::now();
    let mut writes = 0;
    let bytes_per_write = u32::try_from(LINES_PER_WRITE * LINE_BYTES).expect("a small one");
    while !stop.load(Ordering::Relaxed) && started.elapsed() < LONGEST {
        let inode = file.metadata().expect("an open file").ino();
        if metadata(place.path("app.log")).map_or(creates, |now| now.ino() != inode) {
            file = place.open("app.log");
            opened += 1;
        }
        let stream = opened.to_string();
        let mut bytes = Vec::new();
        for _ in 0..LINES_PER_WRITE {
            last = format!("{number:012} {}", "x".repeat(LINE_BYTES - 14));
            number += 1;
            bytes.extend_from_slice(last.as_bytes());
            bytes.push(b'\n');
            oracle.expect(&stream, last.as_str());
        }
        file.write_all(&bytes).expect("a file");
        writes += 1;
        let due = started + Duration::from_secs(1) * bytes_per_write / BYTES_PER_SECOND * writes;
        sleep(due.saturating_duration_since(Instant::now()));
    }
    (oracle, last)
}

/// The last line of the output.
fn last_line(place: &Place) -> Vec<u8> {
    let Ok(mut out) = File::open(place.path("out")) else { return Vec::new() };
    let size = out.metadata().expect("an open file").len();
    out.seek(SeekFrom::Start(size.saturating_sub(LINE_BYTES as u64))).expect("a regular file");
    let mut last = Vec::new();
    out.read_to_end(&mut last).expect("a regular file");
    last.pop();
    last
}

/// Follows the log while logrotate rotates it with these directives; `None` where there is no logrotate. Ends when as many
/// bytes are delivered as were written, or, where some may be lost, when the last line is.
fn rotate(directives: &str, is_lossless: bool) -> Option<Rotated> {
    let place = Place::new(CONFIG);
    let log = place.path("app.log").display().to_string();
    place.write("logrotate.conf", format!("{log} {{\n rotate 10\n {directives}\n}}\n"));
    place.write("app.log", "");
    let agent = Agent::follow(&place);
    let stop = AtomicBool::new(false);
    let pause = if directives.contains("dateext") { DATED_PAUSE } else { PAUSE };
    let (oracle, last) = std::thread::scope(|scope| {
        let writer = scope.spawn(|| write(&place, directives == "nocreate", &stop));
        let rotated = (0..ROTATIONS).all(|_| {
            sleep(pause);
            logrotate(&place)
        });
        sleep(pause);
        stop.store(true, Ordering::Relaxed);
        let written = writer.join().expect("no panic");
        rotated.then_some(written)
    })?;
    let bytes = (oracle.count() * LINE_BYTES) as u64;
    until(&format!("all is delivered, with {directives}"), || match is_lossless {
        true => metadata(place.path("out")).is_ok_and(|out| out.len() >= bytes),
        false => last_line(&place) == last.as_bytes(),
    });
    agent.terminate();
    let ended = agent.wait();
    Some(Rotated { oracle, out: place.read("out"), ended })
}

/// Whether there is one.
fn logrotate(place: &Place) -> bool {
    let mut command = Command::new("logrotate");
    command.arg("-f").arg("-s").arg(place.path("logrotate.state")).arg(place.path("logrotate.conf"));
    // Debian keeps it where users' paths don't lead.
    let paths = std::env::var("PATH").unwrap_or_default() + ":/usr/sbin:/sbin";
    match command.env("PATH", &paths).output() {
        Ok(output) => {
            assert!(output.status.success(), "logrotate: {}", String::from_utf8_lossy(&output.stderr));
            true
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            eprintln!("skipped: logrotate is not installed");
            false
        }
        Err(error) => panic!("logrotate: {error}"),
    }
}

#[test]
fn logrotate_that_renames_loses_nothing_at_full_speed() {
    for directives in [
        "create",
        "nocreate",
        "copy",
        "create\n compress",
        "create\n compress\n delaycompress",
        "create\n dateext\n dateformat .%s",
    ] {
        let Some(rotated) = rotate(directives, true) else { return };
        rotated.oracle.judge_mixed(lines(&rotated.out)).assert_clean();
        assert_eq!(rotated.ended.done().count("sources/app/restarted"), 0, "{directives}");
    }
}

#[test]
fn logrotate_with_copytruncate_loses_at_most_what_was_written_while_it_worked() {
    let Some(rotated) = rotate("copytruncate", false) else { return };
    let findings = rotated.oracle.judge_mixed(lines(&rotated.out));
    let (invented, doubled, disordered) = (&findings.invented, &findings.doubled, &findings.disordered);
    assert!(invented.is_empty() && doubled.is_empty() && disordered.is_empty(), "{findings}");
    let restarted = rotated.ended.done().count("sources/app/restarted");
    assert_eq!(restarted, ROTATIONS as u64);
    // What is lost lies in one run for each time that the log was cut.
    let number = |line: &[u8]| String::from_utf8_lossy(&line[..12]).parse::<u64>().expect("a number");
    let lost: HashSet<u64> = findings.lost.iter().map(|(_, line)| number(line)).collect();
    let runs = lost.iter().filter(|&&number| !lost.contains(&number.wrapping_sub(1))).count();
    eprintln!("copytruncate: {} of {} lines lost, in {runs} runs", lost.len(), rotated.oracle.count());
    assert!(runs as u64 <= restarted, "{runs} runs of lost lines");
}
