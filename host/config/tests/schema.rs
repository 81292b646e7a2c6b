//! The schema says yes to every right configuration. Not for wrong ones, which are in `problems`, each with what the
//! schema says of it.

#[path = "support/schema.rs"]
mod support;

use std::path::Path;

use logagent_config::Config;
use serde_json::json;
use support::objections;

fn assert_fits(what: &str, text: &str) {
    Config::parse(Path::new("f"), text).unwrap_or_else(|problems| panic!("{what}: {problems}"));
    assert_eq!(objections(text).as_deref(), Some(""), "{what}");
}

#[test]
fn every_example_fits() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let paths = std::fs::read_dir(directory).expect("the examples").map(|entry| entry.expect("an entry").path());
    let examples: Vec<_> = paths.filter(|path| path.extension().is_some_and(|it| it == "yaml")).collect();
    assert!(examples.len() >= 10, "{examples:?}");
    for path in examples {
        assert_fits(&path.display().to_string(), &std::fs::read_to_string(&path).expect("an example"));
    }
    assert_fits("interface.yaml", include_str!("interface.yaml"));
}

#[test]
fn a_word_that_decides_which_keys_there_are_has_an_alternative_for_each() {
    let schema = logagent_config::schema();
    let words = |table: &str| {
        let alternatives = schema["properties"][table]["additionalProperties"]["anyOf"].as_array().expect("several");
        alternatives.iter().map(|one| one["properties"]["type"]["const"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(words("sources"), [json!("file"), json!("stdin")]);
    assert_eq!(words("sinks"), [json!("file"), json!("stdout"), json!("blackhole")]);
}

#[test]
fn what_stands_in_for_another_key_is_allowed_beside_it_and_alone() {
    let source = |multiline: &str| {
        format!(
            "sources: {{ in: {{ type: file, include: [a], multiline: {multiline} }} }}\n\
             sinks: {{ out: {{ type: blackhole }} }}\npipelines: {{ main: {{ from: [in], to: [out] }} }}\n"
        )
    };
    assert_fits("start", &source("{ start: a }"));
    assert_fits("preset", &source("{ preset: java }"));
}

#[test]
fn all_ways_to_write_a_value_fit() {
    let texts = [
        ("limits: { cpu: KEY }", &["100%", "0.7%", "05%", "5.%", "100.0%", "0.05", "1"][..]),
        ("limits: { memory: KEY }", &["64MiB", "1GB", "1048576", "1048576B", "2000KB"]),
        ("limits: { time: KEY }", &["1000us", "010ms", "1s", "1m"]),
        ("breaker: { failures: KEY }", &["1", "0x10"]),
        ("state: { shared: KEY }", &["a", "'0'", "a_b-C9"]),
    ];
    for (key, values) in texts {
        for value in values {
            let keys = key.replace("KEY", value);
            let text = format!(
                "sources: {{ in: {{ type: stdin }} }}\nsinks: {{ out: {{ type: blackhole }} }}\n\
                 filters: {{ f: {{ component: f, {keys} }} }}\n\
                 pipelines: {{ main: {{ from: [in], to: [out] }} }}\n"
            );
            assert_fits(&keys, &text);
        }
    }
}
