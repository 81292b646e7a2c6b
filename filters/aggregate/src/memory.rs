//! What is remembered, in two maps of the host: where windows are on their way, and what their groups come to. A group
//! that was emitted leaves a mark for a while, so that a lane that is late with a batch does not begin it anew: so each
//! group of a window is emitted once.

use std::time::Duration;

use logagent_sdk::Failure;
use logagent_sdk::state::Table;

use crate::gather::Addend;
use crate::schedule::{Schedule, Window};
use crate::totals::{Stored, Totals};

/// The state, as this filter uses it.
#[derive(Debug)]
pub(crate) struct Memory {
    /// By the window's start.
    windows: Table<Window>,
    /// The same map, for those that are closed.
    closed: Table<Window>,
    /// By the window's start and the group's values.
    groups: Table<Stored>,
    /// The same map, for the marks.
    marks: Table<Stored>,
}

/// What an agent has counted when it stops is emitted when it starts again: within a week. What a changed configuration
/// leaves behind goes then.
const LIFETIME: Duration = Duration::from_secs(7 * 24 * 3600);

/// So long records of a closed window are known to be late.
const CLOSED_LIFETIME: Duration = Duration::from_secs(3600);

/// No lane is at one batch for longer: it is what `limits.time` can be at most.
const MARK_LIFETIME: Duration = Duration::from_secs(60);

impl Memory {
    /// `fingerprint`: that of the plan; what was counted by another is not touched.
    pub(crate) fn new(fingerprint: &str) -> Self {
        let (windows, groups) = (format!("windows-{fingerprint}"), format!("groups-{fingerprint}"));
        Self {
            windows: Table::new(&windows).expiring(LIFETIME),
            closed: Table::new(&windows).expiring(CLOSED_LIFETIME),
            groups: Table::new(&groups).expiring(LIFETIME),
            marks: Table::new(&groups).expiring(MARK_LIFETIME),
        }
    }

    /// Adds what a batch, read at `now`, has of groups. Answers those whose windows are closed, by their index.
    pub(crate) fn add(&self, groups: &[Addend<'_>], now: u64) -> Result<Vec<usize>, Failure> {
        let closed = self.open(groups, now)?;
        let is_closed = |group: &Addend<'_>| closed.binary_search(&group.start()).is_ok();
        let (mut late, open): (Vec<_>, Vec<_>) = groups.iter().copied().partition(is_closed);
        let keys: Vec<&[u8]> = open.iter().map(|group| group.key).collect();
        let mut is_done = vec![false; open.len()];
        self.groups.update(&keys, |index, stored| {
            is_done[index] = stored.as_ref().is_some_and(Stored::is_done);
            (!is_done[index]).then(|| {
                let mut totals = stored.and_then(|stored| stored.totals()).unwrap_or_default();
                totals.add(open[index].share);
                Stored::open(&totals)
            })
        })?;
        late.extend(open.iter().zip(is_done).filter(|(_, is_done)| *is_done).map(|(group, _)| *group));
        Ok(late.into_iter().map(|group| group.index).collect())
    }

    /// Opens the windows of groups. Answers the starts of those that are closed, in order.
    fn open(&self, groups: &[Addend<'_>], now: u64) -> Result<Vec<u64>, Failure> {
        let mut starts: Vec<u64> = groups.iter().map(Addend::start).collect();
        starts.sort_unstable();
        starts.dedup();
        let mut is_closed = vec![false; starts.len()];
        self.windows.update(&keys_of(&starts), |index, window| {
            is_closed[index] = matches!(window, Some(Window::Closing { .. } | Window::Closed));
            Schedule::after_records(window, now)
        })?;
        Ok(starts.into_iter().zip(is_closed).filter(|(_, is_closed)| *is_closed).map(|(start, _)| start).collect())
    }

    /// All windows that there are.
    pub(crate) fn windows(&self) -> Vec<(u64, Window)> {
        let windows = self.windows.entries();
        windows.filter_map(|(key, window)| Some((u64::from_be_bytes(key.try_into().ok()?), window))).collect()
    }

    /// Takes the turn at windows whose time it is, unless another lane was faster. Answers those that are this lane's.
    pub(crate) fn close(&self, starts: &[u64], schedule: &Schedule, now: u64) -> Result<Vec<u64>, Failure> {
        let mut is_won = vec![false; starts.len()];
        self.windows.update(&keys_of(starts), |index, window| {
            let next = schedule.at(starts[index], window?, now);
            is_won[index] = next.is_some();
            next
        })?;
        Ok(starts.iter().zip(is_won).filter(|(_, is_won)| *is_won).map(|(start, _)| *start).collect())
    }

    /// Notes that all groups of windows were emitted.
    pub(crate) fn finish(&self, starts: &[u64]) {
        self.closed.set(keys_of(starts).into_iter().map(|key| (key, Window::Closed)));
    }

    /// The keys of groups that were not emitted yet.
    pub(crate) fn groups(&self) -> impl Iterator<Item = Vec<u8>> {
        self.groups.entries().filter(|(_, stored)| !stored.is_done()).map(|(key, _)| key)
    }

    /// Takes groups, but for those that another lane has taken. Answers keys and totals.
    pub(crate) fn take(&self, keys: Vec<Vec<u8>>) -> Result<Vec<(Vec<u8>, Totals)>, Failure> {
        let mut taken: Vec<Option<Totals>> = Vec::new();
        taken.resize_with(keys.len(), || None);
        self.marks.update(&keys, |index, stored| {
            taken[index] = stored.as_ref().and_then(Stored::totals);
            stored.filter(|stored| !stored.is_done()).map(|_| Stored::done())
        })?;
        Ok(keys.into_iter().zip(taken).filter_map(|(key, totals)| Some((key, totals?))).collect())
    }
}

fn keys_of(starts: &[u64]) -> Vec<[u8; 8]> {
    starts.iter().map(|start| start.to_be_bytes()).collect()
}
