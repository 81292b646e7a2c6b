//! Any text is read as a configuration, or refused with problems that stand in it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use logagent_config::Config;
use std::path::Path;

fuzz_target!(|text: &str| {
    if let Err(problems) = Config::parse(Path::new("fuzz.yaml"), text) {
        assert!(!problems.as_slice().is_empty());
        assert!(!problems.to_string().is_empty());
    }
});
