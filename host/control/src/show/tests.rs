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
sink out: 3 attempts failed, its records wait
";
    assert_eq!(status(&fixed()), expected);
}

#[test]
fn a_sink_that_sheds_or_has_shed_is_told() {
    let mut shedding = fixed();
    let sink = shedding.report.sinks.get_mut("out").unwrap();
    (sink.behind, sink.healthy) = (true, true);
    assert!(status(&shedding).contains("\nsink out: 0 records dropped (shed), it is behind, and sheds\n"));
    let sink = shedding.report.sinks.get_mut("out").unwrap();
    (sink.behind, sink.dropped) = (false, [("shed".into(), 7)].into());
    assert!(status(&shedding).contains("\nsink out: 7 records dropped (shed), it takes all again\n"));
}

#[test]
fn an_agent_without_filters_shows_no_table_of_them() {
    let mut plain = fixed();
    plain.report.filters.clear();
    plain.filters.clear();
    plain.lanes.clear();
    plain.report.sinks.clear();
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

#[test]
fn an_entry_is_shown_as_a_terminal_would_not_obey_and_cut_where_it_is_long() {
    use crate::{Bytes, EntryStatus, StateAnswer};
    let show = |value: &[u8], number, expires_at_ms| {
        let (key, value) = (Bytes::of(b"\x1b[2J"), Bytes::of(value));
        state(&StateAnswer::Entry(EntryStatus { namespace: "seen".into(), key, value, number, expires_at_ms }))
    };
    let expected = "\
namespace  seen
key        \\u{1b}[2J
bytes      2
hex        6109
text       a\\t
expires    1970-01-01T00:00:01Z
";
    assert_eq!(show(b"a\t", None, Some(1999)), expected);
    let long = show("ä".repeat(2000).as_bytes(), None, None);
    assert!(long.contains("bytes      4000\n") && long.contains("expires    never\n"), "{long}");
    assert!(long.contains(&format!("text       {}… (--json has all)\n", "ä".repeat(1000))), "{long}");
    assert!(show(&[0xff; 8], Some(-1), None).contains("number     -1\n"));
}

#[test]
fn slow_operations_and_waits_are_shown_with_their_times() {
    use crate::{Heat, ShardStatus, SlowStatus, StateAnswer, Waits};
    let slow = SlowStatus { operation: "set".into(), shard: 7, waited_ns: 1_500_000, held_ns: 250 };
    let expected = "operation  shard     waited    held\nset            7  1500.0 µs  0.2 µs\n";
    assert_eq!(state(&StateAnswer::Slow(vec![slow])), expected);
    let shard = ShardStatus { acquisitions: 10, conflicts: 5, entries: 1, bytes: 1 };
    let waits = [(Some(1), 0), (Some(4), 3), (None, 2)].map(|(below_us, count)| Waits { below_us, count });
    let text = state(&StateAnswer::Heat(Heat { shards: vec![shard; 65], waits: waits.into() }));
    assert!(text.starts_with("65 shards, locked 650 times, of which 325 had to wait\n\n"), "{text}");
    assert!(text.contains(&format!("{}\n#\n", "#".repeat(64))), "{text}");
    assert!(text.ends_with("waits: < 4 µs: 3, longer: 2\n"), "{text}");
}
