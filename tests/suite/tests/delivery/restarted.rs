//! Restarts of all kinds: what is read again, and what isn't.

use logagent_testkit::until;
use logagent_tests::{Agent, Place};

const CONFIG: &str = r"
lanes: 1
sources: { app: { type: file, include: ['*.log'] } }
sinks: { out: { type: file, path: out } }
pipelines: { main: { from: [app], to: [out] } }
";

fn until_out(place: &Place, expected: &str) {
    until(&format!("{expected:?} in the output"), || place.text("out") == expected);
}

/// Follows until the output is this, and stops.
fn follow_until(place: &Place, expected: &str) {
    let agent = Agent::follow(place);
    until_out(place, expected);
    agent.terminate();
    agent.wait().done();
}

#[test]
fn a_run_that_follows_goes_on_where_the_one_before_has_stopped() {
    let place = Place::new(CONFIG);
    place.write("a.log", "one\ntwo\n");
    follow_until(&place, "one\ntwo\n");
    place.append("a.log", "three\n");
    follow_until(&place, "one\ntwo\nthree\n");
}

#[test]
fn an_unfinished_line_is_waited_for_over_a_restart() {
    let place = Place::new(CONFIG);
    place.write("a.log", "one\ntw");
    follow_until(&place, "one\n");
    place.append("a.log", "o\n");
    follow_until(&place, "one\ntwo\n");
}

#[test]
fn a_file_that_was_rotated_away_meanwhile_is_read_to_its_end() {
    let place = Place::new(CONFIG);
    place.write("a.log", "one\n");
    follow_until(&place, "one\n");
    place.append("a.log", "two\n");
    place.rename("a.log", "a.log.1");
    place.write("a.log", "three\n");
    let agent = Agent::follow(&place);
    until("all", || place.text("out").len() == "one\ntwo\nthree\n".len());
    agent.terminate();
    agent.wait().done();
    let out = place.text("out");
    assert!(out.contains("two\n") && out.contains("three\n") && out.starts_with("one\n"), "{out}");
}

#[test]
fn a_file_that_has_got_anothers_inode_is_read_from_its_beginning() {
    let place = Place::new(CONFIG);
    place.write("a.log", "one\ntwo\n");
    follow_until(&place, "one\ntwo\n");
    // The same inode with other contents, as long or longer.
    place.write("a.log", "three\nfour\nfive\n");
    follow_until(&place, "one\ntwo\nthree\nfour\nfive\n");
}

#[test]
fn a_file_that_was_truncated_meanwhile_is_read_from_its_beginning() {
    let place = Place::new(CONFIG);
    place.write("a.log", "one\ntwo\n");
    follow_until(&place, "one\ntwo\n");
    place.write("a.log", "x\n");
    follow_until(&place, "one\ntwo\nx\n");
}

#[test]
fn runs_over_what_is_there_begin_anew_each_time() {
    let place = Place::new(CONFIG);
    place.write("a.log", "one\n");
    for count in 1..=3 {
        assert_eq!(Agent::once(&place).done().count("received"), 1);
        assert_eq!(place.text("out"), "one\n".repeat(count));
    }
}

#[test]
fn a_run_over_what_is_there_goes_on_for_one_that_follows_and_the_other_way_round() {
    let place = Place::new(CONFIG);
    place.write("a.log", "one\n");
    follow_until(&place, "one\n");
    place.append("a.log", "two\n");
    Agent::once(&place).done();
    assert_eq!(place.text("out"), "one\ntwo\n");
    place.append("a.log", "three\n");
    follow_until(&place, "one\ntwo\nthree\n");
}

#[test]
fn damaged_checkpoints_cost_what_was_delivered_since_those_before_and_say_so() {
    let place = Place::new(CONFIG);
    place.write("a.log", "one\n");
    follow_until(&place, "one\n");
    place.append("a.log", "two\n");
    follow_until(&place, "one\ntwo\n");
    place.write("data/checkpoints", "rubbish");
    let agent = Agent::follow(&place);
    until_out(&place, "one\ntwo\ntwo\n");
    agent.terminate();
    let ended = agent.wait();
    ended.done();
    assert!(ended.stderr.contains("the checkpoints are damaged"), "{}", ended.stderr);
}

#[test]
fn a_directory_that_can_not_be_written_costs_the_checkpoints_alone() {
    let place = Place::new(&format!("data_dir: /proc/self/nowhere\n{CONFIG}"));
    place.write("a.log", "one\n");
    let agent = Agent::follow(&place);
    until_out(&place, "one\n");
    agent.terminate();
    let ended = agent.wait();
    ended.done();
    assert!(ended.stderr.contains("checkpoints can't be written"), "{}", ended.stderr);
}
