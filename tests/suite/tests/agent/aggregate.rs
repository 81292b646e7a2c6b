//! The filter `aggregate` within the agent: over lanes, by the agent's clock, and across reloads.

use logagent_testkit::until;
use logagent_tests::{Agent, Place, filter, lines};
use serde_json::Value;

/// `more`: further keys of the filter's configuration.
fn config(lanes: usize, more: &str) -> String {
    format!(
        "lanes: {lanes}\nsources: {{ app: {{ type: file, include: ['*.log'] }} }}\n\
         filters: {{ it: {{ component: {}, config: {{ by: [service], window: 1s, values: {{ n: {{ as: count }}, \
         sum: {{ of: number, as: sum }} }} {more} }} }} }}\n\
         sinks: {{ out: {{ type: file, path: out.jsonl }} }}\n\
         pipelines: {{ main: {{ from: [app], through: [it], to: [out] }} }}\n",
        filter("aggregate")
    )
}

fn line(service: &str, number: u64) -> String {
    format!("{{\"service\":\"{service}\",\"number\":{number}}}\n")
}

/// What was emitted so far.
fn emitted(place: &Place) -> Vec<Value> {
    let out = place.read("out.jsonl");
    let whole = out.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
    let lines = lines(&out[..whole]).filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_slice(line).expect("JSON")).collect()
}

fn sum(records: &[Value], name: &str) -> u64 {
    records.iter().filter_map(|record| record[name].as_u64()).sum()
}

/// No window has a group twice.
fn assert_each_once(records: &[Value]) {
    let mut keys: Vec<String> = records.iter().map(|it| format!("{} {}", it["window_start"], it["service"])).collect();
    keys.sort();
    let count = keys.len();
    keys.dedup();
    assert_eq!(keys.len(), count, "{records:?}");
}

#[test]
fn lanes_count_together_and_each_window_comes_out_once() {
    let place = Place::new(&config(2, ""));
    // Two files keep both lanes at the same groups; enough for some batches each.
    let numbers = 1..=20_000_u64;
    let services = ["api", "web", "db"].into_iter().cycle();
    let text: String = numbers.clone().zip(services).map(|(number, service)| line(service, number)).collect();
    place.write("a.log", &text);
    place.write("b.log", &text);
    let agent = Agent::follow(&place);
    until("all are counted", || sum(&emitted(&place), "n") >= 40_000);
    agent.terminate();
    let ended = agent.wait();
    let (report, records) = (ended.done(), emitted(&place));
    assert_eq!((sum(&records, "n"), sum(&records, "sum")), (40_000, 2 * numbers.sum::<u64>()));
    assert_each_once(&records);
    assert_eq!(report.count("filters/it/dropped/aggregated"), 40_000);
    assert_eq!(report.count("filters/it/metrics/counted"), 40_000);
    assert_eq!(report.count("emitted"), records.len() as u64);
}

#[test]
fn at_the_end_of_a_run_over_what_is_there_all_windows_have_ended() {
    let place = Place::new(&config(2, ""));
    for name in ["a.log", "b.log", "c.log"] {
        place.write(name, (0..20_000).map(|number| line("api", number)).collect::<String>());
    }
    let ended = Agent::once(&place);
    assert_eq!(ended.done().count("filters/it/dropped/aggregated"), 60_000);
    assert_eq!(sum(&emitted(&place), "n"), 60_000);
    assert_each_once(&emitted(&place));
}

/// What the state knows of a window is evicted like its groups.
#[test]
fn what_a_full_state_still_has_is_emitted_and_what_it_lost_is_told() {
    for when_full in ["evict", "refuse"] {
        let state = format!(" }}, state: {{ budget: 1MiB, when_full: {when_full} }} }} }}\nsinks");
        let config = config(1, "").replace("by: [service], window: 1s", "by: [number], window: 24h");
        let place = Place::new(&config.replace(" } } }\nsinks", &state));
        place.write("a.log", (0..200_000).map(|number| line("api", number)).collect::<String>());
        let ended = Agent::once(&place);
        let (report, emitted) = (ended.done(), sum(&emitted(&place), "n"));
        assert!((1_000..100_000).contains(&emitted), "{emitted}");
        let [counted, lost] = ["counted", "lost"].map(|name| report.count(&format!("filters/it/metrics/{name}")));
        assert_eq!((counted, lost), (emitted, 200_000 - emitted), "{when_full}");
        assert!(place.text("stderr").contains("the state was full"));
    }
}

#[test]
fn what_was_counted_is_there_after_a_reload() {
    let place = Place::new(&config(1, ""));
    let hundred = || (0..100).map(|number| line("api", number)).collect::<String>();
    place.write("a.log", hundred());
    let agent = Agent::follow(&place);
    until("it runs", || sum(&emitted(&place), "n") == 100);
    for round in 0..4 {
        place.append("a.log", hundred());
        // The filter is started anew, and what it remembers stays.
        place.write("agent.yaml", config(1, if round % 2 == 0 { ", keep: false" } else { "" }));
        agent.hang_up();
        until("a new generation", || place.text("stderr").contains(&format!("it generation {}", round + 2)));
    }
    until("all are counted", || sum(&emitted(&place), "n") >= 500);
    agent.terminate();
    agent.wait().done();
    let records = emitted(&place);
    assert_eq!(sum(&records, "n"), 500);
    assert_each_once(&records);
}

#[test]
fn late_records_go_where_they_are_sent() {
    let place = Place::new("");
    let aggregate = "by: [service], window: 1s, time: event, lateness: 0s, late: pass, values: { n: { as: count } }";
    let config = format!(
        "lanes: 1\nsources: {{ app: {{ type: file, include: ['*.log'] }} }}\n\
         filters:\n  apart: {{ component: {}, config: {{ format: json }} }}\n  \
         it: {{ component: {}, config: {{ {aggregate} }} }}\n\
         sinks: {{ out: {{ type: file, path: out.jsonl }} }}\n\
         pipelines: {{ main: {{ from: [app], through: [apart, it], to: [out] }} }}\n",
        filter("parse"),
        filter("aggregate")
    );
    place.write("agent.yaml", config);
    let record = "{\"time\":\"2026-03-01T12:00:00Z\",\"service\":\"api\"}\n";
    place.write("a.log", record);
    let agent = Agent::follow(&place);
    until("the window has ended", || sum(&emitted(&place), "n") == 1);
    place.append("a.log", record);
    until("the late one came through", || place.text("out.jsonl").ends_with(record));
    agent.terminate();
    let ended = agent.wait();
    let report = ended.done();
    assert_eq!((report.count("filters/it/metrics/late"), report.count("filters/it/kept")), (1, 1));
    assert_eq!(sum(&emitted(&place), "n"), 1);
}
