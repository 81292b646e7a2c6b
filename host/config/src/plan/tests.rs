//! Pairs of configurations, and what leads from the one to the other.

use std::path::Path;

use super::Plan;
use crate::Config;

const OLD: &str = "
sources:
  app: { type: file, include: [/a/*.log, /b/*.log] }
  in: { type: stdin }
filters:
  quiet: { component: drop.wasm, config: { contains: [DEBUG], at: { x: 1, y: 2 } }, limits: { cpu: 20% } }
  thin: { component: sample.wasm }
sinks:
  out: { type: file, path: out.log }
  spare: { type: stdout }
pipelines:
  main: { from: [app], through: [quiet, thin], to: [out] }
  other: { from: [in], to: [spare] }
";

/// Edits to the old text: each first part, which stands there once, becomes the second.
type Edits = [(&'static str, &'static str)];

fn parse(text: &str) -> Config {
    Config::parse(Path::new("f"), text).unwrap_or_else(|problems| panic!("{problems} in\n{text}"))
}

fn edited(edits: &Edits) -> String {
    edits.iter().fold(OLD.to_owned(), |text, (from, to)| {
        assert_eq!(text.matches(from).count(), 1, "{from:?} in\n{text}");
        text.replace(from, to)
    })
}

fn plan(edits: &Edits) -> Plan {
    let text = edited(edits);
    Plan::between(&parse(OLD), &parse(&text)).unwrap_or_else(|problems| panic!("{problems:?} for\n{text}"))
}

fn problems(old: &str, new: &str) -> Vec<String> {
    let problems = Plan::between(&parse(old), &parse(new)).expect_err("a change that needs a restart");
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn what_is_written_otherwise_but_means_the_same_is_no_change() {
    let cases: &[&Edits] = &[
        &[],
        &[("\nsources:", "\n# moved\n\nsources:")],
        &[("at: { x: 1, y: 2 }", "\"at\": { y: 2, x: 1 }")],
        &[("cpu: 20%", "cpu: 0.2")],
        &[(
            "{ component: sample.wasm }",
            "{ component: sample.wasm, on_error: dead_letter, breaker: { failures: 32 } }",
        )],
        &[
            ("  app: { type: file, include: [/a/*.log, /b/*.log] }\n", ""),
            ("stdin }", "stdin }\n  app: { type: file, include: [/a/*.log, /b/*.log] }"),
        ],
        &[("\nsources:", "\nmemory: { ring_bytes: 16384KiB }\nsources:")],
    ];
    for edits in cases {
        let plan = plan(edits);
        assert!(plan.is_empty(), "{plan} for {edits:?}");
        assert_eq!(plan.to_string(), "nothing");
    }
}

#[test]
fn a_plan_names_what_comes_goes_and_changes() {
    let cases: &[(&Edits, &str)] = &[
        (
            &[
                ("DEBUG", "TRACE"),
                ("[quiet, thin]", "[quiet, hide]"),
                ("  thin: { component: sample", "  hide: { component: redact"),
            ],
            "filters: ~quiet +hide -thin; pipelines: ~main",
        ),
        (
            &[("  in: {", "  b: { type: file, include: [b] }\n  a: { type: file, include: [a] }\n  in: {")],
            "sources: +b +a",
        ),
        (
            &[("  in: { type: stdin }\n", ""), ("  other: { from: [in], to: [spare] }\n", "")],
            "sources: -in; pipelines: -other",
        ),
        (&[("[out] }", "[out], routes: { a: [spare] } }")], "pipelines: ~main"),
        (&[("[quiet, thin]", "[thin, quiet]")], "pipelines: ~main"),
        (&[("path: out.log", "path: out.log, encoding: json")], "sinks: ~out"),
        (&[("type: stdout", "type: blackhole")], "sinks: ~spare"),
        (&[("  spare: {", "  more: { type: blackhole }\n  spare: {")], "sinks: +more"),
        (&[("\nsources:", "\nshutdown_timeout: 3s\nsources:")], "shutdown_timeout: 3s"),
        (
            &[("sample.wasm", "s.wasm"), ("path: out", "path: in"), ("\nsources:", "\nshutdown_timeout: 0\nsources:")],
            "filters: ~thin; sinks: ~out; shutdown_timeout: 0",
        ),
    ];
    for (edits, expected) in cases {
        let plan = plan(edits);
        assert_eq!((plan.to_string().as_str(), plan.is_empty()), (*expected, false), "for {edits:?}");
    }
}

#[test]
fn a_changed_filter_says_what_changed_and_whether_its_instances_can_stay() {
    let cases: &[(&str, &str, bool)] = &[
        ("{ component: s.wasm }", "thin (component)", true),
        ("{ component: sample.wasm, config: { rate: 1 } }", "thin (config)", true),
        ("{ component: sample.wasm, limits: { emits: 0 } }", "thin (limits)", true),
        ("{ component: sample.wasm, on_error: pass }", "thin (on_error)", false),
        ("{ component: sample.wasm, breaker: { open_for: 1s } }", "thin (breaker)", false),
        ("{ component: sample.wasm, canary: { component: s.wasm } }", "thin (canary)", false),
        ("{ component: sample.wasm, shadow: { component: s.wasm } }", "thin (shadow)", false),
        ("{ component: s.wasm, config: 1, on_error: stop }", "thin (component, config, on_error)", true),
    ];
    for (new, expected, need_instances) in cases {
        let [change] = &plan(&[("{ component: sample.wasm }", new)]).filters.changed[..] else { panic!("{new}") };
        assert_eq!((change.to_string().as_str(), change.parts.need_instances()), (*expected, *need_instances));
    }
}

#[test]
fn a_canarys_next_share_is_a_change_of_the_canary_alone() {
    let with = |share: &str| {
        OLD.replace("sample.wasm", &format!("sample.wasm, canary: {{ component: s.wasm, share: {share} }}"))
    };
    let plan = Plan::between(&parse(&with("5%")), &parse(&with("20%"))).expect("a plan");
    assert_eq!(plan.filters.changed[0].to_string(), "thin (canary)");
    let plan = Plan::between(&parse(&with("5%")), &parse(&with("0.05"))).expect("a plan");
    assert!(plan.is_empty(), "{plan}");
}

#[test]
fn settings_that_a_lane_is_built_with_need_a_restart() {
    let cases: &[(&str, &str)] = &[
        ("data_dir: /x", "f:1:11: data_dir: found \"/x\", allowed \"./data\""),
        ("lanes: 2", "f:1:8: lanes: found 2, allowed one for each core"),
        ("memory: { ring_bytes: 32MiB }", "f:1:23: memory.ring_bytes: found 32MiB, allowed 16MiB"),
        ("memory: { limit: 256MiB }", "f:1:18: memory.limit: found 256MiB, allowed no limit"),
        ("state: { budget: 8MiB }", "f:1:18: state.budget: found 8MiB, allowed 64MiB"),
        ("state: { conflict_rate: 1% }", "f:1:25: state.conflict_rate: found 0.01, allowed 0.15"),
        ("batch: { max_bytes: 64KiB }", "f:1:21: batch.max_bytes: found 64KiB, allowed 512KiB"),
        ("batch: { max_records: 9 }", "f:1:23: batch.max_records: found 9, allowed 8192"),
        ("batch: { max_age: 20ms }", "f:1:19: batch.max_age: found 20ms, allowed 10ms"),
        ("checkpoints: { interval: 5s }", "f:1:26: checkpoints.interval: found 5s, allowed 1s"),
        ("dead_letters: { max_bytes: 2GiB }", "f:1:28: dead_letters.max_bytes: found 2GiB, allowed 1GiB"),
    ];
    for (line, expected) in cases {
        let expected = format!("{expected} as it was; this change needs a restart");
        assert_eq!(problems(OLD, &format!("{line}{OLD}")), [expected]);
    }
    let gone = "f:1:1: lanes: found one for each core, allowed 2 as it was; this change needs a restart";
    assert_eq!(problems(&format!("lanes: 2{OLD}"), OLD), [gone]);
}

#[test]
fn a_sources_settings_need_a_restart() {
    let long = "/var/log/a/very/long/path/that/all/of/the/patterns/have/in/common/*.log";
    let many = OLD.replace("/b/*.log", &format!("{long}, /b/*.log"));
    let cases = [
        (
            OLD,
            "[/a/*.log, /b/*.log]",
            "[/c]",
            "f:3:22: sources.app.include: found [\"/c\"], allowed [\"/a/*.log\", \"/b/*.log\"]",
        ),
        (&many, "/b/*.log", "/c", "f:3:22: sources.app.include: found […, \"/c\"], allowed […, \"/b/*.log\"]"),
        (OLD, "*.log] }", "*.log], exclude: [x] }", "f:3:53: sources.app.exclude: found [\"x\"], allowed []"),
        (OLD, "*.log] }", "*.log], read_from: end }", "f:3:64: sources.app.read_from: found end, allowed beginning"),
        (
            OLD,
            "*.log] }",
            "*.log], multiline: { preset: go } }",
            "f:3:53: sources.app.multiline: found preset go with timeout 1s, allowed a line a record",
        ),
        (OLD, "*.log] }", "*.log], format: cri }", "f:3:61: sources.app.format: found cri, allowed lines"),
        (OLD, "*.log] }", "*.log], poll_every: 1s }", "f:3:65: sources.app.poll_every: found 1s, allowed events"),
        (
            OLD,
            "type: stdin",
            "type: stdin, max_record_bytes: 2MiB",
            "f:4:40: sources.in.max_record_bytes: found 2MiB, allowed 1MiB",
        ),
        (OLD, "type: stdin", "type: stdin, priority: high", "f:4:32: sources.in.priority: found high, allowed normal"),
        (OLD, "type: stdin", "type: file, include: [x]", "f:4:15: sources.in.type: found file, allowed stdin"),
    ];
    for (old, from, to, expected) in cases {
        let expected = format!("{expected} as it was; this change needs a restart");
        assert_eq!(problems(old, &old.replace(from, to)), [expected]);
    }
}

#[test]
fn all_changes_that_need_a_restart_come_together_in_the_new_files_order() {
    let new = format!("{}lanes: 2\ndata_dir: d\n", OLD.replace("type: stdin", "type: stdin, max_record_bytes: 2MiB"));
    let problems = problems(OLD, &format!("batch: {{ max_records: 9 }}{new}"));
    let places: Vec<_> = problems.iter().filter_map(|problem| problem.split(": ").nth(1)).collect();
    assert_eq!(places, ["batch.max_records", "sources.in.max_record_bytes", "lanes", "data_dir"]);
}
