//! The crates keep to their layers.

use logagent_tests::layers::{aliases, problems, read};
use std::collections::BTreeMap;
use std::path::Path;

#[test]
fn no_crate_takes_an_edge_that_the_table_forbids() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let workspace = read(&root.join("Cargo.toml"));
    let members = workspace["workspace"]["members"].as_array().expect("a list of directories");
    let aliases = aliases(&workspace);
    let mut found = Vec::new();
    for member in members {
        let directory = member.as_str().expect("a directory");
        found.extend(problems(directory, &read(&root.join(directory).join("Cargo.toml")), &aliases));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(members.len() > 12);
}

#[test]
fn every_crate_of_the_host_is_a_member() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let members = read(&root.join("Cargo.toml"))["workspace"]["members"].clone();
    for entry in std::fs::read_dir(root.join("host")).expect("a directory") {
        let directory = format!("host/{}", entry.expect("an entry").file_name().display());
        let is_member = |member: &toml::Value| member.as_str() == Some(&directory);
        assert!(members.as_array().expect("a list").iter().any(is_member), "{directory} is no member");
    }
}

#[test]
fn each_planted_edge_is_found_with_its_reason() {
    let aliases = BTreeMap::from([("engine".to_owned(), "wasmtime".to_owned())]);
    for (directory, package, edge, reason) in [
        ("host/ring", "logagent-ring", "[dependencies]\nlogagent-record.workspace = true", "layer 0"),
        ("host/record", "logagent-record", "[dependencies]\nserde.workspace = true", "no serde"),
        ("host/telemetry", "logagent-telemetry", "[dependencies]\nlogagent-sink.workspace = true", "layer 1"),
        ("host/source", "logagent-source", "[dependencies]\nlogagent-sink.workspace = true", "never know each other"),
        ("host/sink", "logagent-sink", "[dev-dependencies]\nlogagent-source.workspace = true", "never know each other"),
        ("host/pipeline", "logagent-pipeline", "[dependencies]\nlogagent-wasm.workspace = true", "the traits"),
        ("host/pipeline", "logagent-pipeline", "[dependencies]\nlogagent-testkit.workspace = true", "the traits"),
        ("host/config", "logagent-config", "[build-dependencies]\nlogagent-record.workspace = true", "plain structs"),
        ("host/control", "logagent-control", "[dependencies]\nlogagent-config.workspace = true", "plain data"),
        ("host/agent", "logagent", "[dependencies]\nlogagent-testkit.workspace = true", "no test doubles"),
        ("host/agent", "logagent", "[dependencies]\nwasmtime.workspace = true", "only wasm"),
        ("host/sink", "logagent-sink", "[dependencies]\nengine.workspace = true", "only wasm"),
        ("host/sink", "logagent-sink", "[dependencies]\ne = { package = \"wasmtime\", version = \"1\" }", "only wasm"),
        ("tests/suite", "logagent-tests", "[dev-dependencies]\nwasmtime.workspace = true", "only wasm"),
        ("host/sink", "logagent-sink", "[target.'cfg(unix)'.dependencies]\nlogagent-wasm = \"1\"", "never know"),
        ("filters/drop", "logagent-filter-drop", "[dependencies]\nlogagent-record.workspace = true", "guest SDK alone"),
        ("guest-sdk/rust", "logagent-sdk", "[dependencies]\nlogagent-record.workspace = true", "but wit/"),
        ("host/new", "logagent-new", "", "no place"),
    ] {
        let manifest = format!("[package]\nname = \"{package}\"\n{edge}\n").parse().expect("a manifest");
        let found = problems(directory, &manifest, &aliases);
        assert!(matches!(&found[..], [problem] if problem.contains(reason)), "{package}, {edge}: {found:?}");
    }
}

#[test]
fn an_edge_that_the_table_allows_is_no_problem() {
    let manifest = "[package]\nname = \"logagent-pipeline\"\n[dependencies]\nlogagent-ring.workspace = true\n\
                    [dev-dependencies]\nlogagent-testkit.workspace = true\n";
    assert_eq!(problems("host/pipeline", &manifest.parse().expect("a manifest"), &BTreeMap::new()), [""; 0]);
}
