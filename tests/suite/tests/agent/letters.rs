//! Dead letters that are sent through a running agent again.

use logagent_testkit::until;
use logagent_tests::{Agent, Place, ctl, test_guests};
use serde_json::Value;

/// An agent whose filter fails on what is poisoned, and what it has written.
fn place() -> Place {
    Place::new(&configuration("poison-trap", ""))
}

fn configuration(mode: &str, more: &str) -> String {
    format!(
        r"
lanes: 2
sources: {{ app: {{ type: file, include: [app.log] }} }}
filters: {{ guest: {{ component: {}, config: {{ mode: {mode} }} }} }}
sinks: {{ out: {{ type: file, path: out.log }}, rest: {{ type: file, path: rest.jsonl, encoding: json }} }}
pipelines:
  main: {{ from: [app], through: [guest], to: [out], routes: {{ alerts: [out] }} }}
  other: {{ from: [app], through: [guest], to: [rest], routes: {{ alerts: [rest] }} }}
{more}",
        test_guests()
    )
}

fn status(place: &Place, path: &str) -> Value {
    let (code, out, err) = ctl(place, &["status", "--json"]);
    assert_eq!((code, &*err), (0, ""));
    serde_json::from_str::<Value>(&out).expect("JSON").pointer(path).cloned().unwrap_or_default()
}

/// The agent has failed on two of four records, in both pipelines.
fn until_poisoned(place: &Place) {
    place.append("app.log", "one\nPOISON 1\ntwo\nPOISON 2\n");
    until("the records", || place.text("out.log") == "one\ntwo\n");
    until("the letters", || status(place, "/report/dead_lettered") == 4);
}

fn replay(place: &Place, arguments: &[&str]) -> (i32, String, String) {
    ctl(place, &[&["dead-letter", "replay"], arguments].concat())
}

#[test]
fn letters_go_through_the_mended_filter_once() {
    let place = place();
    let agent = Agent::follow(&place);
    until_poisoned(&place);
    place.write("agent.yaml", configuration("first-byte", ""));
    until("the mended filter", || {
        assert_eq!(ctl(&place, &["reload"]).0, 0);
        status(&place, "/filters/guest/generation") == 2
    });
    let (code, out, err) = replay(&place, &["--where", "reason=trap", "--where", "pipeline=main"]);
    assert_eq!((code, &*out, &*err), (0, "sent: 2, done: 2\n", ""));
    assert_eq!(place.text("out.log"), "one\ntwo\nPOISON 1\nPOISON 2\n");
    let (code, out, err) = replay(&place, &[]);
    assert_eq!((code, &*out, &*err), (0, "sent: 2, done: 2\n", "replayed before: 2\n"));
    let rest = place.text("rest.jsonl");
    let last: Value = serde_json::from_str(rest.lines().last().expect("a record")).expect("JSON");
    assert_eq!(last["Body"], "POISON 2");
    assert!(last["Attributes"]["log.file.path"].as_str().unwrap().ends_with("app.log"), "{last}");
    let (_, out, err) = replay(&place, &["--again"]);
    assert_eq!((&*out, &*err), ("sent: 0, done: 0\n", "replayed before: 4\n"));
    assert_eq!(status(&place, "/report/sources/dead_letters/records"), 4);
    let (_, list, _) = ctl(&place, &["dead-letter", "list"]);
    assert_eq!(list.matches("  yes  ").count(), 4, "{list}");
    agent.terminate();
    let ended = agent.wait();
    assert_eq!(ended.done().count("received"), 12);
}

#[test]
fn letters_that_fail_again_are_new_letters_and_wait_for_the_next_time() {
    let place = place();
    let agent = Agent::follow(&place);
    until_poisoned(&place);
    let (code, out, _) = replay(&place, &["--through", "main"]);
    assert_eq!((code, &*out), (0, "sent: 4, done: 4\n"));
    assert_eq!(status(&place, "/report/dead_lettered"), 8);
    let (_, out, err) = replay(&place, &["--where", "filter=guest", "--where", "stream=nowhere"]);
    assert_eq!((&*out, &*err), ("sent: 0, done: 0\n", ""));
    let (_, out, err) = replay(&place, &[]);
    assert_eq!((&*out, &*err), ("sent: 4, done: 4\n", "replayed before: 4\n"));
    let letters = place.text("data/dead_letters.jsonl");
    let letters: Vec<Value> = letters.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let is_where_it_was_read = |letter: &Value| match letter["body"].as_str() {
        Some("POISON 1") => letter["position"] == 4,
        _ => letter["position"] == 17,
    };
    assert!(letters.len() == 12 && letters.iter().all(is_where_it_was_read), "{letters:#?}");
    let (code, _, err) = replay(&place, &["--through", "nowhere"]);
    assert_eq!((code, &*err), (1, "logagentctl: the agent has no pipeline nowhere, but main, other\n"));
    agent.terminate();
    agent.wait().done();
}

#[test]
fn a_pipeline_that_comes_with_a_reload_takes_letters_and_one_that_goes_does_not() {
    let place = place();
    let agent = Agent::follow(&place);
    until_poisoned(&place);
    let late = "  late: { from: [app], to: [rest] }\n";
    place.write("agent.yaml", configuration("poison-trap", late).replace("  other: ", "  gone: "));
    until("the reload", || ctl(&place, &["reload"]).0 == 0 && replay(&place, &["--through", "other"]).0 == 1);
    let (code, out, err) = replay(&place, &["--where", "pipeline=other"]);
    assert_eq!((code, &*out), (0, "sent: 0, done: 0\n"));
    assert!(err.starts_with("can't be sent: no such pipeline runs") && err.ends_with(": 2\n"), "{err}");
    let (code, out, _) = replay(&place, &["--through", "late"]);
    assert_eq!((code, &*out), (0, "sent: 4, done: 4\n"));
    assert_eq!(place.text("rest.jsonl").matches("POISON").count(), 4);
    agent.terminate();
    agent.wait().done();
}

#[test]
fn a_letter_that_was_under_way_when_the_agent_was_killed_waits_for_a_person() {
    let place = place();
    let agent = Agent::follow(&place);
    until_poisoned(&place);
    let letters = place.text("data/dead_letters.jsonl");
    let id = |line: &str| serde_json::from_str::<Value>(line).expect("JSON")["id"].as_u64().expect("a number");
    let first = letters.lines().map(id).min().expect("a letter");
    place.write("data/dead_letters.replayed", format!("{{\"from\":{first},\"to\":{first},\"fate\":\"sent\"}}\n{{\"fr"));
    let (code, out, err) = replay(&place, &[]);
    assert_eq!((code, &*out), (0, "sent: 3, done: 3\n"));
    assert_eq!(err, "sent before, and perhaps arrived (--again sends them, too): 1\n");
    assert_eq!(ctl(&place, &["dead-letter", "list"]).1.matches("  perhaps  ").count(), 1);
    let (_, out, err) = replay(&place, &["--again", "--where", "reason=trap"]);
    assert_eq!((&*out, &*err), ("sent: 4, done: 4\n", "replayed before: 3\n"), "three have failed anew");
    agent.terminate();
    agent.wait().done();
}
