//! Answers from a state map. No question holds a shard's lock for longer than it takes to go through that shard.

use super::{
    Bytes, EntryStatus, Heat, HotKey, NamespaceStatus, ShardStatus, SlowStatus, StateAnswer, StateQuestion,
    StateRefusal, Waits, top,
};
use logagent_state::{
    Expiry, Map, Namespace, NamespaceStats, Operation, ShardStats, SlowOperation, UnixMs, WAIT_BOUNDS_US, WhenFull,
};
use std::time::Duration;

/// Answers a question.
///
/// # Errors
/// There is no such namespace or key.
pub fn ask(map: &Map, question: &StateQuestion, now: UnixMs) -> Result<StateAnswer, StateRefusal> {
    match question {
        StateQuestion::Namespaces => {
            Ok(StateAnswer::Namespaces(map.namespaces().into_iter().map(namespace_status).collect()))
        }
        StateQuestion::Get { namespace, key } => get(map, namespace, key, now).map(StateAnswer::Entry),
        StateQuestion::Top { count } => {
            let count = (*count).min(StateQuestion::MOST_TOP) as usize;
            Ok(StateAnswer::Top(top::largest(map, now, count)))
        }
        StateQuestion::Hottest { count } => Ok(StateAnswer::Hottest(hottest(map, *count as usize))),
        StateQuestion::Heat => Ok(StateAnswer::Heat(heat(&map.shard_stats()))),
        StateQuestion::Slow => Ok(StateAnswer::Slow(map.slow().into_iter().map(slow_status).collect())),
    }
}

fn hottest(map: &Map, count: usize) -> Vec<HotKey> {
    let shown = |key: logagent_state::HotKey| HotKey {
        namespace: map.namespace_name(key.namespace).unwrap_or_default(),
        key: Bytes::of(&key.key),
        key_bytes: key.key_bytes as u64,
        share: key.share,
    };
    map.hottest(count).into_iter().map(shown).collect()
}

fn namespace_status(stats: NamespaceStats) -> NamespaceStatus {
    let when_full = match stats.quota.when_full {
        WhenFull::Evict => "evict",
        WhenFull::Refuse => "refuse",
    };
    NamespaceStatus {
        name: stats.name,
        entries: stats.entries,
        bytes: stats.bytes,
        budget_bytes: stats.quota.budget_bytes,
        when_full: when_full.into(),
        expired: stats.evicted.expired,
        evicted: stats.evicted.budget,
        evicted_for_memory: stats.evicted.memory,
        refused: stats.refused,
    }
}

fn get(map: &Map, name: &str, key: &[u8], now: UnixMs) -> Result<EntryStatus, StateRefusal> {
    let all = map.namespaces();
    let Some(found) = all.iter().find(|stats| stats.name == name) else {
        let known = all.into_iter().map(|stats| stats.name).collect();
        return Err(StateRefusal::NoNamespace { name: name.into(), known });
    };
    let entry = find(map, found.namespace, key, now).ok_or_else(|| StateRefusal::NoKey { namespace: name.into() })?;
    let (value, expiry) = entry;
    Ok(EntryStatus {
        namespace: name.into(),
        key: Bytes::of(key),
        number: value[..].try_into().ok().map(i64::from_le_bytes),
        value: Bytes::of(&value),
        expires_at_ms: unix_ms(expiry),
    })
}

/// The value and its expiry. The map gives the latter only to who goes through a shard, so a key that is there is looked
/// for in all; one that is not costs nothing.
fn find(map: &Map, namespace: Namespace, key: &[u8], now: UnixMs) -> Option<(Vec<u8>, Expiry)> {
    if !map.contains(namespace, key, now) {
        return None;
    }
    let mut found = None;
    let mut index = 0;
    while found.is_none() && index < map.shards() {
        map.export_shard(index, now, &mut |entry| {
            if entry.namespace == namespace && entry.key == key {
                found = Some((entry.value.to_owned(), entry.expiry));
            }
        });
        index += 1;
    }
    found
}

pub(super) fn unix_ms(expiry: Expiry) -> Option<u64> {
    match expiry {
        Expiry::Never => None,
        Expiry::At(at) => Some(at.0),
    }
}

fn heat(shards: &[ShardStats]) -> Heat {
    let bounds = WAIT_BOUNDS_US.into_iter().map(Some).chain([None]);
    let count = |index: usize| shards.iter().map(|shard| shard.waits[index]).sum();
    Heat {
        shards: shards.iter().map(shard_status).collect(),
        waits: bounds.enumerate().map(|(index, below_us)| Waits { below_us, count: count(index) }).collect(),
    }
}

fn shard_status(stats: &ShardStats) -> ShardStatus {
    let &ShardStats { acquisitions, conflicts, entries, bytes, .. } = stats;
    ShardStatus { acquisitions, conflicts, entries, bytes }
}

fn slow_status(slow: SlowOperation) -> SlowStatus {
    let nanoseconds = |time: Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
    SlowStatus {
        operation: operation(slow.what).into(),
        shard: slow.shard,
        waited_ns: nanoseconds(slow.waited),
        held_ns: nanoseconds(slow.held),
    }
}

fn operation(what: Operation) -> &'static str {
    match what {
        Operation::Set => "set",
        Operation::Insert => "insert",
        Operation::CompareAndSet => "compare_and_set",
        Operation::Fold => "fold",
        Operation::Append => "append",
        Operation::Remove => "remove",
        Operation::Undo => "undo",
        Operation::Range => "range",
        Operation::Clear => "clear",
        Operation::Sweep => "sweep",
        Operation::Export => "export",
        Operation::Grow => "grow",
    }
}
