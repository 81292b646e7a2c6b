//! Where windows are on their way, as all lanes see it. Those that are not closed are listed under a few keys: to look
//! for them among all that is remembered would take a tick longer than it has.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use logagent_sdk::Failure;
use logagent_sdk::state::{Outcome, Table, Value};
use serde::{Deserialize, Serialize};

use crate::bytes;
use crate::memory::LIFETIME;
use crate::schedule::{Schedule, Window};

/// The windows in the state.
#[derive(Debug)]
pub(crate) struct Windows {
    /// By the window's start.
    windows: Table<Window>,
    /// The same map, for those that are closed.
    closed: Table<Window>,
    lists: Table<List>,
}

/// The starts of windows that are not closed.
#[derive(Debug, Default, Serialize, Deserialize)]
struct List(BTreeSet<u64>);

/// So long records of a closed window are known to be late.
const CLOSED_LIFETIME: Duration = Duration::from_secs(3600);

/// Old files can have a hundred thousand windows open at once; a value of the state takes 1 MiB.
const LISTS: u8 = 16;

impl Windows {
    pub(crate) fn new(fingerprint: &str) -> Self {
        let windows = format!("windows-{fingerprint}");
        Self {
            windows: Table::new(&windows).expiring(LIFETIME),
            closed: Table::new(&windows).expiring(CLOSED_LIFETIME),
            lists: Table::new(&format!("lists-{fingerprint}")).expiring(LIFETIME),
        }
    }

    /// Opens the windows that start then, for records that were read at `now`. Answers those that are closed, in order.
    pub(crate) fn open(&self, mut starts: Vec<u64>, schedule: &Schedule, now: u64) -> Result<Vec<u64>, Failure> {
        starts.sort_unstable();
        starts.dedup();
        let mut is_closed = vec![false; starts.len()];
        let outcomes = self.windows.update(&keys(&starts), |index, window| {
            is_closed[index] = matches!(window, Some(Window::Closing { .. } | Window::Closed));
            Schedule::after_records(window, now)
        })?;
        let written = marked(&starts, &are_done(&outcomes));
        self.change_lists(&written, schedule, |list, start| list.insert(start))?;
        Ok(marked(&starts, &is_closed))
    }

    /// All that are not closed.
    pub(crate) fn list(&self) -> Vec<(u64, Window)> {
        let lists = self.lists.get((0..LISTS).map(|list| [list]));
        let starts: Vec<u64> = lists.into_iter().flatten().flat_map(|list| list.0).collect();
        let windows = self.windows.get(keys(&starts));
        starts.into_iter().zip(windows).filter_map(|(start, window)| Some((start, window?))).collect()
    }

    /// Moves windows on whose time it is, unless another lane was faster. Answers those that are this lane's to emit.
    pub(crate) fn move_on(&self, starts: &[u64], schedule: &Schedule, now: u64) -> Result<Vec<u64>, Failure> {
        let mut was_closing = vec![false; starts.len()];
        let outcomes = self.windows.update(&keys(starts), |index, window| {
            was_closing[index] = matches!(window, Some(Window::Closing { .. }));
            schedule.at(starts[index], window?, now)
        })?;
        let is_won: Vec<bool> =
            are_done(&outcomes).iter().zip(&was_closing).map(|(done, closing)| *done && *closing).collect();
        Ok(marked(starts, &is_won))
    }

    /// Notes that all groups of windows were emitted.
    pub(crate) fn close(&self, starts: &[u64], schedule: &Schedule) -> Result<(), Failure> {
        self.closed.set(keys(starts).into_iter().map(|key| (key, Window::Closed)));
        self.change_lists(starts, schedule, |list, start| list.remove(&start))
    }

    /// `change` answers whether it did anything. What a full state does not take stays as it was: a window that is in no
    /// list is not emitted, like groups that found no room.
    fn change_lists(
        &self,
        starts: &[u64],
        schedule: &Schedule,
        change: impl Fn(&mut BTreeSet<u64>, u64) -> bool,
    ) -> Result<(), Failure> {
        let mut by_list: BTreeMap<[u8; 1], Vec<u64>> = BTreeMap::new();
        for &start in starts {
            let list = schedule.number_of(start) % u64::from(LISTS);
            by_list.entry([u8::try_from(list).unwrap_or_default()]).or_default().push(start);
        }
        if by_list.is_empty() {
            return Ok(());
        }
        let (names, starts): (Vec<_>, Vec<_>) = by_list.into_iter().unzip();
        self.lists.update(&names, |index, list| {
            let mut list = list.unwrap_or_default();
            let changes = starts[index].iter().filter(|&&start| change(&mut list.0, start)).count();
            (changes > 0).then_some(list)
        })?;
        Ok(())
    }
}

impl Value for List {
    fn write(&self, into: &mut Vec<u8>) {
        bytes::append(self, into);
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        postcard::from_bytes(bytes).ok()
    }
}

fn keys(starts: &[u64]) -> Vec<[u8; 8]> {
    starts.iter().map(|start| start.to_be_bytes()).collect()
}

fn are_done(outcomes: &[Outcome]) -> Vec<bool> {
    outcomes.iter().map(|outcome| *outcome == Outcome::Done).collect()
}

fn marked(starts: &[u64], is_marked: &[bool]) -> Vec<u64> {
    starts.iter().zip(is_marked).filter(|(_, is_marked)| **is_marked).map(|(start, _)| *start).collect()
}
