//! Outputs that are written exactly once: SIGKILL at random moments, a sink beside them that stalls, dead letters that come
//! again.

use crate::kills::{Killed, LONGEST_RUN, kill, seed};
use logagent_testkit::until;
use logagent_tests::{Agent, Place, Random, ctl, test_guests};
use std::collections::HashSet;

const KILLS: u32 = 100;

/// Several lanes, sources and pipelines write one file.
fn config(flush_records: u64) -> String {
    format!(
        "
lanes: 2
checkpoints: {{ interval: 10ms }}
sources: {{ first: {{ type: file, include: ['first.log*'] }}, second: {{ type: file, include: ['second.log*'] }} }}
sinks: {{ out: {{ type: file, path: out, exactly_once: true, flush: {{ max_records: {flush_records} }} }} }}
pipelines: {{ one: {{ from: [first], to: [out] }}, two: {{ from: [second], to: [out] }} }}
"
    )
}

/// Reloads, which now and then replace the sink, and rotations of the output by someone else.
struct Disturber<'a> {
    place: &'a Place,
    rotations: u32,
    /// The processes that have cut something off at their start.
    cut: HashSet<u32>,
}

impl Disturber<'_> {
    /// Answers whether a kill was in the middle of something.
    fn disturb(&mut self, agent: &Agent<'_>, random: &mut Random) -> bool {
        if self.place.text("stderr").contains("took back") {
            self.cut.insert(agent.child.id());
        }
        match random.below(12) {
            0 => self.place.replace("agent.yaml", config(random.below(600) + 1)),
            1 if self.place.path("out").exists() => {
                self.rotations += 1;
                self.place.rename("out", &format!("out.{}", self.rotations));
                agent.hang_up();
            }
            2 => agent.hang_up(),
            _ => {}
        }
        !self.cut.is_empty()
    }
}

#[test]
fn an_output_that_is_written_exactly_once_has_each_record_once_after_any_kill() {
    let seed = seed();
    let place = Place::new(&config(512));
    let mut disturber = Disturber { place: &place, rotations: 0, cut: HashSet::new() };
    let disturb = |agent: &Agent<'_>, random: &mut Random| disturber.disturb(agent, random);
    let Killed { findings, .. } = kill(&place, &mut Random::new(seed), (KILLS, LONGEST_RUN), disturb);
    let again = format!("again with LOGAGENT_SEED={seed}");
    assert!(
        findings.lost.is_empty() && findings.invented.is_empty() && findings.doubled.is_empty(),
        "{again}\n{findings}"
    );
    let Disturber { rotations, cut, .. } = disturber;
    let cut = cut.len();
    assert!(cut > 0, "no kill was in the middle of anything; {again}");
    println!(
        "{KILLS} kills, {rotations} rotations of the output, {cut} starts that cut it back: no record twice; {again}"
    );
}

/// Stalls until someone reads the FIFO.
const STALLING: &str = "
lanes: 1
checkpoints: { interval: 10ms }
shutdown_timeout: 100ms
sources: { a: { type: file, include: [a.log] }, b: { type: file, include: [b.log] } }
sinks: { out: { type: file, path: out, exactly_once: true }, pipe: { type: file, path: pipe } }
pipelines: { exact: { from: [a], to: [out] }, stalls: { from: [b], to: [pipe] } }
";

#[test]
fn a_sink_that_stalls_holds_up_checkpoints_and_neither_exact_outputs_nor_the_end() {
    let place = Place::new(STALLING);
    place.make_fifo("pipe");
    place.write("b.log", "stalls\n");
    let agent = Agent::follow(&place);
    until("a stall", || place.text("stderr").contains("checkpoints are not written"));
    place.write("a.log", "one\n");
    until("the output", || place.text("out") == "one\n");
    // The file can't be opened anew while the lane can't rest; it is gone on with.
    agent.hang_up();
    until("a refusal", || place.text("stderr").contains("can't be opened anew"));
    agent.terminate();
    let ended = agent.wait();
    assert_eq!((ended.code, place.text("out").as_str()), (1, "one\n"), "{}", ended.stderr);
    let pipe = place.path("pipe");
    let reader = std::thread::spawn(move || std::fs::read_to_string(pipe).expect("a FIFO"));
    Agent::once(&place).done();
    assert_eq!((place.text("out").as_str(), &*reader.join().expect("no panic")), ("one\n", "stalls\n"));
}

#[test]
fn letters_that_were_replayed_into_an_exact_output_stay_there_after_a_kill() {
    let config = |mode: &str| {
        let guest = test_guests();
        format!(
            "
lanes: 1
checkpoints: {{ interval: 1h }}
sources: {{ app: {{ type: file, include: [app.log] }} }}
filters: {{ guest: {{ component: {guest}, config: {{ mode: {mode} }} }} }}
sinks: {{ out: {{ type: file, path: out, exactly_once: true }} }}
pipelines: {{ main: {{ from: [app], through: [guest], to: [out], routes: {{ alerts: [out] }} }} }}
"
        )
    };
    let place = Place::new(&config("poison-trap"));
    place.write("app.log", "one\nPOISON\n");
    let agent = Agent::follow(&place);
    until("the letter", || place.text("data/dead_letters.jsonl").contains("POISON"));
    agent.terminate();
    agent.wait().done();
    place.write("agent.yaml", config("first-byte"));
    let mut agent = Agent::follow(&place);
    until("the replay", || ctl(&place, &["dead-letter", "replay"]).1 == "sent: 1, done: 1\n");
    agent.child.kill().expect("it runs");
    agent.child.wait().expect("a child of ours");
    Agent::once(&place).done();
    assert_eq!(place.text("out"), "one\nPOISON\n");
}
