//! logrotate itself rotates a log that is written at 50 MB/s.

use logagent_testkit::{Oracle, until};
use logagent_tests::{Agent, Ended, Place, lines};
use std::collections::HashSet;
use std::fs::{File, metadata};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
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
/// Each begins with its number.
const NUMBER_BYTES: usize = 12;
/// Whole lines, in one write(2): what is cut between two writes is no part of a line.
const LINES_PER_WRITE: usize = 320;

const ROTATIONS: usize = 3;
/// Between two rotations at least.
const PAUSE: Duration = Duration::from_millis(300);
/// `dateext` knows no less than a second.
const DATED_PAUSE: Duration = Duration::from_millis(1100);
/// Between two looks at what is delivered.
const SHORT: Duration = Duration::from_millis(1);

/// So many lines may wait to be delivered: where the agent is slow, the log must not fill the disk, nor be as long again as
/// before when the agent sees that it was cut.
const MOST_UNDELIVERED: u64 = 50_000;

/// What the writer has come to.
#[derive(Default)]
struct Written {
    /// The number of its next line.
    next: AtomicU64,
    /// The file into which that goes.
    inode: AtomicU64,
    is_over: AtomicBool,
}

/// Ends the writer, also where the test fails.
struct End<'a>(&'a Written);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.is_over.store(true, Ordering::Relaxed);
    }
}

/// What a run with rotations made of its lines.
struct Rotated {
    oracle: Oracle,
    out: Vec<u8>,
    ended: Ended,
}

/// Writes until it is told to stop, and opens the log again where its name leads to another file, or to none if it `creates`
/// it. (Where logrotate does, it moves away what it finds in its new file's place.) Each file has an order of its own.
fn write(place: &Place, creates: bool, written: &Written) -> Oracle {
    let (mut oracle, mut file, mut number, mut opened) = (Oracle::default(), place.open("app.log"), 0_u64, 0);
    let started = Instant::now();
    let mut writes = 0;
    let bytes_per_write = u32::try_from(LINES_PER_WRITE * LINE_BYTES).expect("a small one");
    while !written.is_over.load(Ordering::Relaxed) {
        let inode = file.metadata().expect("an open file").ino();
        if metadata(place.path("app.log")).map_or(creates, |now| now.ino() != inode) {
            file = place.open("app.log");
            opened += 1;
        }
        let stream = opened.to_string();
        let mut bytes = Vec::new();
        for _ in 0..LINES_PER_WRITE {
            let line = format!("{number:012} {}", "x".repeat(LINE_BYTES - 14));
            number += 1;
            bytes.extend_from_slice(line.as_bytes());
            bytes.push(b'\n');
            oracle.expect(&stream, line);
        }
        file.write_all(&bytes).expect("a file");
        written.inode.store(file.metadata().expect("an open file").ino(), Ordering::Relaxed);
        written.next.store(number, Ordering::Release);
        // Of a log that was cut, what was not delivered may never be.
        let is_cut = || file.metadata().expect("an open file").len() == 0;
        while number > delivered(place) + MOST_UNDELIVERED && !is_cut() && !written.is_over.load(Ordering::Relaxed) {
            sleep(SHORT);
        }
        writes += 1;
        let due = started + Duration::from_secs(1) * bytes_per_write / BYTES_PER_SECOND * writes;
        sleep(due.saturating_duration_since(Instant::now()));
    }
    oracle
}

/// The number behind that of the output's last line: so many are delivered, where none was lost.
fn delivered(place: &Place) -> u64 {
    let Ok(out) = File::open(place.path("out")) else { return 0 };
    let lines = out.metadata().expect("an open file").len() / LINE_BYTES as u64;
    let Some(last) = lines.checked_sub(1) else { return 0 };
    let mut number = [0; NUMBER_BYTES];
    out.read_exact_at(&mut number, last * LINE_BYTES as u64).expect("it does not shrink");
    std::str::from_utf8(&number).ok().and_then(|number| number.parse::<u64>().ok()).map_or(0, |last| last + 1)
}

/// Waits until many lines are delivered that were written into the log as it is now. One that is rotated away before anybody has
/// seen it is no one's.
fn until_followed(place: &Place, written: &Written) {
    until("the writer has the log that is there now", || {
        let inode = written.inode.load(Ordering::Relaxed);
        metadata(place.path("app.log")).is_ok_and(|log| log.ino() == inode)
    });
    let next = written.next.load(Ordering::Acquire);
    until("its lines are delivered", || delivered(place) > next + 2 * MOST_UNDELIVERED);
}

/// Follows the log while logrotate rotates it with these directives; `None` where there is no logrotate. Ends when as many
/// lines are delivered as were written, or, where some may be lost, when the last line is.
fn rotate(directives: &str, is_lossless: bool) -> Option<Rotated> {
    let place = Place::new(CONFIG);
    let log = place.path("app.log").display().to_string();
    place.write("logrotate.conf", format!("{log} {{\n rotate 10\n {directives}\n}}\n"));
    place.write("app.log", "");
    let agent = Agent::follow(&place);
    let written = Written::default();
    let pause = if directives.contains("dateext") { DATED_PAUSE } else { PAUSE };
    let oracle = std::thread::scope(|scope| {
        let end = End(&written);
        let writer = scope.spawn(|| write(&place, directives == "nocreate", &written));
        let rotated = (0..ROTATIONS).all(|_| {
            sleep(pause);
            until_followed(&place, &written);
            logrotate(&place)
        });
        sleep(pause);
        until_followed(&place, &written);
        drop(end);
        let oracle = writer.join().expect("no panic");
        rotated.then_some(oracle)
    })?;
    let lines = oracle.count() as u64;
    until(&format!("all is delivered, with {directives}"), || match is_lossless {
        true => metadata(place.path("out")).is_ok_and(|out| out.len() >= lines * LINE_BYTES as u64),
        false => delivered(&place) == lines,
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
