//! Files that grow, rotate and appear while the agent runs.

use logagent_testkit::until;
use logagent_tests::{Agent, Place};

fn place(source_options: &str) -> Place {
    Place::new(&format!(
        r"
lanes: 1
sources: {{ app: {{ type: file, include: ['*.log']{source_options} }} }}
sinks: {{ out: {{ type: file, path: out }} }}
pipelines: {{ main: {{ from: [app], to: [out] }} }}
"
    ))
}

fn until_out(place: &Place, expected: &str) {
    until(&format!("{expected:?} in the output"), || place.text("out") == expected);
}

#[test]
fn a_growing_file_is_followed_and_a_partial_line_waited_for() {
    let place = place("");
    place.write("a.log", "one\ntw");
    let agent = Agent::follow(&place);
    until_out(&place, "one\n");
    place.append("a.log", "o");
    place.append("a.log", "\r\nthree\nfo");
    until_out(&place, "one\ntwo\r\nthree\n");
    agent.terminate();
    let ended = agent.wait();
    assert_eq!(ended.done().count("received"), 3);
    assert_eq!(place.text("out"), "one\ntwo\r\nthree\n", "the unfinished line is not delivered");
}

#[test]
fn a_file_that_is_renamed_is_read_to_its_end_and_its_successor_from_its_beginning() {
    let place = place("");
    let mut old = place.open("a.log");
    std::io::Write::write_all(&mut old, b"before\n").unwrap();
    let agent = Agent::follow(&place);
    until_out(&place, "before\n");
    for round in 0..3 {
        let mut expected = place.text("out");
        place.rename("a.log", &format!("a.log.{round}"));
        std::io::Write::write_all(&mut old, format!("late {round}\n").as_bytes()).unwrap();
        expected += &format!("late {round}\n");
        until_out(&place, &expected);
        old = place.open("a.log");
        std::io::Write::write_all(&mut old, format!("new {round}\n").as_bytes()).unwrap();
        expected += &format!("new {round}\n");
        until_out(&place, &expected);
    }
    agent.terminate();
    assert_eq!(agent.wait().done().count("delivered"), 7);
}

#[test]
fn a_new_file_is_read_once_it_is_there() {
    let place = place("");
    place.write("a.log", "first\n");
    let agent = Agent::follow(&place);
    until_out(&place, "first\n");
    place.write("b.log", "second\n");
    until_out(&place, "first\nsecond\n");
    agent.terminate();
    agent.wait().done();
}

#[test]
fn files_that_were_there_may_be_read_from_their_end() {
    let place = place(", read_from: end");
    place.write("a.log", "old\n");
    place.write("other.txt", "never\n");
    let agent = Agent::follow(&place);
    // A later file is read from its beginning, and shows that the first look is over.
    let mut later = 0;
    until("a later file's line", || {
        later += 1;
        place.write(&format!("later-{later}.log"), "later\n");
        place.text("out").contains("later\n")
    });
    place.append("a.log", "added\n");
    until("the added line", || place.text("out").contains("added\n"));
    assert!(!place.text("out").contains("old"));
    agent.terminate();
    agent.wait().done();
}

#[test]
fn a_file_that_is_excluded_is_not_read() {
    let place = place(", exclude: ['b.log']");
    place.write("a.log", "a\n");
    place.write("b.log", "b\n");
    assert_eq!(Agent::once(&place).done().count("received"), 1);
    assert_eq!(place.text("out"), "a\n");
}

#[test]
fn several_lines_are_one_record_until_the_next_begins_or_nothing_is_added() {
    let place = Place::new(
        r"
lanes: 1
sources: { app: { type: file, include: ['*.log'], multiline: { preset: java, timeout: 20ms } } }
sinks: { out: { type: file, path: out, encoding: json } }
pipelines: { main: { from: [app], to: [out] } }
",
    );
    let trace = "ERROR it failed\njava.lang.Error: x\n\tat a.B.c(B.java:1)\n";
    place.write("a.log", format!("INFO one\n{trace}INFO two\n"));
    let agent = Agent::follow(&place);
    until("all records", || place.count_lines("out") == 3);
    agent.terminate();
    assert_eq!(agent.wait().done().count("received"), 3);
    let out = place.text("out");
    let escaped = trace.trim_end().replace('\n', "\\n").replace('\t', "\\t");
    assert!(out.lines().nth(1).unwrap().contains(&escaped), "{out}");
}

#[test]
fn a_pattern_of_lines_that_is_none_is_refused_with_its_place() {
    let place = Place::new(
        "sources:\n  app: { type: file, include: [a], multiline: { start: '(' } }\n\
         sinks: { out: { type: blackhole } }\npipelines: { main: { from: [app], to: [out] } }\n",
    );
    for command in ["validate", "run"] {
        let ended = Agent::run(&place, &[command, "--config", "agent.yaml"]);
        assert_eq!(ended.code, 78);
        assert!(ended.stderr.contains("agent.yaml:2:56: sources.app.multiline.start: found"), "{}", ended.stderr);
    }
}
