//! Values are found where they stand, and what is no JSON is told apart as serde_json does.
#![no_main]

use libfuzzer_sys::fuzz_target;
use logagent_fields::{Field, Paths, Scratch};
use logagent_record::Bodies;
use std::sync::LazyLock;

static PATHS: LazyLock<Paths> =
    LazyLock::new(|| Paths::new(&["a", "a.b", "*", "**.c", "d[*].e", "[0]", "$", "\"x.y\".z"]).expect("paths"));

fuzz_target!(|data: &[u8]| {
    let lines = logagent_fuzz::lines(data);
    let (bytes, records) = logagent_fuzz::lay_out(&lines, b'"');
    let (mut scratch, mut found) = (Scratch::default(), Vec::new());
    PATHS.find(&Bodies::new(&bytes, 0, &records), &mut scratch, &mut || true, &mut found).expect("not interrupted");
    assert!(found.is_sorted_by_key(|field| field.record));
    for field in &found {
        let body = lines[field.record as usize];
        let is_valid = serde_json::from_slice::<serde_json::Value>(body).is_ok();
        if field.path == Field::MALFORMED {
            assert!(field.start as usize <= body.len());
            assert!(!is_valid, "{} is JSON", String::from_utf8_lossy(body));
            continue;
        }
        assert!(field.key <= field.start);
        let value = &body[field.start as usize..field.end as usize];
        // Lone surrogates are JSON's text, and no Rust string.
        if is_valid {
            serde_json::from_slice::<serde_json::Value>(value).expect("a value");
        }
    }
});
