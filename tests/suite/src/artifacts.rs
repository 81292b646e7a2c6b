//! What was built before: the agent, the filters, the guests. And components that are made here.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The agent's binary.
pub(crate) fn agent() -> PathBuf {
    built("release/logagent")
}

/// The binary beside the agent's.
pub(crate) fn ctl() -> PathBuf {
    built("release/logagentctl")
}

/// The agent that dies where it is told to, built at its first use: `make build` does not, since it is no agent to run.
/// With the same profile and directory, so that cargo builds only what has such points.
///
/// # Panics
/// Where cargo can't build it.
pub(crate) fn dying_agent() -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    let build = || {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.current_dir(repository()).args(["build", "--release", "--quiet", "--package", "logagent"]);
        let status = cargo.args(["--features", "failpoints", "--bin", "logagent-failpoints"]).status();
        assert!(status.expect("cargo starts").success(), "cargo can't build logagent-failpoints: see above");
        built("release/logagent-failpoints")
    };
    BUILT.get_or_init(build).clone()
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
