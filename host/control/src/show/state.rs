//! What filters remember, as text.

use super::clean;
use super::table::{Side, table};
use super::units::{bytes, moment};
use crate::state::Bytes;
use crate::{EntryStatus, Heat, HotKey, NamespaceStatus, SlowStatus, StateAnswer, TopEntry, Waits};
use logagent_state::{ShardHeat, heat_text};

/// As many characters of a key or value as are shown: what is longer fills the terminal.
const SHOWN: usize = 1000;

/// As many of a key in a list.
const SHOWN_IN_LIST: usize = 60;

/// Shards in a row: a fourth of 256, which fits any terminal.
const COLUMNS: usize = 64;

/// An answer.
pub(crate) fn state(answer: &StateAnswer) -> String {
    match answer {
        StateAnswer::Namespaces(all) => namespaces(all),
        StateAnswer::Entry(entry) => self::entry(entry),
        StateAnswer::Top(all) => top(all),
        StateAnswer::Hottest(all) => hottest(all),
        StateAnswer::Heat(heat) => self::heat(heat),
        StateAnswer::Slow(all) => slow(all),
    }
}

fn namespaces(all: &[NamespaceStatus]) -> String {
    const HEAD: [(&str, Side); 9] = [
        ("namespace", Side::Left),
        ("entries", Side::Right),
        ("bytes", Side::Right),
        ("budget", Side::Right),
        ("when full", Side::Left),
        ("expired", Side::Right),
        ("evicted", Side::Right),
        ("for memory", Side::Right),
        ("refused", Side::Right),
    ];
    let rows = all.iter().map(|it| {
        let counts = [it.expired, it.evicted, it.evicted_for_memory, it.refused].map(|count| count.to_string());
        let sizes = [it.bytes, it.budget_bytes].map(|count| bytes(as_f64(count)));
        let start = [it.name.clone(), it.entries.to_string()];
        start.into_iter().chain(sizes).chain([it.when_full.clone()]).chain(counts).collect()
    });
    table(&HEAD, &rows.collect::<Vec<_>>())
}

fn entry(entry: &EntryStatus) -> String {
    let EntryStatus { namespace, key, value, number, expires_at_ms } = entry;
    let mut lines = vec![
        ("namespace", clean(namespace)),
        ("key", key_text(key, SHOWN)),
        ("bytes", value.len().to_string()),
        ("hex", excerpt(&value.hex, SHOWN)),
    ];
    lines.extend(value.text.as_ref().map(|text| ("text", excerpt(text, SHOWN))));
    lines.extend(number.map(|number| ("number", number.to_string())));
    lines.push(("expires", expiry(*expires_at_ms)));
    lines.into_iter().map(|(name, value)| format!("{name:<9}  {value}\n")).collect()
}

fn top(all: &[TopEntry]) -> String {
    const HEAD: [(&str, Side); 4] =
        [("bytes", Side::Right), ("namespace", Side::Left), ("expires", Side::Left), ("key", Side::Left)];
    let row = |it: &TopEntry| {
        let key = key_text(&it.key, SHOWN_IN_LIST);
        vec![it.bytes.to_string(), it.namespace.clone(), expiry(it.expires_at_ms), key]
    };
    table(&HEAD, &all.iter().map(row).collect::<Vec<_>>())
}

fn hottest(all: &[HotKey]) -> String {
    const HEAD: [(&str, Side); 3] = [("share", Side::Right), ("namespace", Side::Left), ("key", Side::Left)];
    let row = |it: &HotKey| {
        let key = key_text(&it.key, SHOWN_IN_LIST);
        vec![format!("{:.2} %", it.share * 100.0), it.namespace.clone(), key]
    };
    table(&HEAD, &all.iter().map(row).collect::<Vec<_>>())
}

/// What is drawn of the shards.
pub(crate) fn heat_of(heat: &Heat) -> Vec<ShardHeat> {
    let shards = heat.shards.iter();
    shards.map(|shard| ShardHeat { acquisitions: shard.acquisitions, conflicts: shard.conflicts }).collect()
}

fn heat(heat: &Heat) -> String {
    let shards = heat_of(heat);
    let acquisitions: u64 = shards.iter().map(|shard| shard.acquisitions).sum();
    let conflicts: u64 = shards.iter().map(|shard| shard.conflicts).sum();
    let bounds = |waits: &Waits| match waits.below_us {
        Some(below) => format!("< {below} µs: {}", waits.count),
        None => format!("longer: {}", waits.count),
    };
    let waits: Vec<String> = heat.waits.iter().filter(|waits| waits.count > 0).map(bounds).collect();
    let waits = if waits.is_empty() { "none".into() } else { waits.join(", ") };
    format!(
        "{} shards, locked {acquisitions} times, of which {conflicts} had to wait\n\n{}waits: {waits}\n",
        shards.len(),
        heat_text(&shards, COLUMNS)
    )
}

fn slow(all: &[SlowStatus]) -> String {
    const HEAD: [(&str, Side); 4] =
        [("operation", Side::Left), ("shard", Side::Right), ("waited", Side::Right), ("held", Side::Right)];
    let row = |it: &SlowStatus| {
        let [waited, held] = [it.waited_ns, it.held_ns].map(|ns| format!("{:.1} µs", as_f64(ns) / 1e3));
        vec![it.operation.clone(), it.shard.to_string(), waited, held]
    };
    table(&HEAD, &all.iter().map(row).collect::<Vec<_>>())
}

fn key_text(key: &Bytes, most: usize) -> String {
    key.text.as_ref().map_or_else(|| excerpt(&format!("hex:{}", key.hex), most), |text| excerpt(text, most))
}

/// The beginning, fit for a terminal.
fn excerpt(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}… (--json has all)", clean(&text[..end])),
        None => clean(text),
    }
}

fn expiry(at_ms: Option<u64>) -> String {
    at_ms.map_or_else(|| "never".into(), |at| moment(at / 1000))
}

#[expect(clippy::cast_precision_loss, reason = "shown with one decimal")]
fn as_f64(count: u64) -> f64 {
    count as f64
}
