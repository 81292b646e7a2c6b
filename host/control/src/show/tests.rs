//! The text of fixed data.

use super::*;
use crate::{ReloadAnswer, Status};
use std::collections::BTreeMap;

fn fixed() -> Status {
    serde_json::from_str(include_str!("../../tests/control/status.json")).unwrap()
}

#[test]
fn a_status_is_tables_and_what_is_out_of_the_ordinary() {
    let expected = "\
logagent 0.1.0, process 4242, up 1h 2m 3s, configuration /etc/logagent.yaml

pipeline  received  emitted  delivered  dropped  dead letters  in flight  in/s  out/s  bytes in/s  bytes out/s
main          1000        5        480      520             2          3   250    120     50.0 kB       2.4 MB
other            0        0          0        0             0          0     -      -           -            -

filter  generation  component     records  kept  dropped  errors  ns/record  breaker    canary
quiet            3  c0ffee012345     1000   480      520       3        123  half-open  5%
redact           1  0123                0     0        0       0          -  closed     -

quiet: the reload of 2026-01-02T04:04:05Z was refused, generation 3 goes on: an import\\nthat is \\u{1b}[31munknown
quiet: canary drop-2.wasm (beef00012345), 5% since 2026-01-02T03:04:05Z: 50 records, 1 errors, 20 dropped; the filter \
itself: 950 records, 500 dropped; next step in 4m
redact: shadow redact-2.wasm (fedcba987654), 10%: 100 records, 3 decided otherwise
quiet in main: generation 2 in lane 0, 3 in lanes 1 2
";
    assert_eq!(status(&fixed()), expected);
}

#[test]
fn an_agent_without_filters_shows_no_table_of_them() {
    let mut plain = fixed();
    plain.report.filters.clear();
    plain.filters.clear();
    plain.lanes.clear();
    let text = status(&plain);
    assert!(text.ends_with("-            -\n") && !text.contains("filter"), "{text}");
}

#[test]
fn a_reload_shows_its_changes_and_generations() {
    assert_eq!(reloaded(&ReloadAnswer::default()), "nothing changed\n");
    let generations = BTreeMap::from([("quiet".into(), 4), ("redact".into(), 2)]);
    let answer = ReloadAnswer { changes: "filters: ~quiet ~redact".into(), generations };
    assert_eq!(reloaded(&answer), "filters: ~quiet ~redact\nquiet: generation 4\nredact: generation 2\n");
}

#[test]
fn times_and_amounts_of_any_size_have_a_text() {
    use super::units::{bytes, duration, moment, percent};
    assert_eq!(moment(u64::MAX), "9999-12-31T23:59:59Z");
    assert_eq!((duration(f64::NAN), duration(f64::MAX), duration(0.9)), ("0s".into(), "0s".into(), "0s".into()));
    assert_eq!([0.0, 999.0, 1000.0, 1.25e9].map(bytes), ["0 B", "999 B", "1.0 kB", "1.2 GB"]);
    assert_eq!([0.05, 0.001, 1.0].map(percent), ["5%", "0.1%", "100%"]);
}
