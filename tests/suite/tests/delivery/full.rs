//! A destination that can't be written for a while.

use crate::logs::two_logs;
use logagent_testkit::{Mounted, until};
use logagent_tests::{Agent, Place, Report, ctl, lines};
use std::fs;

const CONFIG: &str = r"
lanes: 2
sources: { app: { type: file, include: ['*.log'] } }
sinks: { out: { type: file, path: disk/out, retry: { max: 200ms } } }
pipelines: { main: { from: [app], to: [out] } }
";

fn until_healthy(place: &Place, what: &str, is_healthy: bool) {
    until(what, || Report::of_running(place).and_then(|report| report.is_healthy("out")) == Some(is_healthy));
}

#[test]
fn a_full_disk_is_waited_for_and_each_record_comes_once() {
    let place = Place::new(CONFIG);
    let disk = match Mounted::new(&place.path("disk"), 1 << 10) {
        Ok(disk) => disk,
        Err(reason) => return eprintln!("not tested, since only root can mount a small disk: {reason}"),
    };
    let agent = Agent::follow(&place);
    until_healthy(&place, "the agent runs", true);
    let oracle = two_logs(&place);
    until_healthy(&place, "the disk is full", false);
    assert!(ctl(&place, &["status"]).1.contains("sink out: "));
    disk.resize(64 << 10).expect("a larger disk");
    until("all is written", || place.count_lines("disk/out") == oracle.count());
    until_healthy(&place, "it is well again", true);
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
    let oracle = two_logs(&place);
    let agent = Agent::follow(&place);
    until_healthy(&place, "the disk is full", false);
    agent.terminate();
    let ended = agent.wait();
    assert!(ended.code == 1 && ended.stderr.contains("records in flight"), "{}", ended.stderr);
    disk.resize(64 << 10).expect("a larger disk");
    Agent::once(&place).done();
    let findings = oracle.judge_mixed(lines(&place.read("disk/out")));
    assert!(findings.lost.is_empty() && findings.invented.is_empty(), "{findings}");
    fs::remove_file(place.path("disk/out")).expect("a file");
}
