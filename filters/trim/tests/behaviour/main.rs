//! What users rely on: what goes, what stays as it is, and which configurations are refused.

mod add;
mod configuration;
mod cut;
mod hard;
mod keep;
mod remove;
mod rename;

use logagent_filter_trim::TrimFilter;
use logagent_sdk::testing::{Harness, Outcome};
use serde_json::Value;

fn outcome(config: &Value, body: &[u8]) -> Outcome {
    Harness::<TrimFilter>::new(config.clone()).unwrap().process([body]).unwrap()
}

fn trimmed(config: &Value, body: &str) -> String {
    String::from_utf8(outcome(config, body.as_bytes()).bodies.remove(0)).unwrap()
}

/// Each case is a body, and what becomes of it.
fn check(config: &Value, cases: &[(&str, &str)]) {
    for (body, expected) in cases {
        assert_eq!(trimmed(config, body), *expected, "{config} {body}");
    }
}

/// The bodies stay as they are, and are counted.
fn check_malformed(config: &Value, bodies: &[&[u8]]) {
    for body in bodies {
        let outcome = outcome(config, body);
        assert_eq!(outcome.bodies[0], *body, "{config} {}", body.escape_ascii());
        assert_eq!(outcome.counters.get("malformed"), Some(&1), "{config} {}", body.escape_ascii());
    }
}
