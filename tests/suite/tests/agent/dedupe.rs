//! The standard filter `dedupe` in the agent: lanes that share what was seen, and summaries by the clock.

use logagent_testkit::until;
use logagent_tests::{Agent, Place, filter};

fn config(window: &str, more: &str) -> String {
    format!(
        "lanes: 2\nsources: {{ app: {{ type: file, include: ['*.log'] }} }}\n\
         filters: {{ once: {{ component: {}, config: {{ window: {window}, summary: true }} {more} }} }}\n\
         sinks: {{ out: {{ type: file, path: out.txt }} }}\n\
         pipelines: {{ main: {{ from: [app], through: [once], to: [out] }} }}\n",
        filter("dedupe"),
    )
}

/// How many records of the text there are in the output, themselves and in summaries.
fn accounted(place: &Place, text: &str) -> u64 {
    let of = |line: &str| match line.strip_prefix(text)? {
        "" => Some(1),
        summary => summary.strip_prefix(" (repeated ")?.split(' ').next()?.parse().ok(),
    };
    place.text("out.txt").lines().filter_map(of).sum()
}

#[test]
fn of_what_lanes_read_at_once_one_passes() {
    let place = Place::new(&config("1h", ""));
    let text: String = (0..20_000).map(|number| format!("line {}\n", number % 1000)).collect();
    for file in ["a.log", "b.log", "c.log"] {
        place.write(file, &text);
    }
    let ended = Agent::once(&place);
    assert_eq!(ended.done().count("filters/once/dropped/repeated"), 59_000);
    let out = place.text("out.txt");
    let (summaries, mut kept): (Vec<&str>, Vec<&str>) = out.lines().partition(|line| line.contains("repeated"));
    kept.sort_unstable();
    kept.dedup();
    assert_eq!((kept.len(), summaries.len()), (1000, 1000));
    // The run has come to its end: no window is left open.
    assert!(summaries.iter().all(|summary| summary.ends_with("(repeated 59 times)")), "{out}");
}

#[test]
fn what_was_dropped_is_summed_up_whichever_instance_is_there_when_the_window_closes() {
    let place = Place::new(&config("2s", ""));
    for file in ["a.log", "b.log"] {
        place.write(file, "disk full\n".repeat(500));
    }
    let agent = Agent::follow(&place);
    until("a record passes", || !place.text("out.txt").is_empty());
    place.write("agent.yaml", config("2s", ", limits: { time: 200ms }"));
    until("the filter is replaced", || place.text("stderr").contains("once generation 2"));
    until("all are accounted for", || accounted(&place, "disk full") == 1000);
    place.append("a.log", "another\n");
    until("another passes", || accounted(&place, "another") == 1);
    agent.terminate();
    let ended = agent.wait();
    let report = ended.done();
    let summaries = place.text("out.txt").matches("repeated").count() as u64;
    assert_eq!(report.count("emitted"), summaries);
    assert_eq!(accounted(&place, "disk full"), 1000);
}

#[test]
fn what_was_dropped_before_a_restart_is_summed_up_behind_it() {
    let place = Place::new(&config("3s", ""));
    place.write("a.log", "disk full\n".repeat(500));
    let first = Agent::follow(&place);
    until("a record passes", || !place.text("out.txt").is_empty());
    first.terminate();
    let first = first.wait();
    assert_eq!(first.done().count("received"), 500);
    let (before, dropped) = (accounted(&place, "disk full"), first.done().count("filters/once/dropped/repeated"));
    assert_eq!(dropped, 500 - place.text("out.txt").matches("disk full\n").count() as u64);
    let next = Agent::follow(&place);
    until("all are accounted for", || accounted(&place, "disk full") == 500);
    next.terminate();
    assert_eq!(next.wait().done().count("emitted"), u64::from(before < 500));
}
