//! What a tick does: takes the groups of windows that have ended, and emits them. Of all lanes one has its turn at a
//! window. Where a turn ends in the middle, because there are more groups than one call may emit or because it failed,
//! the next goes on.

use std::collections::BTreeMap;

use logagent_sdk::{Emits, Failure};

use crate::gather::parts;
use crate::memory::Memory;
use crate::plan::Plan;
use crate::schedule::{Schedule, Window};
use crate::write::Writer;

/// What one tick emits, at most: half of what a call may, as it is configured where nobody says otherwise
/// (`limits.output`, `limits.emits`), and what takes about half of `limits.time`.
const MOST_BYTES: usize = 8 << 20;
const MOST_GROUPS: usize = 8_192;

/// Groups that were found.
#[derive(Default)]
struct Found {
    keys: Vec<Vec<u8>>,
    /// Whether these are not all.
    is_cut: bool,
}

/// Answers how many records the emitted groups have.
pub(crate) fn run(
    memory: &Memory,
    schedule: &Schedule,
    plan: &Plan,
    writer: &mut Writer,
    now: u64,
    emits: &mut Emits,
) -> Result<u64, Failure> {
    let windows: BTreeMap<u64, Window> = memory.windows().into_iter().collect();
    let is_due = |(&start, &window): (&u64, &Window)| schedule.at(start, window, now).is_some().then_some(start);
    let due: Vec<u64> = windows.iter().filter_map(is_due).collect();
    let turn = if due.is_empty() { Vec::new() } else { memory.move_on(&due, schedule, now)? };
    if turn.is_empty() {
        return Ok(0);
    }
    // With what a lane that had stood still has added since.
    let is_over = |start| turn.contains(&start) || windows.get(&start) == Some(&Window::Closed);
    let found = find(memory, is_over, writer);
    let mut taken = memory.take(found.keys);
    taken.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    for (key, totals) in &taken {
        writer.emit(key, totals, plan, schedule, emits);
    }
    if !found.is_cut {
        memory.finish(&turn);
    }
    Ok(taken.iter().map(|(_, totals)| totals.records).sum())
}

/// The groups of windows that are over, by their starts.
fn find(memory: &Memory, is_over: impl Fn(u64) -> bool, writer: &Writer) -> Found {
    let (mut found, mut bytes) = (Found::default(), 0);
    for key in memory.groups().filter(|key| parts(key).is_some_and(|(start, _)| is_over(start))) {
        bytes += writer.most_bytes(&key);
        found.is_cut = bytes > MOST_BYTES || found.keys.len() == MOST_GROUPS;
        if found.is_cut {
            break;
        }
        found.keys.push(key);
    }
    found
}
