//! Compressed files beside plain ones.

use logagent_testkit::until;
use logagent_tests::{Agent, Place};
use std::process::Command;

const CONFIG: &str = r"
lanes: 1
sources: { app: { type: file, include: ['a.*'], compression: auto } }
sinks: { out: { type: file, path: out } }
pipelines: { main: { from: [app], to: [out] } }
";

/// As gzip(1) does it.
fn gzip(place: &Place, name: &str) {
    let done = Command::new("gzip").arg(place.path(name)).status().expect("gzip");
    assert!(done.success());
}

fn numbers(count: u32) -> String {
    (0..count).map(|number| format!("line {number}\n")).collect()
}

#[test]
fn what_gzip_has_packed_is_what_comes_out() {
    let place = Place::new(CONFIG);
    place.write("a.1", numbers(200_000));
    gzip(&place, "a.1");
    let ended = Agent::once(&place);
    assert!(place.text("out") == numbers(200_000));
    assert_eq!(ended.done().count("sources/app/damaged"), 0);
}

#[test]
fn a_restart_goes_on_within_a_compressed_file() {
    let place = Place::new(CONFIG);
    place.write("a.1", numbers(1000) + "unfinished");
    gzip(&place, "a.1");
    let agent = Agent::follow(&place);
    until("all whole lines", || place.text("out") == numbers(1000));
    agent.terminate();
    agent.wait().done();
    place.write("a.2", "another\n");
    let agent = Agent::follow(&place);
    until("the other file", || place.text("out") == numbers(1000) + "another\n");
    agent.terminate();
    agent.wait().done();
}

#[test]
fn a_compressed_file_that_is_cut_is_named_and_what_came_before_is_delivered() {
    let place = Place::new(CONFIG);
    place.write("a.1", numbers(100_000));
    gzip(&place, "a.1");
    let packed = place.read("a.1.gz");
    place.write("a.1.gz", &packed[..packed.len() / 2]);
    let ended = Agent::once(&place);
    assert_eq!(ended.done().count("sources/app/damaged"), 1);
    assert!(ended.stderr.contains("a.1.gz"), "{}", ended.stderr);
    let out = place.text("out");
    let whole = out.lines().count().saturating_sub(1);
    assert!(whole > 10_000 && out.starts_with(&numbers(u32::try_from(whole).unwrap())));
}
