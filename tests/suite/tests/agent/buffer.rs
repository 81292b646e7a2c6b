//! Sinks with a buffer on the disk.

use logagent_testkit::until;
use logagent_tests::{Agent, Place, ctl, json_logs, lines};
use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt;

/// A sink that is written to this file, through a buffer with these keys besides.
fn config(path: &str, keys: &str) -> String {
    format!(
        "lanes: 2\n\
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
    write_key(&place, "buffer.key", "5a");
    let key = format!("encryption: {{ key_file: {} }}", place.path("buffer.key").display());
    let buffered = leave(&key, "a secret\n");
    let segment = buffered.text(&format!("{BUFFER}/00000001.seg"));
    assert!(!segment.contains("secret"));
    write_key(&place, "other.key", "5b");
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

fn write_key(place: &Place, name: &str, byte: &str) {
    place.write(name, byte.repeat(32));
    fs::set_permissions(place.path(name), Permissions::from_mode(0o600)).expect("a file of ours");
}

#[test]
fn a_key_file_that_is_none_is_a_problem_of_the_configuration() {
    let place = Place::new(&config("out", "encryption: { key_file: buffer.key }"));
    let found = || {
        let validated = Agent::run(&place, &["validate", "--config", "agent.yaml"]);
        let ran = Agent::run(&place, &["run", "--config", "agent.yaml", "--once"]);
        assert_eq!((validated.code, ran.code, place.path("out").exists()), (78, 78, false), "{}", validated.stderr);
        assert_eq!(validated.stderr, ran.stderr);
        validated.stderr
    };
    let key = "agent.yaml:3:86: sinks.out.buffer.encryption.key_file: found buffer.key (";
    let missing = found();
    assert!(missing.starts_with(key) && missing.contains("No such file"), "{missing}");
    write_key(&place, "buffer.key", "5");
    assert!(found().contains("found buffer.key (not 32 bytes in hexadecimal or base64), allowed a file"));
    place.write("buffer.key", "5a".repeat(32));
    fs::set_permissions(place.path("buffer.key"), Permissions::from_mode(0o644)).expect("a file of ours");
    assert!(found().contains("found buffer.key (others can read it"));
    write_key(&place, "buffer.key", "5a");
    assert_eq!(Agent::run(&place, &["validate", "--config", "agent.yaml"]).code, 0);
}

#[test]
fn a_buffer_whose_sink_is_gone_is_told_of_at_the_start_and_at_the_reload_that_took_it_out() {
    let other = "sources: { app: { type: file, include: ['*.log'] } }\n\
                 sinks: { other: { type: file, path: other } }\n\
                 pipelines: { main: { from: [app], to: [other] } }\n";
    let other = format!("lanes: 2\n{other}");
    let told = "a buffer holds records that no sink will get";
    let place = leave("fsync: batch", "one\ntwo\n");
    place.write("agent.yaml", &other);
    let ended = Agent::once(&place);
    assert!(ended.stderr.contains(told) && ended.stderr.contains("\"records\":2"), "{}", ended.stderr);

    let place = Place::new(&config("fifo", "fsync: batch"));
    place.make_fifo("fifo");
    place.write("a.log", "one\ntwo\n");
    let agent = Agent::follow(&place);
    until_left(&place, 2);
    place.write("agent.yaml", &other);
    let (code, _, err) = ctl(&place, &["reload"]);
    assert_eq!(code, 0, "{err}");
    until("the buffer is let go of", || {
        File::open(place.path(BUFFER).join("lock")).is_ok_and(|lock| lock.try_lock().is_ok())
    });
    agent.terminate();
    let ended = agent.wait();
    assert!(ended.stderr.contains(told) && ended.stderr.contains("\"records\":2"), "{}", ended.stderr);
    place.write("agent.yaml", config("out", "fsync: batch"));
    let agent = Agent::follow(&place);
    until("all have arrived", || place.path("out").exists() && place.text("out").ends_with("one\ntwo\n"));
    agent.terminate();
    agent.wait().done();
}
