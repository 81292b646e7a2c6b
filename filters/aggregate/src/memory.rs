//! What is remembered, in two maps of the host: where windows are on their way, and what their groups come to.

use std::time::Duration;

use logagent_sdk::Failure;
use logagent_sdk::state::Table;

use crate::gather::Addend;
use crate::schedule::{Schedule, Window};
use crate::totals::Totals;

/// The state, as this filter uses it.
#[derive(Debug)]
pub(crate) struct Memory {
    /// By the window's start.
    windows: Table<Window>,
    /// The same map, for those that are closed.
    closed: Table<Window>,
    /// By the window's start and the group's values.
    groups: Table<Totals>,
}

/// What an agent has counted when it stops is emitted when it starts again: within a week. What a changed configuration
/// leaves behind goes then.
const LIFETIME: Duration = Duration::from_secs(7 * 24 * 3600);

/// So long records of a closed window are known to be late.
const CLOSED_LIFETIME: Duration = Duration::from_secs(3600);

impl Memory {
    /// `fingerprint`: that of the plan; what was counted by another is not touched.
    pub(crate) fn new(fingerprint: &str) -> Self {
        let windows = format!("windows-{fingerprint}");
        Self {
            windows: Table::new(&windows).expiring(LIFETIME),
            closed: Table::new(&windows).expiring(CLOSED_LIFETIME),
            groups: Table::new(&format!("groups-{fingerprint}")).expiring(LIFETIME),
        }
    }

    /// Adds what a batch, read at `now`, has of groups. Answers those whose windows are closed, by their index.
    pub(crate) fn add(&self, groups: &[Addend<'_>], now: u64) -> Result<Vec<usize>, Failure> {
        let closed = self.open(groups, now)?;
        let is_closed = |group: &Addend<'_>| closed.binary_search(&group.start()).is_ok();
        let (late, open): (Vec<_>, Vec<_>) = groups.iter().copied().partition(is_closed);
        let keys: Vec<&[u8]> = open.iter().map(|group| group.key).collect();
        self.groups.update(&keys, |index, totals| {
            let mut totals = totals.unwrap_or_default();
            totals.add(open[index].share);
            Some(totals)
        })?;
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
        Ok(of_marked(&starts, &is_closed))
    }

    /// All windows that there are.
    pub(crate) fn windows(&self) -> Vec<(u64, Window)> {
        let windows = self.windows.entries();
        windows.filter_map(|(key, window)| Some((u64::from_be_bytes(key.try_into().ok()?), window))).collect()
    }

    /// Moves windows on whose time it is, unless another lane was faster. Answers those that are this lane's to emit.
    pub(crate) fn move_on(&self, starts: &[u64], schedule: &Schedule, now: u64) -> Result<Vec<u64>, Failure> {
        let mut is_won = vec![false; starts.len()];
        self.windows.update(&keys_of(starts), |index, window| {
            let next = schedule.at(starts[index], window?, now);
            is_won[index] = next.is_some() && matches!(window, Some(Window::Closing { .. }));
            next
        })?;
        Ok(of_marked(starts, &is_won))
    }

    /// Notes that all groups of windows were emitted.
    pub(crate) fn finish(&self, starts: &[u64]) {
        self.closed.set(keys_of(starts).into_iter().map(|key| (key, Window::Closed)));
    }

    /// The keys of all groups.
    pub(crate) fn groups(&self) -> impl Iterator<Item = Vec<u8>> {
        self.groups.entries().map(|(key, _)| key)
    }

    /// Takes groups out. Answers keys and totals, but for those that another lane was faster with.
    pub(crate) fn take(&self, keys: Vec<Vec<u8>>) -> Vec<(Vec<u8>, Totals)> {
        let taken = self.groups.take(&keys);
        keys.into_iter().zip(taken).filter_map(|(key, totals)| Some((key, totals?))).collect()
    }
}

fn keys_of(starts: &[u64]) -> Vec<[u8; 8]> {
    starts.iter().map(|start| start.to_be_bytes()).collect()
}

fn of_marked(starts: &[u64], is_marked: &[bool]) -> Vec<u64> {
    starts.iter().zip(is_marked).filter(|(_, is_marked)| **is_marked).map(|(start, _)| *start).collect()
}
