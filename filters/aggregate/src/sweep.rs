//! What a tick does: takes the groups of windows that have ended, and emits them. Of all lanes one has its turn at a
//! window, and where it ends in the middle, because there are more groups than one call may emit or because it failed,
//! the next turn goes on.

use std::collections::{BTreeMap, BTreeSet};

use logagent_sdk::{Emits, Failure};

use crate::gather::parts;
use crate::memory::Memory;
use crate::plan::Plan;
use crate::schedule::{Schedule, Window};
use crate::write::Writer;

/// What one tick emits, at most: half of what a call may, as it is configured where nobody says otherwise
/// (`limits.output`, `limits.emits`), and what takes a good part of `limits.time`.
const MOST_BYTES: usize = 8 << 20;
const MOST_GROUPS: usize = 16_384;

/// Groups that were found.
#[derive(Default)]
struct Found {
    keys: Vec<Vec<u8>>,
    /// Their windows.
    starts: BTreeSet<u64>,
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
    let mut windows: BTreeMap<u64, Window> = memory.windows().into_iter().collect();
    let is_due = |(&start, &window): (&u64, &Window)| schedule.at(start, window, now).is_some().then_some(start);
    let due: Vec<u64> = windows.iter().filter_map(is_due).collect();
    if due.is_empty() {
        return Ok(0);
    }
    let won = memory.close(&due, schedule, now)?;
    windows.extend(won.iter().map(|&start| (start, Window::Closing { since: now })));
    let found = find(memory, &windows, writer);
    let mut taken = memory.take(found.keys)?;
    taken.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    for (key, totals) in &taken {
        writer.emit(key, totals, plan, schedule, emits);
    }
    // A lane that is late with a batch may still begin a group: a window is done when a whole turn finds none.
    if !found.is_cut {
        let done: Vec<u64> = won.into_iter().filter(|start| !found.starts.contains(start)).collect();
        memory.finish(&done);
    }
    Ok(taken.iter().map(|(_, totals)| totals.records).sum())
}

/// The groups of windows that take no more records.
fn find(memory: &Memory, windows: &BTreeMap<u64, Window>, writer: &Writer) -> Found {
    let (mut found, mut bytes) = (Found::default(), 0);
    let is_over = |start: &u64| matches!(windows.get(start), Some(Window::Closing { .. } | Window::Closed));
    for key in memory.groups() {
        let Some((start, _)) = parts(&key).filter(|(start, _)| is_over(start)) else { continue };
        bytes += writer.most_bytes(&key);
        if bytes > MOST_BYTES || found.keys.len() == MOST_GROUPS {
            found.is_cut = true;
            break;
        }
        found.starts.insert(start);
        found.keys.push(key);
    }
    found
}
