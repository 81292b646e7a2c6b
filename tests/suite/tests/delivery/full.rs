//! A destination that can't be written for a while.

use logagent_testkit::{Mounted, Oracle, until};
use logagent_tests::{Agent, Place, ctl, lines};
use serde_json::Value;
use std::fs;

const CONFIG: &str = r"
lanes: 2
sources: { app: { type: file, include: ['*.log'] } }
sinks: { out: { type: file, path: disk/out, retry: { max: 200ms } } }
pipelines: { main: { from: [app], to: [out] } }
";

fn healthy(place: &Place) -> bool {
    let (_, out, _) = ctl(place, &["status", "--json"]);
    serde_json::from_str::<Value>(&out).is_ok_and(|status| status["report"]["sinks"]["out"]["healthy"] == true)
}

/// Two logs of 4 MB, and what must come out.
fn write(place: &Place) -> Oracle {
    let mut oracle = Oracle::default();
    for log in ["one.log", "two.log"] {
        let mut text = String::new();
        for number in 0..20_000 {
            let line = format!("{log} {number} {}", "x".repeat(number % 390));
            text.push_str(&line);
            text.push('\n');
            oracle.expect(log, line);
        }
        place.append(log, text);
    }
    oracle
}

#[test]
fn a_full_disk_is_waited_for_and_each_record_comes_once() {
    let place = Place::new(CONFIG);
    let disk = match Mounted::new(&place.path("disk"), 1 << 10) {
        Ok(disk) => disk,
        Err(reason) => return eprintln!("not tested, since only root can mount a small disk: {reason}"),
    };
    let agent = Agent::follow(&place);
    until("the agent runs", || healthy(&place));
    let oracle = write(&place);
    until("the disk is full", || !healthy(&place));
    assert!(ctl(&place, &["status"]).1.contains("sink out: "));
    disk.resize(64 << 10).expect("a larger disk");
    until("all is written", || lines(&place.read("disk/out")).count() == oracle.count());
    until("it is well again", || healthy(&place));
    agent.terminate();
    let ended = agent.wait();
    assert!(ended.done().count("sinks/out/failures") > 0);
    assert!(ended.stderr.contains("its records wait") && ended.stderr.contains("can be written again"));
    oracle.judge_mixed(lines(&place.read("disk/out"))).assert_clean();
}

#[test]
fn an_agent_whose_disk_stays_full_ends_in_time_and_the_next_one_goes_on() {
    let place = Place::new(&format!("shutdown_timeout: 500ms\n{CONFIG}"));
    let disk = match Mounted::new(&place.path("disk"), 1 << 10) {
        Ok(disk) => disk,
        Err(reason) => return eprintln!("not tested, since only root can mount a small disk: {reason}"),
    };
    let oracle = write(&place);
    let agent = Agent::follow(&place);
    until("the disk is full", || place.path("data/control.sock").exists() && !healthy(&place));
    agent.terminate();
    let ended = agent.wait();
    assert!(ended.code == 1 && ended.stderr.contains("records in flight"), "{}", ended.stderr);
    disk.resize(64 << 10).expect("a larger disk");
    Agent::once(&place).done();
    let findings = oracle.judge_mixed(lines(&place.read("disk/out")));
    assert!(findings.lost.is_empty() && findings.invented.is_empty(), "{findings}");
    fs::remove_file(place.path("disk/out")).expect("a file");
}
