//! A status: who it is, what passes, what the filters do, and what is out of the ordinary.

use super::clean;
use super::table::{Side, table};
use super::units::{bytes, duration, moment, percent};
use crate::{CanaryStatus, FilterStatus, LaneStatus, LastReload, ShadowStatus, Status};
use logagent_telemetry::{BreakerState, BufferReport, FilterReport, SinkReport};
use std::collections::{BTreeMap, BTreeSet};

/// As many digits of a hash as are shown: enough to tell a handful of components apart.
const SHORT_HASH: usize = 12;

/// The whole status.
pub(crate) fn status(status: &Status) -> String {
    let notes: String = notes(status).iter().map(|note| format!("{}\n", clean(note))).collect();
    let parts = [head(status), pipelines(status), filters(status), notes];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

fn head(status: &Status) -> String {
    let Status { version, pid, uptime_seconds, config, .. } = status;
    let up = duration(*uptime_seconds);
    format!("logagent {}, process {pid}, up {up}, configuration {}\n", clean(version), clean(config))
}

fn pipelines(status: &Status) -> String {
    const HEAD: [(&str, Side); 11] = [
        ("pipeline", Side::Left),
        ("received", Side::Right),
        ("emitted", Side::Right),
        ("delivered", Side::Right),
        ("dropped", Side::Right),
        ("dead letters", Side::Right),
        ("in flight", Side::Right),
        ("in/s", Side::Right),
        ("out/s", Side::Right),
        ("bytes in/s", Side::Right),
        ("bytes out/s", Side::Right),
    ];
    let rows = status.report.pipelines.iter().map(|(name, counts)| {
        let records =
            [counts.received, counts.emitted, counts.delivered, counts.dropped, counts.dead_lettered, counts.in_flight];
        let rates = status.rates.get(name).map_or_else(
            || ["-"; 4].map(str::to_owned),
            |rate| {
                let [records_in, records_out] = [rate.records_in, rate.records_out].map(|rate| format!("{rate:.0}"));
                [records_in, records_out, bytes(rate.bytes_in), bytes(rate.bytes_out)]
            },
        );
        [name.clone()].into_iter().chain(records.map(|count| count.to_string())).chain(rates).collect()
    });
    table(&HEAD, &rows.collect::<Vec<_>>())
}

fn filters(status: &Status) -> String {
    const HEAD: [(&str, Side); 10] = [
        ("filter", Side::Left),
        ("generation", Side::Right),
        ("component", Side::Left),
        ("records", Side::Right),
        ("kept", Side::Right),
        ("dropped", Side::Right),
        ("errors", Side::Right),
        ("ns/record", Side::Right),
        ("breaker", Side::Left),
        ("canary", Side::Left),
    ];
    let rows = status.report.filters.iter().map(|(name, report)| {
        let known = status.filters.get(name);
        let hash = known.map_or("-", |filter| short(&filter.hash));
        let canary = known.and_then(|filter| filter.canary.as_ref()).map_or("-".into(), |canary| percent(canary.share));
        let [dropped, errors] = [&report.dropped, &report.errors].map(|counts| counts.values().sum::<u64>());
        let counts = [report.records, report.kept, dropped, errors].map(|count| count.to_string());
        let mut row = vec![name.clone(), report.generation.to_string(), hash.to_owned()];
        row.extend(counts);
        row.extend([nanoseconds(report), breaker(report.breaker).into(), canary]);
        row
    });
    let rows: Vec<_> = rows.collect();
    if rows.is_empty() { String::new() } else { table(&HEAD, &rows) }
}

fn short(hash: &str) -> &str {
    hash.get(..SHORT_HASH).unwrap_or(hash)
}

#[expect(clippy::cast_precision_loss, reason = "shown without decimals")]
fn nanoseconds(report: &FilterReport) -> String {
    if report.records == 0 { "-".into() } else { format!("{:.0}", report.seconds * 1e9 / report.records as f64) }
}

fn breaker(state: BreakerState) -> &'static str {
    match state {
        BreakerState::Closed => "closed",
        BreakerState::HalfOpen => "half-open",
        BreakerState::Open => "open",
    }
}

/// What a table has no room for, and what should not be.
fn notes(status: &Status) -> Vec<String> {
    let mut notes = Vec::new();
    for (name, filter) in &status.filters {
        let FilterStatus { last_reload, canary, shadow, generation, .. } = filter;
        notes.extend(last_reload.as_ref().and_then(|reload| refused(name, reload, *generation)));
        notes.extend(canary.as_ref().map(|canary| canaried(name, canary)));
        notes.extend(shadow.as_ref().map(|shadow| shadowed(name, shadow)));
    }
    let buffered = status.report.sinks.iter().filter_map(|(name, sink)| Some((name, sink.buffer.as_ref()?)));
    notes.extend(buffered.filter_map(|(name, report)| buffer(name, report)));
    notes.extend(status.report.sinks.iter().filter_map(|(name, sink)| shed(name, sink)));
    notes.extend(mixed(&status.lanes));
    let waiting = status.report.sinks.iter().filter(|(_, sink)| !sink.healthy);
    notes.extend(
        waiting.map(|(name, sink)| format!("sink {name}: {} attempts failed, its records wait", sink.failures)),
    );
    notes
}

/// A sink that sheds, or has shed.
fn shed(name: &str, report: &SinkReport) -> Option<String> {
    let shed = report.dropped.get("shed").copied().unwrap_or_default();
    let now = if report.behind { "it is behind, and sheds" } else { "it takes all again" };
    (shed > 0 || report.behind).then(|| format!("sink {name}: {shed} records dropped (shed), {now}"))
}

/// A buffer that holds something, or has dropped something.
#[expect(clippy::cast_precision_loss, reason = "shown with one decimal")]
fn buffer(name: &str, report: &BufferReport) -> Option<String> {
    let BufferReport { backlog, dropped, bytes: on_disk, .. } = report;
    if *backlog == 0 && dropped.is_empty() {
        return None;
    }
    let dropped: String = dropped.iter().map(|(reason, count)| format!(", {count} dropped ({reason})")).collect();
    Some(format!("{name}: {backlog} records in its buffer, {} on the disk{dropped}", bytes(*on_disk as f64)))
}

fn refused(name: &str, reload: &LastReload, generation: u64) -> Option<String> {
    let error = reload.error.as_ref()?;
    Some(format!("{name}: the reload of {} was refused, generation {generation} goes on: {error}", moment(reload.at)))
}

fn canaried(name: &str, canary: &CanaryStatus) -> String {
    let CanaryStatus { component, hash, share, since, records, errors, dropped, .. } = canary;
    let CanaryStatus { filter_records, filter_dropped, state, .. } = canary;
    format!(
        "{name}: canary {component} ({}), {} since {}: {records} records, {errors} errors, {dropped} dropped; \
         the filter itself: {filter_records} records, {filter_dropped} dropped; {state}",
        short(hash),
        percent(*share),
        moment(*since)
    )
}

fn shadowed(name: &str, shadow: &ShadowStatus) -> String {
    let ShadowStatus { component, hash, share, records, differing } = shadow;
    let (hash, share) = (short(hash), percent(*share));
    format!("{name}: shadow {component} ({hash}), {share}: {records} records, {differing} decided otherwise")
}

/// The filters whose generation is not the same in all lanes.
fn mixed(lanes: &[LaneStatus]) -> Vec<String> {
    let mut found: BTreeMap<(&str, &str), BTreeMap<u64, Vec<String>>> = BTreeMap::new();
    for (number, lane) in lanes.iter().enumerate() {
        for (pipeline, filters) in &lane.generations {
            for (filter, generation) in filters {
                let by_generation = found.entry((pipeline, filter)).or_default();
                by_generation.entry(*generation).or_default().push(number.to_string());
            }
        }
    }
    let notes = found.into_iter().filter(|(_, by_generation)| by_generation.len() > 1);
    let notes = notes.map(|((pipeline, filter), by_generation)| {
        let lanes = by_generation.iter().map(|(generation, lanes)| format!("{generation} in {}", listed(lanes)));
        format!("{filter} in {pipeline}: generation {}", lanes.collect::<Vec<_>>().join(", "))
    });
    notes.collect::<BTreeSet<_>>().into_iter().collect()
}

fn listed(lanes: &[String]) -> String {
    format!("{} {}", if lanes.len() == 1 { "lane" } else { "lanes" }, lanes.join(" "))
}
