//! Which crate may depend on which: the design's table as data, and what of it a manifest breaks.

use std::collections::BTreeMap;
use std::path::Path;
use toml::{Table, Value};

/// A crate's place in the table.
struct Rule {
    package: &'static str,
    /// Those of ours that it may use.
    may_use: &'static [&'static str],
    /// Those that its tests may use beyond these.
    tests_may_use: &'static [&'static str],
    /// Those that it may use where it is not built for WebAssembly.
    natively_may_use: &'static [&'static str],
    /// Why no others.
    reason: &'static str,
}

const fn rule(package: &'static str, may_use: &'static [&'static str], reason: &'static str) -> Rule {
    Rule { package, may_use, tests_may_use: &[], natively_may_use: &[], reason }
}

const BASE: &[&str] = &["logagent-record", "logagent-ring", "logagent-state"];
const TRAITS: &[&str] = &[
    "logagent-failpoint",
    "logagent-find",
    "logagent-record",
    "logagent-ring",
    "logagent-state",
    "logagent-telemetry",
    "logagent-component",
];
const DOUBLES: &[&str] = &["logagent-testkit"];
const BOTTOM: &str = "layer 0 knows nothing of ours";
const IMPLEMENTATION: &str = "layer 2 uses layers 0 and 1; its crates never know each other";

const SEARCH: &str = "the host's search is pure: it knows records, and nothing of who searches";

const HOST: [Rule; 22] = [
    rule("logagent-failpoint", &[], BOTTOM),
    rule("logagent-find", &[], BOTTOM),
    rule("logagent-record", &[], BOTTOM),
    rule("logagent-ring", &[], BOTTOM),
    Rule { tests_may_use: DOUBLES, ..rule("logagent-state", &[], BOTTOM) },
    rule("logagent-secrets", &["logagent-record"], SEARCH),
    rule("logagent-scan", &["logagent-record", "logagent-secrets"], SEARCH),
    rule("logagent-fields", &["logagent-record"], SEARCH),
    rule("logagent-telemetry", BASE, "layer 1 uses layer 0"),
    rule("logagent-component", BASE, "layer 1 uses layer 0"),
    Rule { tests_may_use: DOUBLES, ..rule("logagent-source", TRAITS, IMPLEMENTATION) },
    Rule { tests_may_use: DOUBLES, ..rule("logagent-sink", TRAITS, IMPLEMENTATION) },
    Rule { tests_may_use: DOUBLES, ..rule("logagent-buffer", TRAITS, IMPLEMENTATION) },
    rule("logagent-checkpoint", TRAITS, IMPLEMENTATION),
    rule("logagent-letters", TRAITS, IMPLEMENTATION),
    Rule { tests_may_use: DOUBLES, ..rule("logagent-snapshot", TRAITS, IMPLEMENTATION) },
    Rule {
        tests_may_use: DOUBLES,
        ..rule(
            "logagent-wasm",
            &[
                "logagent-record",
                "logagent-ring",
                "logagent-state",
                "logagent-telemetry",
                "logagent-component",
                "logagent-scan",
                "logagent-fields",
            ],
            "wasm uses layers 0 and 1, and the search that it lends to filters",
        )
    },
    Rule {
        tests_may_use: DOUBLES,
        ..rule("logagent-pipeline", TRAITS, "the pipeline knows the traits, never an implementation")
    },
    rule(
        "logagent-control",
        &[
            "logagent-record",
            "logagent-ring",
            "logagent-state",
            "logagent-telemetry",
            "logagent-component",
            "logagent-letters",
            "logagent-buffer",
        ],
        "control shows plain data, and of what it shows offline knows the letters' and buffers' files alone",
    ),
    rule("logagent-config", &[], "config turns text into plain structs, and knows none of what they configure"),
    Rule {
        tests_may_use: DOUBLES,
        ..rule(
            "logagent",
            &[
                "logagent-failpoint",
                "logagent-record",
                "logagent-ring",
                "logagent-state",
                "logagent-telemetry",
                "logagent-component",
                "logagent-source",
                "logagent-sink",
                "logagent-buffer",
                "logagent-checkpoint",
                "logagent-letters",
                "logagent-snapshot",
                "logagent-wasm",
                "logagent-pipeline",
                "logagent-config",
                "logagent-control",
            ],
            "the agent ships: it uses no test doubles",
        )
    },
    rule("logagent-testkit", TRAITS, "doubles stand for implementations, so they know the traits alone"),
];

const GUEST: &str = "host and guests share nothing but wit/";

/// What a crate is, by its directory.
fn rule_for(directory: &str, package: &str) -> Option<Rule> {
    let host = || HOST.into_iter().find(|rule| rule.package == package);
    match directory.split('/').collect::<Vec<_>>()[..] {
        ["host", _] => host(),
        ["guest-sdk", "rust"] => Some(Rule {
            natively_may_use: &["logagent-record", "logagent-state", "logagent-scan", "logagent-fields"],
            ..rule("", &[], GUEST)
        }),
        ["guest-sdk", "conditions"] => Some(rule("", &["logagent-sdk"], "what filters share builds on the SDK alone")),
        ["guest-sdk", _] | ["tests", "guests"] => Some(rule("", &[], GUEST)),
        ["filters" | "examples", ..] => {
            Some(rule("", &["logagent-sdk", "logagent-conditions"], "filters use the guest SDK alone of ours"))
        }
        _ => None,
    }
}

/// Third parties that only one crate may use, tests included.
const OWNED: [(&str, &str, &str); 1] =
    [("wasmtime", "logagent-wasm", "only wasm knows wasmtime, so that replacing or updating it is one crate's work")];

/// What layer 0 must not use.
const FORBIDDEN_AT_THE_BOTTOM: [&str; 5] = ["serde", "serde_json", "tokio", "notify", "tracing"];

/// The names that the workspace gives to packages under `[workspace.dependencies]`.
#[must_use]
pub fn aliases(root: &Table) -> BTreeMap<String, String> {
    let shared = root.get("workspace").and_then(|workspace| workspace.get("dependencies")).and_then(Value::as_table);
    let renamed = |(name, value): (&String, &Value)| Some((name.clone(), value.get("package")?.as_str()?.to_owned()));
    shared.into_iter().flatten().filter_map(renamed).collect()
}

/// What a manifest does that the table forbids. `directory` is relative to the workspace.
#[must_use]
pub fn problems(directory: &str, manifest: &Table, aliases: &BTreeMap<String, String>) -> Vec<String> {
    let package = manifest.get("package").and_then(|package| package.get("name")).and_then(Value::as_str);
    let package = package.unwrap_or_default();
    let mut problems = Vec::new();
    let rule = rule_for(directory, package);
    if directory.starts_with("host/") && rule.is_none() {
        problems.push(format!("{directory}: {package} has no place in the table of layers: give it one"));
    }
    for edge in edges(manifest, aliases) {
        let forbidden = |reason: &str| format!("{directory}: {package} must not use {}: {reason}", edge.to);
        if let Some((_, _, reason)) = OWNED.iter().find(|(owned, owner, _)| *owned == edge.to && *owner != package) {
            problems.push(forbidden(reason));
        }
        let Some(rule) = &rule else { continue };
        let is_ours = edge.to.starts_with("logagent");
        let is_allowed = rule.may_use.contains(&&*edge.to)
            || (edge.is_test && rule.tests_may_use.contains(&&*edge.to))
            || (edge.is_native && rule.natively_may_use.contains(&&*edge.to));
        if is_ours && !is_allowed {
            problems.push(forbidden(rule.reason));
        }
        if rule.reason == BOTTOM && !edge.is_test && FORBIDDEN_AT_THE_BOTTOM.contains(&&*edge.to) {
            problems.push(forbidden("layer 0 does no I/O and knows no serde"));
        }
    }
    problems
}

struct Edge {
    to: String,
    is_test: bool,
    /// Not where WebAssembly is built.
    is_native: bool,
}

/// All dependencies, under any condition.
fn edges(manifest: &Table, aliases: &BTreeMap<String, String>) -> Vec<Edge> {
    const NATIVE: &str = r#"cfg(not(target_arch = "wasm32"))"#;
    let targets = manifest.get("target").and_then(Value::as_table).into_iter().flatten();
    let tables = targets.filter_map(|(target, table)| Some((target == NATIVE, table.as_table()?)));
    let mut edges = Vec::new();
    for (is_native, table) in tables.chain([(false, manifest)]) {
        for (kind, is_test) in [("dependencies", false), ("build-dependencies", false), ("dev-dependencies", true)] {
            for (name, value) in table.get(kind).and_then(Value::as_table).into_iter().flatten() {
                let package = value.get("package").and_then(Value::as_str);
                let to = package.unwrap_or_else(|| aliases.get(name).map_or(name, String::as_str)).to_owned();
                edges.push(Edge { to, is_test, is_native });
            }
        }
    }
    edges
}

/// A manifest.
///
/// # Panics
/// Where it can't be read.
#[must_use]
pub fn read(path: &Path) -> Table {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.parse().unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
