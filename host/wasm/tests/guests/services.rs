//! What the host does for a guest beside calling it: searches, metrics, log lines.

use crate::support::{Batch, Guest, LIMITS, ring};
use logagent_component::Filter;
use logagent_telemetry::OwnReport;
use logagent_wasm::{Asset, Limits, StartError};
use std::sync::Arc;

/// The bodies as the decided edits make them.
fn edited(guest: &Guest, bodies: &[&str]) -> Vec<String> {
    let mut bodies: Vec<String> = bodies.iter().map(ToString::to_string).collect();
    let mut patch_end = guest.decisions.patch.len();
    for edit in guest.decisions.edits.iter().rev() {
        let patch_start = patch_end - edit.patch_length as usize;
        let patch = std::str::from_utf8(&guest.decisions.patch[patch_start..patch_end]).unwrap();
        let at = edit.at as usize;
        bodies[edit.index as usize].replace_range(at..at + edit.length as usize, patch);
        patch_end = patch_start;
    }
    bodies
}

#[test]
fn the_host_searches_the_batch_in_hand() {
    let bodies = ["a secret here", "nothing", "anna@example.com", "", "secret secret"];
    let mut ring = ring();
    let mut guest = Guest::start("scan", &ring);
    for _ in 0..2 {
        let batch = Batch::write(&mut ring, &bodies);
        guest.process(&batch, &ring).unwrap();
        assert_eq!(edited(&guest, &bodies), ["a  here", "nothing", "", "", " "]);
        batch.finish(&mut ring);
    }
}

#[test]
fn the_host_finds_fields_and_marks_what_is_no_json() {
    let bodies = [r#"{"user":"anna"}"#, "no JSON", r#"{"name":1}"#, r#"{"a":0,"user":[1]}"#];
    let mut ring = ring();
    let mut guest = Guest::start("fields", &ring);
    let batch = Batch::write(&mut ring, &bodies);
    guest.process(&batch, &ring).unwrap();
    let expected = [r#"{"user":*"anna"}"#, "?no JSON", r#"{"name":1}"#, r#"{"a":0,"user":*[1]}"#];
    assert_eq!(edited(&guest, &bodies), expected);
}

#[test]
fn wrong_patterns_and_paths_are_told_with_their_index_and_what_is_wrong() {
    let error = Guest::try_start("scan-wrong", &ring(), LIMITS).map(|_| ()).unwrap_err();
    let StartError::Config(problems) = error else { panic!("{error}") };
    let keys: Vec<&str> = problems.iter().map(|problem| problem.key.as_str()).collect();
    assert_eq!(keys, ["patterns[1]", "patterns[2]", "paths[1]"]);
    assert!(problems[0].found.contains("unclosed group"), "{problems:?}");
}

#[test]
fn what_the_host_compiles_for_a_filter_counts_as_its_memory() {
    Guest::start("scan-large", &ring());
    let limits = Limits { memory: 16 << 20, ..LIMITS };
    let error = Guest::try_start("scan-large", &ring(), limits).map(|_| ()).unwrap_err().to_string();
    assert!(error.starts_with("its patterns and paths take "), "{error}");
    assert!(error.ends_with(" bytes of the host's memory, 16777216 at most (limits.memory)"), "{error}");
}

#[test]
fn own_metrics_count_once_a_call_has_ended_well() {
    let mut ring = ring();
    let mut counting = Guest::start("metrics", &ring);
    let batch = Batch::write(&mut ring, &["1234", "12345", "a body of twenty byt"]);
    counting.process(&batch, &ring).unwrap();
    counting.process(&batch, &ring).unwrap();
    let report = counting.meter.own.report();
    assert_eq!(report["seen"], OwnReport::Counter(6));
    let OwnReport::Histogram(bytes) = &report["body_bytes"] else { panic!("{report:?}") };
    assert_eq!((&bytes.buckets[..], bytes.count, bytes.sum), (&[(4.0, 2), (16.0, 4)][..], 6, 58.0));

    let mut failing = Guest::start("metrics-and-fail", &ring);
    failing.process(&batch, &ring).unwrap_err();
    assert_eq!(failing.meter.own.report()["seen"], OwnReport::Counter(0));
}

#[test]
fn a_flood_of_log_lines_costs_no_more_than_its_calls() {
    let mut ring = ring();
    let mut guest = Guest::start("log-flood", &ring);
    let batch = Batch::write(&mut ring, &["one"]);
    guest.process(&batch, &ring).unwrap();
}

#[test]
fn own_metrics_of_a_call_that_is_not_carried_out_do_not_count() {
    let mut ring = ring();
    let mut guest = Guest::start("metrics", &ring);
    let batch = Batch::write(&mut ring, &["one"]);
    guest.process(&batch, &ring).unwrap();
    guest.process_only(&batch, &ring).unwrap();
    guest.filter.conclude(false);
    guest.process(&batch, &ring).unwrap();
    assert_eq!(guest.meter.own.report()["seen"], OwnReport::Counter(2));
}

fn asset() -> Asset {
    Asset { path: "table.csv".into(), bytes: Arc::from(*b"a,b") }
}

#[test]
fn a_filter_reads_the_file_that_its_configuration_names() {
    let ring = ring();
    Guest::with_asset("asset", &ring, asset()).unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn a_filter_reads_no_other_file() {
    let ring = ring();
    let error = Guest::with_asset("asset-other", &ring, asset()).err().expect("it is refused");
    let found = r#""/etc/passwd" is not the file that `table` names, "table.csv""#;
    assert_eq!(error.to_string(), format!("it refuses its configuration: table: found {found}, allowed another"));
    let error = Guest::try_start("asset-other", &ring, LIMITS).err().expect("it is refused");
    assert!(error.to_string().contains("the configuration names no file under `table`"), "{error}");
}

#[test]
fn a_filter_reads_files_only_while_it_is_configured() {
    let mut ring = ring();
    let mut guest = Guest::start("asset-late", &ring);
    let batch = Batch::write(&mut ring, &["one"]);
    let error = guest.process(&batch, &ring).unwrap_err();
    assert_eq!(error.to_string(), "it called assets.read outside of configure");
}
