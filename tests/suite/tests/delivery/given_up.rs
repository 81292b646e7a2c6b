//! A destination that can't be written for longer than a sink waits.

use crate::logs::two_logs;
use logagent_testkit::{Mounted, Oracle, until};
use logagent_tests::{Agent, Place, Report, ctl, lines};
use serde_json::Value;
use std::fs;

fn config(buffer: &str) -> String {
    format!(
        r"
lanes: 2
sources: {{ app: {{ type: file, include: ['*.log'] }} }}
sinks: {{ out: {{ type: file, path: disk/out, retry: {{ max: 200ms, give_up: 1s }}{buffer} }} }}
pipelines: {{ main: {{ from: [app], to: [out] }} }}
"
    )
}

const BUFFER: &str = ", buffer: { type: disk, fsync: never }";

fn letters(place: &Place) -> Vec<Value> {
    let text = fs::read_to_string(place.path("data/dead_letters.jsonl")).unwrap_or_default();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// Waits until each record is written or put aside, and the agent knows it.
fn until_all_are_somewhere(place: &Place, oracle: &Oracle) {
    until("all is written or put aside", || place.count_lines("disk/out") + letters(place).len() >= oracle.count());
    until("the law counts it", || {
        let Some(report) = Report::of_running(place) else { return false };
        report.count("in_flight") + report.find("sinks/out/buffer/backlog").unwrap_or_default() == 0
    });
}

fn count(place: &Place, pointer: &str) -> u64 {
    Report::of_running(place).expect("the agent answers").count(pointer)
}

fn mounted(place: &Place, directory: &str, kib: u32) -> Option<Mounted> {
    let mounted = Mounted::new(&place.path(directory), kib);
    mounted.inspect_err(|reason| eprintln!("not tested, since only root can mount a small disk: {reason}")).ok()
}

/// Sends the letters once the disk has room; then each line is there once.
fn replay(place: &Place, disk: &Mounted, oracle: &Oracle) {
    disk.resize(64 << 10).expect("a larger disk");
    let count = letters(place).len();
    assert!(count > 0);
    let (code, out, err) = ctl(place, &["dead-letter", "replay", "--where", "reason=undeliverable"]);
    assert_eq!((code, out), (0, format!("sent: {count}, done: {count}\n")), "{err}");
    until("all is written", || place.count_lines("disk/out") >= oracle.count());
    let mut found: Vec<Vec<u8>> = lines(&place.read("disk/out")).map(Into::into).collect();
    found.sort_unstable();
    found.dedup();
    assert_eq!((found.len(), lines(&place.read("disk/out")).count()), (oracle.count(), oracle.count()));
}

#[test]
fn what_a_full_disk_did_not_take_in_time_becomes_letters_and_comes_once_when_they_are_replayed() {
    let place = Place::new(&config(""));
    let Some(disk) = mounted(&place, "disk", 1 << 10) else { return };
    let oracle = two_logs(&place);
    let agent = Agent::follow(&place);
    until_all_are_somewhere(&place, &oracle);
    let letters = letters(&place);
    assert_eq!(lines(&place.read("disk/out")).count() + letters.len(), oracle.count());
    assert_eq!(count(&place, "dead_lettered"), letters.len() as u64);
    for letter in &letters {
        let body = letter["body"].as_str().expect("text");
        let log = place.read(body.split(' ').next().expect("a log's name"));
        let at = usize::try_from(letter["position"].as_u64().expect("a position")).expect("a file's");
        assert_eq!(&log[at..at + body.len()], body.as_bytes());
        assert_eq!((&letter["sink"], &letter["kind"]), (&"out".into(), &"undeliverable".into()));
    }
    replay(&place, &disk, &oracle);
    agent.terminate();
    let ended = agent.wait();
    ended.done().assert_law();
    assert_eq!(ended.done().count("sinks/out/dead_lettered/undeliverable"), letters.len() as u64);
}

#[test]
fn where_letters_find_no_room_either_records_wait() {
    let place = Place::new(&config(""));
    let Some(disk) = mounted(&place, "disk", 1 << 10) else { return };
    let Some(data) = mounted(&place, "data", 2 << 10) else { return };
    let agent = Agent::follow(&place);
    until("the agent runs", || place.path("data/control.sock").exists());
    let oracle = two_logs(&place);
    until("both are full", || count(&place, "in_flight") > 0 && letters(&place).len() > 1000);
    data.resize(64 << 10).expect("a larger disk");
    until_all_are_somewhere(&place, &oracle);
    replay(&place, &disk, &oracle);
    agent.terminate();
    let ended = agent.wait();
    ended.done().assert_law();
    assert!(ended.stderr.contains("can't be put aside"), "{}", ended.stderr);
}

#[test]
fn what_a_sink_behind_a_buffer_gives_up_becomes_letters_too() {
    let place = Place::new(&config(BUFFER));
    let Some(disk) = mounted(&place, "disk", 1 << 10) else { return };
    let oracle = two_logs(&place);
    let agent = Agent::follow(&place);
    until_all_are_somewhere(&place, &oracle);
    assert_eq!(count(&place, "sinks/out/buffer/dead_lettered"), letters(&place).len() as u64);
    replay(&place, &disk, &oracle);
    agent.terminate();
    agent.wait().done();
}
