//! JSON objects and lists stay JSON, and what was redacted is not redacted again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use logagent_filter_redact::RedactFilter;
use logagent_sdk::testing::Harness;
use serde_json::{Value, json};
use std::cell::RefCell;

fn config(with: &str) -> Value {
    let kinds = ["email", "card", "ipv4", "ipv6", "phone", "iban", "jwt", "aws_key", "bearer"];
    json!({"kinds": kinds, "fields": ["password", "a.b"], "with": with})
}

thread_local! {
    static FILTERS: RefCell<Vec<(&'static str, Harness<RedactFilter>)>> = RefCell::new(
        ["label", "mask", "partial"].map(|with| (with, logagent_fuzz::filter(config(with)))).into(),
    );
}

fuzz_target!(|data: &[u8]| {
    FILTERS.with_borrow_mut(|filters| {
        for (with, filter) in filters {
            let outcome = logagent_fuzz::run(filter, data);
            for (before, after) in logagent_fuzz::lines(data).into_iter().zip(&outcome.bodies) {
                // A number alone on a line is text: its label has no quotes.
                if matches!(before.trim_ascii_start(), [b'{' | b'[', ..]) && logagent_fuzz::is_json(before) {
                    assert!(logagent_fuzz::is_json(after), "{with}: {}", String::from_utf8_lossy(after));
                }
            }
            let again = filter.process(outcome.bodies.iter().map(Vec::as_slice)).expect("it never fails");
            assert_eq!(again.bodies, outcome.bodies, "{with}");
        }
    });
});
