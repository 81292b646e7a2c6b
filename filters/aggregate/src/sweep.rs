//! What ticks do: go over all groups, take those of windows that have ended, and emit them. Of all lanes one has its turn
//! at a window. A pass over many groups takes several ticks; where it fails, another lane or instance begins a new one.

use logagent_sdk::{Emits, Failure};

use crate::gather::parts;
use crate::memory::{Memory, Taken};
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

/// What one tick emits, at most, but for a few more: half of what a call may, as it is configured where nobody says
/// otherwise (`limits.output`, `limits.emits`), and what takes a good part of `limits.time`.
const MOST_BYTES: usize = 8 << 20;
const MOST_GROUPS: usize = 8_192;

/// What one tick looks at: it costs a tenth of what emitting does.
const MOST_SEEN: usize = 65_536;

impl Sweep {
    /// What there is to do at `now`, if it is this lane's turn.
    pub(crate) fn begin(memory: &Memory, schedule: &Schedule, now: u64) -> Result<Option<Self>, Failure> {
        let windows = memory.windows.list();
        let is_due = |&(start, window): &(u64, _)| schedule.at(start, window, now).is_some();
        let due: Vec<u64> = windows.into_iter().filter(is_due).map(|(start, _)| start).collect();
        Self { windows: due, position: 0 }.go_on(memory, schedule, now)
    }

    /// The same pass at a later tick. Windows that another lane has its turn at since are left to that.
    pub(crate) fn go_on(self, memory: &Memory, schedule: &Schedule, now: u64) -> Result<Option<Self>, Failure> {
        if self.windows.is_empty() {
            return Ok(None);
        }
        let mut windows = memory.windows.move_on(&self.windows, schedule, now)?;
        windows.sort_unstable();
        Ok((!windows.is_empty()).then_some(Self { windows, ..self }))
    }

    /// Takes some groups out, in the order of their windows. Answers them with the rest of the pass, if there is one.
    pub(crate) fn take(
        mut self,
        memory: &Memory,
        schedule: &Schedule,
        writer: &Writer,
    ) -> Result<(Taken, Option<Self>), Failure> {
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
                if parts(&key).is_some_and(|(start, _)| self.windows.binary_search(&start).is_ok()) {
                    bytes += writer.most_bytes(&key);
                    found.push(key);
                }
            }
            next = behind;
        }
        let mut taken = memory.take(found);
        taken.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        let Some(position) = next else {
            memory.windows.close(&self.windows, schedule)?;
            return Ok((taken, None));
        };
        self.position = position;
        Ok((taken, Some(self)))
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
