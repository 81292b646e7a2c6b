//! What ticks do: go over all groups, take those of windows that have ended, and emit them. Of all lanes one has its turn
//! at a window. A pass over many groups takes several ticks; where it fails, another lane or instance begins a new one.

use logagent_sdk::{Emits, Failure};

use crate::gather::parts;
use crate::memory::{MOST_SEEN, Memory, Taken};
use crate::plan::Plan;
use crate::schedule::Schedule;
use crate::write::Writer;

/// A pass over all groups, for windows that take no more records.
#[derive(Debug)]
pub(crate) struct Sweep {
    /// The windows' starts, in order.
    windows: Vec<u64>,
    /// Where the groups begin that were not looked at yet.
    position: u64,
}

/// What a tick has of a pass.
#[derive(Debug)]
pub(crate) struct Turn {
    pub(crate) taken: Taken,
    /// The rest of the pass, if there is one.
    pub(crate) rest: Option<Sweep>,
    /// How many records of windows that are done with were in no group any more.
    pub(crate) lost: u64,
}

/// What one tick emits, at most, but for a few more: half of what a call may, as it is configured where nobody says
/// otherwise (`limits.output`, `limits.emits`), and what takes a good part of `limits.time`.
const MOST_BYTES: usize = 8 << 20;
const MOST_GROUPS: usize = 8_192;

impl Sweep {
    /// What there is to do at `now`, if it is this lane's turn.
    pub(crate) fn begin(memory: &mut Memory, schedule: &Schedule, now: u64) -> Result<Option<Self>, Failure> {
        memory.find_windows(now);
        let windows = memory.windows.list();
        memory.windows.tell()?;
        let is_due = |&(start, window): &(u64, _)| schedule.at(start, window, now).is_some();
        let due: Vec<u64> = windows.into_iter().filter(is_due).map(|(start, _)| start).collect();
        Self { windows: due, position: 0 }.go_on(memory, schedule, now)
    }

    /// The same pass at a later tick. Windows that another lane has its turn at since are left to that.
    pub(crate) fn go_on(self, memory: &mut Memory, schedule: &Schedule, now: u64) -> Result<Option<Self>, Failure> {
        if self.windows.is_empty() {
            return Ok(None);
        }
        let mut windows = memory.windows.move_on(&self.windows, schedule, now)?;
        windows.sort_unstable();
        Ok((!windows.is_empty()).then_some(Self { windows, ..self }))
    }

    /// Takes some groups out, in the order of their windows. On the way it finds windows that this lane did not know of.
    pub(crate) fn take(mut self, memory: &mut Memory, writer: &Writer, now: u64) -> Result<Turn, Failure> {
        let (mut found, mut bytes, mut seen) = (Vec::new(), 0, 0);
        let mut next = Some(self.position);
        while let Some(position) = next
            && bytes < MOST_BYTES
            && found.len() < MOST_GROUPS
            && seen < MOST_SEEN
        {
            let (keys, behind) = memory.keys(position);
            for key in keys {
                seen += 1;
                let Some((start, _)) = parts(&key) else { continue };
                if self.windows.binary_search(&start).is_ok() {
                    bytes += writer.most_bytes(&key);
                    found.push(key);
                } else {
                    memory.windows.find(start, now);
                }
            }
            next = behind;
        }
        let mut taken = memory.take(found);
        taken.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        let Some(position) = next else {
            return Ok(Turn { taken, rest: None, lost: memory.windows.close(&self.windows)? });
        };
        self.position = position;
        Ok(Turn { taken, rest: Some(self), lost: 0 })
    }
}

/// Emits groups. Answers how many records they have.
pub(crate) fn emit(groups: &Taken, plan: &Plan, schedule: &Schedule, writer: &mut Writer, emits: &mut Emits) -> u64 {
    groups
        .iter()
        .map(|(key, totals)| {
            writer.emit(key, totals, plan, schedule, emits);
            totals.records
        })
        .sum()
}
