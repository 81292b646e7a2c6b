//! Sinks with a buffer on the disk.

use logagent_testkit::until;
use logagent_tests::{Agent, Place, ctl, json_logs, lines};

/// A sink that is written to this file, through a buffer with these keys besides.
fn config(path: &str, keys: &str) -> String {
    format!(
        "lanes: 2\n\
         shutdown_timeout: 200ms\n\
         sources: {{ app: {{ type: file, include: ['*.log'] }} }}\n\
         sinks: {{ out: {{ type: file, path: {path}, buffer: {{ type: disk, {keys} }} }} }}\n\
         pipelines: {{ main: {{ from: [app], to: [out] }} }}\n"
    )
}

const BUFFER: &str = "data/buffers/out";

/// Waits until the buffer holds so many records that have not arrived.
fn until_left(place: &Place, records: usize) {
    let expected = format!("records left to deliver: {records}\n");
    until(&expected, || ctl(place, &["buffer", "inspect", BUFFER]).1.contains(&expected));
}

/// Leaves a buffer behind that holds these lines: the sink is a FIFO that nobody reads.
fn leave(keys: &str, text: &str) -> Place {
    let place = Place::new(&config("fifo", keys));
    place.make_fifo("fifo");
    place.write("a.log", text);
    let agent = Agent::follow(&place);
    until_left(&place, text.lines().count());
    agent.terminate();
    let ended = agent.wait();
    let report = ended.done();
    assert_eq!(report.count("sinks/out/buffer/backlog"), text.lines().count() as u64);
    place
}

#[test]
fn a_run_over_what_is_there_ends_when_its_sinks_have_all() {
    let place = Place::new(&config("out", "max_bytes: 4MiB"));
    let logs = json_logs(7, 20 << 20);
    place.write("a.log", &logs);
    let ended = Agent::once(&place);
    let count = lines(&logs).count() as u64;
    let of_buffer = |name: &str| ended.done().count(&format!("sinks/out/buffer/{name}"));
    assert_eq!(["taken", "drained", "backlog"].map(of_buffer), [count, count, 0]);
    assert!(place.read("out") == logs, "the output is not the input");
}

#[test]
fn what_a_sink_did_not_take_is_delivered_by_the_next_run() {
    let place = leave("fsync: batch", "one\ntwo\n");
    place.write("agent.yaml", config("out", "fsync: batch"));
    place.append("a.log", "three\n");
    let agent = Agent::follow(&place);
    until("all have arrived", || place.text("out") == "one\ntwo\nthree\n");
    agent.terminate();
    assert_eq!(agent.wait().done().count("sinks/out/buffer/recovered"), 2);
}

#[test]
fn another_sink_behind_the_buffer_gets_what_waits_after_a_reload() {
    let place = Place::new(&config("out", "fsync: never"));
    place.write("a.log", "one\n");
    let agent = Agent::follow(&place);
    until("the first has arrived", || place.text("out") == "one\n");
    place.write("agent.yaml", config("other", "fsync: batch"));
    assert_eq!(ctl(&place, &["reload"]).0, 0);
    place.append("a.log", "two\n");
    until("the second has arrived elsewhere", || place.text("other") == "two\n");
    agent.terminate();
    agent.wait().done();
    assert_eq!(place.text("out"), "one\n");
}

#[test]
fn a_damaged_buffer_is_told_by_a_verification_and_costs_the_damaged_entry_alone() {
    let place = leave("fsync: batch", "one\ntwo\n");
    assert_eq!(ctl(&place, &["buffer", "verify", BUFFER]).0, 0);
    let segment = format!("{BUFFER}/00000001.seg");
    let mut bytes = place.read(&segment);
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    place.write(&segment, &bytes);
    let (code, out, notes) = ctl(&place, &["buffer", "verify", BUFFER]);
    assert!(code == 1 && out.contains("torn or damaged from byte"), "{code} {out} {notes}");
    place.write("agent.yaml", config("out", "fsync: batch"));
    place.append("a.log", "three\n");
    let agent = Agent::follow(&place);
    until("the rest has arrived", || place.text("out").ends_with("three\n"));
    agent.terminate();
    let ended = agent.wait();
    let report = ended.done();
    assert_eq!(report.count("sinks/out/buffer/corrupt"), 1);
    let lost = report.count("sinks/out/buffer/dropped/buffer_corrupt");
    assert_eq!(lost + lines(&place.read("out")).count() as u64, 3);
}

#[test]
fn an_encrypted_buffer_shows_nothing_and_wants_its_key() {
    let place = Place::new("");
    place.write("buffer.key", "5a".repeat(32));
    let key = format!("encryption: {{ key_file: {} }}", place.path("buffer.key").display());
    let buffered = leave(&key, "a secret\n");
    let segment = buffered.text(&format!("{BUFFER}/00000001.seg"));
    assert!(!segment.contains("secret"));
    place.write("other.key", "5b".repeat(32));
    let other = format!("encryption: {{ key_file: {} }}", place.path("other.key").display());
    buffered.write("agent.yaml", config("out", &other));
    let ended = Agent::once(&buffered);
    assert!(
        ended.code == 1 && ended.stderr.contains("another key than that of encryption.key_file"),
        "{}",
        ended.stderr
    );
    buffered.write("agent.yaml", config("out", &key));
    Agent::once(&buffered).done();
    assert_eq!(buffered.text("out"), "a secret\n");
}
