//! `logagentctl` beside a running agent.

use logagent_testkit::until;
use logagent_tests::{Agent, Place, ctl, filter};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;

fn place() -> Place {
    let place = Place::new(
        r"
lanes: 2
sources: { app: { type: file, include: [in.log] } }
filters: { quiet: { component: drop.wasm, config: { contains: [DEBUG] } } }
sinks: { out: { type: file, path: out.log } }
pipelines: { main: { from: [app], through: [quiet], to: [out] } }
",
    );
    fs::copy(filter("drop"), place.path("drop.wasm")).expect("a copy");
    place.append("in.log", "one\nDEBUG two\n");
    place
}

fn status(place: &Place) -> Value {
    let (code, out, err) = ctl(place, &["status", "--json"]);
    assert_eq!((code, &*err), (0, ""));
    serde_json::from_str(&out).expect("JSON")
}

#[test]
fn the_status_shows_counts_generations_and_hashes() {
    let place = place();
    let agent = Agent::follow(&place);
    until("the record", || place.text("out.log") == "one\n");
    let mode = fs::metadata(place.path("data/control.sock")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    until("the confirmation", || status(&place)["report"]["delivered"] == 1);
    let found = status(&place);
    assert_eq!((&found["report"]["dropped"], &found["report"]["received"]), (&1.into(), &2.into()));
    assert_eq!(found["filters"]["quiet"]["generation"], 1);
    assert_eq!(found["filters"]["quiet"]["hash"].as_str().unwrap().len(), 64);
    assert_eq!(found["lanes"][1]["generations"]["main"]["quiet"], 1);
    let (code, out, _) = ctl(&place, &["status"]);
    assert!(code == 0 && out.contains("quiet") && out.contains("main"), "{out}");
    agent.terminate();
    agent.wait().done();
    assert!(!place.path("data/control.sock").exists());
    assert_eq!(ctl(&place, &["status"]).0, 1);
}

#[test]
fn a_reload_that_is_asked_for_is_answered_with_what_changed_or_what_is_wrong() {
    let place = place();
    let agent = Agent::follow(&place);
    until("the record", || place.text("out.log") == "one\n");
    assert_eq!(ctl(&place, &["reload"]).0, 0, "nothing has changed, which is no failure");
    let good = place.text("agent.yaml");
    place.write("agent.yaml", good.replace("contains", "containz"));
    let (code, out, err) = ctl(&place, &["reload"]);
    assert!(code == 1 && (out + &err).contains("filters.quiet.config.containz"), "{err}");
    assert!(status(&place)["filters"]["quiet"]["last_reload"]["error"].as_str().unwrap().contains("containz"));
    place.write("agent.yaml", good.replace("DEBUG", "INFO"));
    until("the second generation", || {
        assert_eq!(ctl(&place, &["reload"]).0, 0);
        status(&place)["filters"]["quiet"]["generation"] == 2
    });
    assert_eq!(status(&place)["lanes"][0]["generations"]["main"]["quiet"], 2);
    agent.terminate();
    agent.wait().done();
}

#[test]
fn a_second_agent_in_the_same_directory_is_refused() {
    let place = place();
    let agent = Agent::follow(&place);
    until("the record", || place.text("out.log") == "one\n");
    let second = Agent::run(&place, &["run", "--config", "agent.yaml"]);
    assert!(second.code == 1 && second.stderr.contains("data_dir"), "{}", second.stderr);
    agent.terminate();
    agent.wait().done();
}
