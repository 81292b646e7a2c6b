//! JSON stays JSON, and all else stays as it is.
#![no_main]

use libfuzzer_sys::fuzz_target;
use logagent_filter_trim::TrimFilter;
use logagent_sdk::testing::Harness;
use serde_json::json;
use std::cell::RefCell;

thread_local! {
    static FILTERS: RefCell<Vec<Harness<TrimFilter>>> = RefCell::new(
        [
            json!({"remove": ["a", "b.c", "**.d", "e[*].f"], "rename": {"g": "h"}, "add": {"i": [1]}, "max_value_bytes": 8}),
            json!({"keep": ["a", "b.c", "e[0]"], "add": {"b.n": "x"}}),
            json!({"max_value_bytes": 1, "ellipsis": ""}),
        ]
        .map(logagent_fuzz::filter)
        .into(),
    );
}

fuzz_target!(|data: &[u8]| {
    FILTERS.with_borrow_mut(|filters| {
        for filter in filters {
            let outcome = logagent_fuzz::run(filter, data);
            for (before, after) in logagent_fuzz::lines(data).into_iter().zip(&outcome.bodies) {
                if logagent_fuzz::is_json(before) {
                    assert!(logagent_fuzz::is_json(after), "{}", String::from_utf8_lossy(after));
                } else {
                    assert_eq!(before, after);
                }
            }
        }
    });
});
