//! What was built before: the agent, the filters, the guests. And components that are made here.

use std::path::{Path, PathBuf};

/// The agent's binary.
pub(crate) fn agent() -> PathBuf {
    built("release/logagent")
}

/// The binary beside the agent's.
pub(crate) fn ctl() -> PathBuf {
    built("release/logagentctl")
}

/// A standard filter's component.
#[must_use]
pub fn filter(name: &str) -> String {
    built(&format!("filters/{name}.wasm")).display().to_string()
}

/// The standard filter `drop`.
#[must_use]
pub fn drop_filter() -> String {
    filter("drop")
}

/// The component whose configuration says how it misbehaves (`tests/guests`).
#[must_use]
pub fn test_guests() -> String {
    built("guests/test_guests.wasm").display().to_string()
}

/// The workspace's root.
#[must_use]
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// # Panics
/// Where it was not built.
fn built(name: &str) -> PathBuf {
    let path = repository().join("target").join(name);
    path.canonicalize().unwrap_or_else(|error| panic!("{}: {error}; run `make build filters`", path.display()))
}

/// A component or module from its text.
///
/// # Panics
/// Where the text is none.
#[must_use]
pub fn component(text: &str) -> Vec<u8> {
    wat::parse_str(text).expect("a component's text")
}
