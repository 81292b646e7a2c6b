//! Lines of any format are taken apart into attributes that can be read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use logagent_filter_parse::ParseFilter;
use logagent_sdk::Value;
use logagent_sdk::testing::Harness;
use serde_json::json;
use std::cell::RefCell;

thread_local! {
    static FILTERS: RefCell<Vec<Harness<ParseFilter>>> = RefCell::new(
        [
            json!({"format": "json"}),
            json!({"format": "logfmt"}),
            json!({"format": "nginx"}),
            json!({"format": "syslog"}),
            json!({"format": "cri"}),
            json!({"format": "regex", "pattern": r"(?<time>\S+) (?<level>\w+)(?: (?<rest>.*))?"}),
        ]
        .map(logagent_fuzz::filter)
        .into(),
    );
}

fuzz_target!(|data: &[u8]| {
    FILTERS.with_borrow_mut(|filters| {
        for filter in filters {
            for attributes in logagent_fuzz::run(filter, data).attributes {
                assert!(attributes.is_empty() || matches!(Value::of(&attributes), Some(Value::Map(_))));
            }
        }
    });
});
