//! What is reported for wrong configurations, and where. Not for hostile ones, which are in `hostile.rs`.

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

fn check(text: &str, expected: &[&str]) {
    assert_eq!(problems(text), expected, "for\n{text}");
}
