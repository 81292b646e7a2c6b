//! Exit codes, and what is said of configurations and components that are wrong.

use logagent_tests::{Agent, Ended, Place, component, drop_filter, test_guests};

const DONE: i32 = 0;
const USAGE: i32 = 2;
const CONFIG: i32 = 78;

/// A configuration that is right but for its filters.
fn config(filters: &str) -> String {
    format!(
        "sources: {{ app: {{ type: file, include: [app.log] }} }}\n\
         sinks: {{ out: {{ type: file, path: out.log }} }}\n\
         pipelines: {{ main: {{ from: [app], through: [f], to: [out] }} }}\n\
         filters:\n  f:\n{filters}\n"
    )
}

/// Both commands refuse it, for the same keys, and `run` has touched nothing.
fn refused(place: &Place) -> String {
    let validated = Agent::run(place, &["validate", "--config", "agent.yaml"]);
    let ran = Agent::run(place, &["run", "--config", "agent.yaml", "--once"]);
    assert_eq!((validated.code, ran.code), (CONFIG, CONFIG), "{} {}", validated.stderr, ran.stderr);
    assert_eq!(places(&validated.stderr), places(&ran.stderr));
    assert!(!place.path("out.log").exists(), "a sink was opened");
    ran.stderr
}

/// What stands before what was found: file, line, column and key of each problem.
fn places(stderr: &str) -> Vec<&str> {
    stderr.lines().map(|line| line.split(": found").next().unwrap_or_default()).collect()
}

#[test]
fn wrong_usage_is_two() {
    let place = Place::new("");
    for arguments in [&[][..], &["fly"], &["run"], &["run", "--config"], &["validate", "--config", "a", "--fast"]] {
        let Ended { code, stderr, stdout, .. } = Agent::run(&place, arguments);
        assert_eq!((code, stdout.is_empty()), (USAGE, true), "{arguments:?}");
        assert!(stderr.contains("Usage: logagent") || stderr.contains("try '--help'"), "{stderr}");
    }
}

#[test]
fn the_version_is_printed() {
    for arguments in [["version"], ["--version"]] {
        let Ended { code, stdout, .. } = Agent::run(&Place::new(""), &arguments);
        let expected = format!("logagent {}\n", env!("CARGO_PKG_VERSION"));
        assert_eq!((code, String::from_utf8(stdout).unwrap()), (DONE, expected));
    }
}

#[test]
fn the_schema_of_the_configuration_is_printed() {
    let Ended { code, stdout, .. } = Agent::run(&Place::new(""), &["schema"]);
    let schema: serde_json::Value = serde_json::from_slice(&stdout).expect("JSON");
    assert_eq!((code, &schema["required"]), (DONE, &serde_json::json!(["sources", "pipelines"])));
}

#[test]
fn a_configuration_that_is_missing_is_named() {
    let place = Place::new("");
    for command in ["run", "validate"] {
        let Ended { code, stderr, .. } = Agent::run(&place, &[command, "--config", "missing.yaml"]);
        assert_eq!(code, CONFIG);
        assert!(stderr.starts_with("missing.yaml: No such file"), "{stderr}");
    }
}

#[test]
fn all_problems_of_a_configuration_are_told_at_once_each_with_its_place() {
    let place = Place::new(
        "lanes: none
sources:
  app: { type: file, include: [app.log], colour: red }
sinks:
  out: { type: file, path: out.log, encoding: xml }
pipelines:
  main: { from: [apps], to: [out] }
",
    );
    let stderr = refused(&place);
    assert_eq!(
        places(&stderr),
        [
            "agent.yaml:1:8: lanes",
            "agent.yaml:3:42: sources.app.colour",
            "agent.yaml:5:47: sinks.out.encoding",
            "agent.yaml:7:18: pipelines.main.from[0]"
        ],
        "{stderr}"
    );
}

#[test]
fn what_is_wrong_with_patterns_keys_and_components_is_told_at_once_too() {
    let place = Place::new(
        "sources:
  app: { type: file, include: ['a[', app.log, 'b**c'], exclude: [x, 'c['], multiline: { start: '(' } }
  two: { type: file, include: ['d['] }
sinks:
  out: { type: file, path: out.log, buffer: { type: disk, encryption: { key_file: none.key } } }
filters:
  f: { component: f.wasm }
  g: { component: g.wasm }
pipelines:
  main: { from: [app, two], through: [f, g], to: [out] }
",
    );
    let stderr = refused(&place);
    assert_eq!(
        places(&stderr),
        [
            "agent.yaml:2:32: sources.app.include[0]",
            "agent.yaml:2:47: sources.app.include[2]",
            "agent.yaml:2:69: sources.app.exclude[1]",
            "agent.yaml:2:96: sources.app.multiline.start",
            "agent.yaml:3:32: sources.two.include[0]",
            "agent.yaml:5:83: sinks.out.buffer.encryption.key_file",
            "agent.yaml:7:19: filters.f.component",
            "agent.yaml:8:19: filters.g.component",
        ],
        "{stderr}"
    );
}

#[test]
fn what_is_wrong_in_the_file_hides_nothing_but_what_may_follow_from_it() {
    let place = Place::new(
        "lanes: 0
sources:
  app: { type: file, include: ['a['] }
filters:
  f: { component: f.wasm }
  g: { limits: {} }
sinks:
  out: { type: file, path: out.log }
pipelines:
  main: { from: [app], through: [f, g], to: [out] }
",
    );
    let expected = [
        "agent.yaml:1:8: lanes",
        "agent.yaml:3:32: sources.app.include[0]",
        "agent.yaml:5:19: filters.f.component",
        "agent.yaml:6:3: filters.g.component",
    ];
    let stderr = refused(&place);
    assert_eq!(places(&stderr), expected, "{stderr}");
}

#[test]
fn a_configuration_without_problems_is_said_to_have_none() {
    let place = Place::new(&config(&format!("    component: {}\n    config: {{ contains: [x] }}", drop_filter())));
    let Ended { code, stdout, stderr, .. } = Agent::run(&place, &["validate", "--config", "agent.yaml"]);
    assert_eq!((code, &*String::from_utf8(stdout).unwrap()), (DONE, "agent.yaml: no problem found\n"), "{stderr}");
    assert!(!place.path("out.log").exists() && !place.path("data").exists(), "validate touches nothing");
}

#[test]
fn what_a_component_finds_wrong_stands_at_its_keys_line() {
    let component = drop_filter();
    for (config_of_filter, expected) in [
        ("      contians: [x]", "agent.yaml:8:7: filters.f.config.contians"),
        ("      contains: [x]\n      field: { name: a, below: loud }", "agent.yaml:9:"),
        ("      regex: ['[']", "agent.yaml:8:"),
        ("      contains: 5", "agent.yaml:8:17: filters.f.config.contains: found"),
    ] {
        let place = Place::new(&config(&format!("    component: {component}\n    config:\n{config_of_filter}")));
        // Not `run` as well, which says the same: compiling this component takes seconds.
        let Ended { code, stderr, .. } = Agent::run(&place, &["validate", "--config", "agent.yaml"]);
        assert!(code == CONFIG && stderr.starts_with(expected) && stderr.contains(", allowed "), "{stderr}");
    }
    let place = Place::new(&config(&format!("    component: {}\n    config: {{ mode: refuse }}", test_guests())));
    let stderr = refused(&place);
    assert!(stderr.contains("agent.yaml:7:21: filters.f.config.mode: found the text \"refuse\""), "{stderr}");
    assert!(stderr.contains("level[2]: found the number 5, allowed a text"), "both of its problems: {stderr}");
}

#[test]
fn a_component_that_is_none_of_this_hosts_is_refused_with_the_reason() {
    let instance = |import: &str| component(&format!("(component (import \"{import}\" (instance)))"));
    for (bytes, reasons) in [
        (None, &["No such file"][..]),
        (Some(vec![]), &["the file is empty"]),
        (Some(b"#!/bin/sh\n".to_vec()), &["no WebAssembly component"]),
        (Some(component("(module)")), &["core module", "logagent-componentize"]),
        (Some(instance("wasi:sockets/tcp@0.2.0")), &["imports wasi:sockets/tcp@0.2.0", "logagent:filter@0.1.0"]),
        (Some(instance("wasi:filesystem/types@0.2.0")), &["imports wasi:filesystem/types@0.2.0"]),
        (Some(component("(component (import \"env\" (func)))")), &["imports env"]),
        (Some(instance("logagent:filter/files@0.1.0")), &["imports logagent:filter/files@0.1.0"]),
        (
            Some(instance("logagent:filter/batch@0.2.0")),
            &["made for logagent:filter@0.2.0", "speaks logagent:filter@0.1.0"],
        ),
        (Some(component("(component)")), &["exports no function configure"]),
    ] {
        let place = Place::new(&config("    component: made.wasm"));
        bytes.inspect(|bytes| place.write("made.wasm", bytes));
        let stderr = refused(&place);
        assert!(stderr.starts_with("agent.yaml:6:16: filters.f.component: found component made.wasm"), "{stderr}");
        for reason in reasons {
            assert!(stderr.contains(reason), "{reason} is not in {stderr}");
        }
    }
}

#[test]
fn a_component_that_fails_while_it_starts_is_refused() {
    for (mode, reason) in [
        ("configure-trap", "trapped"),
        ("configure-spin", "limits.time"),
        ("attach-misaligned", "64 KiB"),
        ("attach-short", "64 KiB"),
        ("attach-twice", "once"),
        ("decide-in-configure", "outside of process"),
        ("many-reasons", "128 reasons"),
    ] {
        let place = Place::new(&config(&format!("    component: {}\n    config: {{ mode: {mode} }}", test_guests())));
        let stderr = refused(&place);
        assert!(stderr.starts_with("agent.yaml:7:") && stderr.contains(reason), "{mode}: {stderr}");
    }
}

#[test]
fn outputs_and_routes_have_to_meet() {
    let filters = format!("    component: {}\n    config: {{ mode: route }}", test_guests());
    let stderr = refused(&Place::new(&config(&filters)));
    assert!(stderr.contains("found no route for alerts, allowed sinks for alerts"), "{stderr}");
    let routed = config(&filters).replace("to: [out]", "to: [out], routes: { alerts: [out], alarms: [out] }");
    let stderr = refused(&Place::new(&routed));
    assert!(stderr.contains("pipelines.main.routes.alarms: found the output alarms"), "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
}

#[test]
fn what_may_take_more_memory_than_the_limit_is_refused_with_the_sum_of_its_parts_and_what_would_fit() {
    let drop = format!(
        "    component: {}\n    config: {{ contains: [DEBUG] }}\n    limits: {{ memory: 4MiB }}",
        drop_filter()
    );
    let limited = |limit: &str| Place::new(&format!("lanes: 2\nmemory: {{ limit: {limit} }}\n{}", config(&drop)));
    let stderr = refused(&limited("96MiB"));
    assert!(stderr.contains("agent.yaml:2:18: memory.limit: found 96MiB, less than "), "{stderr}");
    for part in [
        "the agent 32MiB + 2 rings 32MiB + 1 sinks 4MiB + components ",
        " + compiling the largest ",
        " + 2 × filter f 16MiB + ",
    ] {
        assert!(stderr.contains(part), "{part} in {stderr}");
    }
    let place = limited("256MiB");
    place.write("app.log", "a\n");
    assert_eq!(Agent::run(&place, &["validate", "--config", "agent.yaml"]).code, DONE);
    assert_eq!(Agent::once(&place).done().count("delivered"), 1);
}
