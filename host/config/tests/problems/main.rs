//! What is reported for wrong configurations, and where. Not for hostile ones, which are in `hostile.rs`.

#[path = "../support/schema.rs"]
mod schema;

mod filters;
mod sections;
mod sinks;
mod whole;

use std::path::Path;

use logagent_config::Config;

const SOURCES: &str = "sources: { in: { type: stdin } }\n";
const SINKS: &str = "sinks: { out: { type: blackhole } }\n";
const PIPELINES: &str = "pipelines: { main: { from: [in], to: [out] } }\n";

/// The problems of a text, without the file's name.
fn problems(text: &str) -> Vec<String> {
    match Config::parse(Path::new("f"), text) {
        Ok(_) => Vec::new(),
        Err(problems) => problems.to_string().lines().map(|line| line.trim_start_matches("f:").to_owned()).collect(),
    }
}

/// What no schema can tell that sees one key at a time, and no numbers in a text.
const BEYOND_A_SCHEMA: &[&str] = &[
    // Names that lead elsewhere.
    ", which is no ",
    // Numbers that go with others.
    "less than 4 ×",
    "allowed at least shards",
    "a quarter of max_bytes",
    "allowed initial or more",
    "above that of the step before",
    // Keys that go with others.
    " beside ",
    "not both",
    ", where there is multiline",
    "allowed never behind a buffer",
    "exactly_once: found true",
    "or a preset (required)",
    "the first is sources.",
];

fn is_beyond_a_schema(problem: &str) -> bool {
    let found = problem.split("found ").nth(1).unwrap_or_default();
    let has_unit = found.starts_with('"') && found[1..].starts_with(|c: char| c.is_ascii_digit());
    has_unit || BEYOND_A_SCHEMA.iter().any(|part| problem.contains(part))
}

fn check(text: &str, expected: &[&str]) {
    assert_eq!(problems(text), expected, "for\n{text}");
    let Some(objections) = schema::objections(text) else { return };
    let can_be_told = expected.iter().any(|problem| !is_beyond_a_schema(problem));
    assert!(!objections.is_empty() || !can_be_told, "the schema allows\n{text}");
    assert!(objections.is_empty() || !expected.is_empty(), "the schema refuses\n{text}{objections}");
}
