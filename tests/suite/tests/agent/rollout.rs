//! Canaries and shadows in a whole agent.
//!
//! Both components of a filter have one configuration. Here it is one that the standard filter `trim` takes, which adds
//! a field `mode` to each record, and that tells the test guests how to behave.

use crate::reload::{Load, until_said, variant};
use logagent_testkit::until;
use logagent_tests::{Agent, Place, filter, test_guests};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// The filter `mark`: `trim`, and what is beside it.
fn config(mode: &str, beside: &str) -> String {
    config_of("old.wasm", mode, beside)
}

/// The guests have an output; what a shadow routes leads nowhere.
fn config_of(component: &str, mode: &str, beside: &str) -> String {
    let has_output = component == "new.wasm" || beside.starts_with("canary");
    let (sink, routes) = match has_output {
        true => (", pager: { type: file, path: pager.log }", ", routes: { alerts: [pager] }"),
        false => ("", ""),
    };
    format!(
        r"
lanes: 2
sources: {{ app: {{ type: file, include: ['in.*.log'] }} }}
filters:
  mark:
    component: {component}
    config: {{ add: {{ mode: {mode} }} }}
    {beside}
sinks: {{ out: {{ type: file, path: out.log }}{sink} }}
pipelines: {{ main: {{ from: [app], through: [mark], to: [out]{routes} }} }}
"
    )
}

fn canary(mode: &str) -> String {
    config(mode, "canary: { component: new.wasm, share: 20%, steps: [20%, 100%], every: 100ms }")
}

/// A place with `trim` as `old.wasm` and the guests as `new.wasm`.
fn place(config: &str) -> Place {
    let place = Place::new(config);
    fs::copy(filter("trim"), place.path("old.wasm")).expect("a copy");
    fs::copy(test_guests(), place.path("new.wasm")).expect("a copy");
    place
}

const PROMOTED: &str = "its canary has taken its place";
const GIVEN_UP: &str = "its canary is given up";

/// Waits for all records; each of each file must be there once and in order. Answers how many of them `trim` had.
fn check_output(place: &Place, written: &[usize]) -> usize {
    until("all records", || place.count_lines("out.log") >= written.iter().sum());
    let (mut next, mut marked) = (vec![0; written.len()], 0);
    for line in place.text("out.log").lines() {
        let record: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let number = |key: &str| usize::try_from(record[key].as_u64().expect("a number")).expect("fits");
        let expected = &mut next[number("f")];
        assert_eq!(number("n"), *expected, "{line}");
        *expected += 1;
        let marks = line.matches("\"mode\"").count();
        assert!(marks < 2, "{line}");
        marked += marks;
    }
    assert_eq!(next, written);
    marked
}

#[test]
fn a_canary_takes_its_filters_place_by_itself_while_records_flow() {
    let place = place(&canary("keep"));
    let agent = Agent::follow(&place);
    let load = Load::start(&place);
    until_said(&place, 1, "its canary gets a larger share");
    until_said(&place, 1, PROMOTED);
    // What runs is what was the canary, whatever is reloaded, for as long as there is a canary in the configuration.
    place.replace("agent.yaml", canary("keep").replace("every: 100ms", "every: 200ms"));
    until_said(&place, 1, "changes\":\"filters: ~mark\",\"generations\":\"\"");
    place.replace("agent.yaml", config_of("new.wasm", "keep", ""));
    until_said(&place, 2, "changes\":\"filters: ~mark\",\"generations\":\"\"");
    let written = load.stop();
    let marked = check_output(&place, &written);
    assert!(marked > 0 && marked < written.iter().sum(), "both had some: {marked} of {written:?}");
    agent.terminate();
    let ended = agent.wait();
    let report = ended.done();
    assert_eq!((report.count("filters/mark/generation"), report.count("filters/mark/canary/errors")), (2, 0));
    assert!(report.count("filters/mark/canary/records") >= 2000);
    assert!(place.text("report.json").contains(r#""state": "promoted""#), "{}", place.text("report.json"));
}

#[test]
fn a_filter_whose_canary_was_promoted_goes_back_where_the_canary_is_taken_out() {
    let place = place(&canary("keep"));
    let agent = Agent::follow(&place);
    let load = Load::start(&place);
    until_said(&place, 1, PROMOTED);
    place.replace("agent.yaml", config("keep", ""));
    until_said(&place, 1, "generations\":\"mark generation 3");
    check_output(&place, &load.stop());
    place.append("in.0.log", "{\"last\":1}\n");
    until("the last record", || place.text("out.log").contains("{\"last\":1,\"mode\":\"keep\"}"));
    agent.terminate();
    agent.wait().done();
}

#[test]
fn a_canary_that_fails_is_given_up_costs_no_record_and_is_not_tried_again_as_it_is() {
    let place = place(&config("trap", ""));
    let agent = Agent::follow(&place);
    let load = Load::start(&place);
    until("records", || place.text("out.log").contains("\"mode\":\"trap\""));
    place.replace("agent.yaml", canary("trap"));
    until_said(&place, 1, GIVEN_UP);
    assert!(place.text("stderr").contains("(abort_if.errors_above: 0.1%)"), "{}", place.text("stderr"));
    // Another sink is no reason to try it again, nor is another file of the filter's own.
    place.replace("agent.yaml", canary("trap").replace("pager.log", "other.log"));
    until_said(&place, 1, "changes\":\"sinks: ~pager\",\"generations\":\"\"");
    place.replace("old.wasm", variant(Path::new(&filter("trim")), 1));
    until_said(&place, 1, "generations\":\"mark generation 2");
    place.replace("agent.yaml", canary("trap"));
    until_said(&place, 2, "changes\":\"sinks: ~pager\",\"generations\":\"\"");
    assert_eq!(place.text("stderr").matches(GIVEN_UP).count(), 1);
    // Another file of its own is.
    place.replace("new.wasm", variant(Path::new(&test_guests()), 1));
    until_said(&place, 2, "mark has a new canary");
    until_said(&place, 2, GIVEN_UP);
    let written = load.stop();
    assert_eq!(check_output(&place, &written), written.iter().sum::<usize>(), "the filter had all of them");
    agent.terminate();
    let ended = agent.wait();
    let report = ended.done();
    assert_eq!((report.count("dead_lettered"), report.count("dropped")), (0, 0));
    assert_eq!((report.count("filters/mark/generation"), report.find("filters/mark/errors/trap")), (2, None));
    assert!(place.text("report.json").contains(r#""state": "aborted""#), "{}", place.text("report.json"));
}

#[test]
fn a_canary_that_drops_what_its_filter_does_not_is_given_up() {
    let place = place(&canary("first-byte").replace("every: 100ms", "every: 1h").replace("20%", "50%"));
    let agent = Agent::follow(&place);
    let lines = "Dropped\n{\"n\":1}\n".repeat(50);
    until("it is given up", || {
        place.append("in.0.log", &lines);
        place.count_said(GIVEN_UP) > 0
    });
    assert!(place.text("stderr").contains("the filter 0.00% (abort_if.drops_differ_above: 1%)"));
    agent.terminate();
    let ended = agent.wait();
    let report = ended.done();
    assert!(report.count("dropped") > 0 && report.count("dropped") == report.count("filters/mark/canary/drops"));
}

#[test]
fn a_shadow_changes_nothing_and_shows_what_it_would() {
    let input = "{\"n\":1}\nDropped\n{\"n\":2}\n";
    let run = |config: String| {
        let place = place(&config);
        place.write("in.0.log", input);
        let ended = Agent::once(&place);
        ended.done();
        (place, ended)
    };
    let shadow = "shadow: { component: new.wasm, share: 100% }";
    let (alone, _) = run(config("first-byte", ""));
    let (place, ended) = run(config("first-byte", shadow));
    assert_eq!(place.text("out.log"), alone.text("out.log"));
    let report = ended.done();
    assert_eq!((report.count("dropped"), report.count("filters/mark/records")), (0, 3));
    assert_eq!((report.count("filters/mark/shadow/records"), report.count("filters/mark/shadow/errors")), (3, 0));
    let path = fs::read_dir(place.path("")).expect("a directory");
    let path = path.flatten().map(|entry| entry.path().join("shadow-mark.jsonl")).find(|path| path.exists());
    let path = path.expect("a file of differences");
    assert_eq!(fs::metadata(&path).expect("a file").permissions().mode() & 0o777, 0o600);
    let text = fs::read_to_string(&path).expect("text");
    let dropped = text.lines().find(|line| line.contains("Dropped")).expect("a line of it");
    let line: serde_json::Value = serde_json::from_str(dropped).expect("JSON");
    let said = |key: &str| line[key].as_str().expect("a text").to_owned();
    assert_eq!(
        (said("decided"), said("shadow"), said("body")),
        ("keep".into(), "drop: first-byte".into(), "Dropped".into())
    );
    assert_eq!((line["position"].as_u64(), said("stream").ends_with("in.0.log")), (Some(8), true));
    assert_eq!(report.count("filters/mark/shadow/differing"), text.lines().count() as u64);

    let (place, ended) = run(config("trap", shadow));
    let report = ended.done();
    assert_eq!((place.text("out.log").lines().count(), report.count("filters/mark/shadow/errors")), (3, 1));
    assert_eq!((report.count("dead_lettered"), report.find("filters/mark/errors/trap")), (0, None));
}

#[test]
fn a_canary_or_shadow_that_can_not_be_had_refuses_the_start_and_the_reload() {
    let place = place(&config("keep", ""));
    let agent = Agent::follow(&place);
    place.append("in.0.log", "{\"n\":0}\n");
    until("a record", || place.text("out.log") == "{\"n\":0,\"mode\":\"keep\"}\n");
    place.write("bad.wasm", "garbage");
    let mut refusals = 0;
    for noun in ["canary", "shadow"] {
        for (mode, component, said) in
            [("keep", "bad.wasm", "no WebAssembly component"), ("unheard-of", "new.wasm", "unheard-of")]
        {
            place.replace("agent.yaml", config(mode, &format!("{noun}: {{ component: {component} }}")));
            refusals += 1;
            until_said(&place, refusals, "the reload is refused");
            let stderr = place.text("stderr");
            let last = stderr.lines().rfind(|line| line.contains("the reload is refused")).expect("said");
            assert!(last.contains(&format!("filters.mark.{noun}.component")) && last.contains(said), "{last}");
        }
    }
    place.append("in.0.log", "{\"n\":1}\n");
    until("another", || place.text("out.log").contains("{\"n\":1,\"mode\":\"keep\"}\n"));
    agent.terminate();
    assert_eq!(agent.wait().done().count("filters/mark/generation"), 1);
    let ended = Agent::once(&place);
    assert_eq!(ended.code, 78, "{}", ended.stderr);
}
