//! What filters remember, over stops, kills, reloads and damage. The guest counts lines, and drops those that it has seen.

use logagent_testkit::until;
use logagent_tests::{Agent, Ended, Place, ctl, test_guests};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;

fn config(more: &str) -> String {
    format!(
        r"
lanes: 2
state: {{ snapshot_interval: 1h }}
sources: {{ app: {{ type: file, include: ['in.*.log'] }} }}
filters: {{ seen: {{ component: {}, config: {{ mode: state {more} }} }} }}
sinks: {{ out: {{ type: file, path: out.log }}, none: {{ type: blackhole }} }}
pipelines: {{ main: {{ from: [app], through: [seen], to: [out], routes: {{ alerts: [none] }} }} }}
",
        test_guests()
    )
}

pub fn place() -> Place {
    Place::new(&config(""))
}

const SNAPSHOT: &str = "data/state.snapshot";

/// Runs it once over these lines alone; what came out is in `out.log`.
fn once(place: &Place, lines: &str) -> Ended {
    place.write("in.0.log", lines);
    place.write("out.log", "");
    Agent::once(place)
}

/// Keys stand in the file as they are.
fn is_saved(place: &Place, key: &str) -> bool {
    place.read(SNAPSHOT).windows(key.len()).any(|bytes| bytes == key.as_bytes())
}

pub fn until_out(place: &Place, expected: &str) {
    until(&format!("{expected:?} in the output"), || place.text("out.log").contains(expected));
}

#[test]
fn what_filters_remember_is_there_after_a_restart() {
    let place = place();
    let first = once(&place, "a\nb\na\n");
    assert_eq!(place.text("out.log"), "a\nb\n");
    assert_eq!((first.done().count("state/snapshots"), first.report().count("state/restored")), (1, 0));
    let mode = fs::metadata(place.path(SNAPSHOT)).expect("a snapshot").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let second = once(&place, "a\nc\nb\n");
    assert_eq!(place.text("out.log"), "c\n");
    assert_eq!(second.done().count("state/restored"), 2);
    once(&place, "c\nb\nd\n").done();
    assert_eq!(place.text("out.log"), "d\n");
}

#[test]
fn a_killed_agent_forgets_no_more_than_one_interval() {
    let place = Place::new(&config("").replace("interval: 1h", "interval: 1s"));
    let mut agent = Agent::follow(&place);
    for key in ["first-key", "second-key"] {
        place.append("in.0.log", format!("{key}\n"));
        until(&format!("{key} is saved"), || is_saved(&place, key));
    }
    place.append("in.0.log", "third-key\n");
    until_out(&place, "third-key\n");
    agent.child.kill().expect("it runs");
    drop(agent);
    let is_third_saved = is_saved(&place, "third-key");
    let again = once(&place, "first-key\nsecond-key\nthird-key\n");
    again.done();
    assert_eq!(place.text("out.log"), if is_third_saved { "" } else { "third-key\n" });
    assert_eq!(again.report().count("state/refused_snapshots"), 0);
}

#[test]
fn reloads_of_configuration_and_filter_leave_what_is_remembered() {
    let place = place();
    let agent = Agent::follow(&place);
    place.append("in.0.log", "a\n");
    until_out(&place, "a\n");
    place.replace("agent.yaml", config(", more: 1"));
    until("the reload", || place.text("stderr").contains("\"reloaded\""));
    place.append("in.0.log", "a\nb\n");
    until_out(&place, "b\n");
    agent.terminate();
    let ended = agent.wait();
    assert_eq!((ended.done().count("reloads/done"), place.text("out.log")), (1, "a\nb\n".into()));
}

#[test]
fn a_damaged_snapshot_is_refused_as_a_whole_and_kept_aside() {
    let place = place();
    once(&place, "a\nb\n").done();
    let good = place.read(SNAPSHOT);
    let torn = &good[..good.len() - 1];
    let mut wrong = good.clone();
    wrong[good.len() / 2] ^= 1;
    for damaged in [torn, &wrong, b"not ours"] {
        place.write(SNAPSHOT, damaged);
        let ended = once(&place, "a\nb\n");
        assert_eq!(place.text("out.log"), "a\nb\n", "nothing of it is remembered");
        let count = |name: &str| ended.done().count(&format!("state/{name}"));
        assert_eq!((count("refused_snapshots"), count("restored"), count("snapshots")), (1, 0, 1));
        assert!(ended.stderr.contains("filters remember nothing: their snapshot is refused"), "{}", ended.stderr);
        assert_eq!(place.read("data/state.snapshot.refused"), damaged);
    }
    assert_eq!(once(&place, "a\n").done().count("state/restored"), 2);
}

#[test]
fn an_agent_that_can_not_save_goes_on_and_leaves_the_snapshot_before() {
    let place = place();
    once(&place, "a\n").done();
    let before = place.read(SNAPSHOT);
    fs::create_dir_all(place.path("data/state.snapshot.new/taken")).expect("a directory");
    let ended = once(&place, "a\nb\n");
    assert_eq!((ended.done().count("state/snapshot_errors"), ended.done().count("state/snapshots")), (1, 0));
    assert!(ended.stderr.contains("is not saved; the snapshot before stays"), "{}", ended.stderr);
    assert_eq!((place.read(SNAPSHOT), &*place.text("out.log")), (before, "b\n"));
}

#[test]
fn logagentctl_shows_what_filters_remember() {
    let place = place();
    let agent = Agent::follow(&place);
    place.append("in.0.log", "a\nb\na\n");
    until_out(&place, "b\n");
    let ctl = |arguments: &[&str]| {
        let (code, out, err) = ctl(&place, &[&["state"], arguments].concat());
        assert_eq!((code, &*err), (0, ""), "{arguments:?}");
        out
    };
    let json =
        |arguments: &[&str]| -> Value { serde_json::from_str(&ctl(&[arguments, &["--json"]].concat())).expect("JSON") };
    assert_eq!((&json(&["namespaces"])[0]["name"], &json(&["namespaces"])[0]["entries"]), (&"seen".into(), &2.into()));
    assert_eq!(json(&["get", "seen", "a"])["number"], 2);
    assert_eq!(json(&["top", "-n", "1"]).as_array().map(Vec::len), Some(1));
    assert_ne!(
        json(&["top", "--by", "hits"]).as_array().map(Vec::len),
        Some(0),
        "the first key of each lane is counted"
    );
    assert!(ctl(&["heat", "--svg", "heat.svg"]).starts_with("256 shards, locked "));
    assert!(place.text("heat.svg").starts_with("<svg"));
    assert!(ctl(&["slow"]).starts_with("operation"));
    agent.terminate();
    agent.wait().done();
}

#[test]
fn an_agent_beside_another_one_leaves_its_snapshot_alone() {
    let place = place();
    once(&place, "a\n").done();
    let agent = Agent::follow(&place);
    until("it serves", || place.path("data/control.sock").exists());
    let before = place.read(SNAPSHOT);
    place.write("beside.yaml", config("").replace("in.*", "beside").replace("out.log", "beside.out"));
    place.write("beside.log", "a\nzebra-key\n");
    let beside = Agent::run(&place, &["run", "--config", "beside.yaml", "--once"]);
    assert_eq!((beside.code, &*place.text("beside.out")), (0, "a\nzebra-key\n"), "{}", beside.stderr);
    assert_eq!(place.read(SNAPSHOT), before);
    agent.terminate();
    agent.wait().done();
    assert!(!is_saved(&place, "zebra-key"));
}

#[test]
fn what_a_filter_remembered_that_is_gone_is_dropped_and_named() {
    let place = place();
    once(&place, "a\n").done();
    let other = config("").replace("seen:", "other:").replace("[seen]", "[other]");
    place.write("agent.yaml", other);
    let ended = once(&place, "a\n");
    assert_eq!((place.text("out.log"), ended.done().count("state/restored")), ("a\n".into(), 0));
    assert!(ended.stderr.contains("\"names\":\"seen\""), "{}", ended.stderr);
}
