//! The standard filters within the agent, where what lies around a record matters.

use logagent_tests::{Agent, Place, filter, lines};

/// One filter between files and a file.
fn place(filter_and_config: &str, encoding: &str, settings: &str) -> Place {
    Place::new(&format!(
        "lanes: 1\n{settings}\nsources: {{ app: {{ type: file, include: ['*.log'] }} }}\n\
         filters: {{ it: {filter_and_config} }}\n\
         sinks: {{ out: {{ type: file, path: out.txt, encoding: {encoding} }} }}\n\
         pipelines: {{ main: {{ from: [app], through: [it], to: [out] }} }}\n"
    ))
}

#[test]
fn records_of_files_that_end_without_a_newline_are_read_as_json_like_all_others() {
    let config = format!("{{ component: {}, config: {{ format: json, on_failure: drop }} }}", filter("parse"));
    let line = |number: usize| {
        format!(r#"{{"n":{number},"level":"debug","user":{{"id":"u{number}"}},"m":"ann@example.com"}}"#)
    };
    for count in [1, 300, 777] {
        let place = place(&config, "raw", "");
        for file in 0..12 {
            let text: Vec<String> = (0..count + file * 50).map(line).collect();
            place.write(&format!("{file}.log"), text.join("\n"));
        }
        let ended = Agent::once(&place);
        let report = ended.done();
        assert_eq!(report.find("filters/it/dropped/malformed"), None);
        assert_eq!(lines(&place.read("out.txt")).count() as u64, report.count("received"));
    }
}

#[test]
fn a_record_behind_a_long_one_is_encoded() {
    for encoding in ["json", "msgpack"] {
        let place =
            place(&format!("{{ component: {}, config: {{ contains: [nothing] }} }}", filter("drop")), encoding, "");
        place.write("app.log", format!("a\n{}\nb\n", "x".repeat(530_000)));
        let ended = Agent::once(&place);
        assert_eq!(ended.done().count("delivered"), 3);
    }
}

#[test]
fn a_large_ring_has_a_window_like_any_other() {
    let config = format!("{{ component: {}, config: {{ contains: [DEBUG] }} }}", filter("drop"));
    let place = place(&config, "raw", "memory: { ring_bytes: 256MiB }");
    place.write("app.log", "DEBUG a\nINFO b\n");
    Agent::once(&place).done();
    assert_eq!(place.text("out.txt"), "INFO b\n");
}

#[test]
fn a_secret_for_hashing_comes_from_a_file_and_shows_nowhere() {
    let config = format!(
        "{{ component: {}, config: {{ kinds: [email], with: hash, hash_key: {{ from_file: hash.key }} }} }}",
        filter("redact")
    );
    let place = place(&config, "raw", "");
    place.write("hash.key", "a very secret key of the test\n");
    place.write("app.log", "to anna@example.com\nto anna@example.com\nto chen@example.com\n");
    let ended = Agent::once(&place);
    ended.done();
    let out = place.text("out.txt");
    let hashed: Vec<&str> = out.lines().collect();
    assert!(hashed.iter().all(|line| line.starts_with("to [email:") && !line.contains('@')), "{out}");
    assert!(hashed[0] == hashed[1] && hashed[0] != hashed[2], "{out}");
    let report = place.text("report.json");
    assert!(!ended.stderr.contains("very secret") && !report.contains("very secret") && !out.contains("very secret"));
}

#[test]
fn a_secret_written_into_the_configuration_is_refused_and_not_echoed() {
    let config = format!(
        "{{ component: {}, config: {{ kinds: [email], with: hash, hash_key: 'a very secret key' }} }}",
        filter("redact")
    );
    let place = place(&config, "raw", "");
    let ended = Agent::run(&place, &["validate", "--config", "agent.yaml"]);
    assert_eq!(ended.code, 78);
    assert!(ended.stderr.contains("hash_key") && ended.stderr.contains("from_env"), "{}", ended.stderr);
    assert!(!ended.stderr.contains("very secret"), "{}", ended.stderr);
}
