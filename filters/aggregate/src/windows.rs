//! Where windows are on their way, as all lanes see it: that is in the state, and each lane keeps in mind which windows
//! there are. A full state forgets: what it has forgotten of a window is what the lane knows, and windows that no lane
//! knows are found again by their groups. Not for the groups themselves.

mod balance;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::time::Duration;

use logagent_sdk::Failure;
use logagent_sdk::state::{Outcome, Table};

use crate::memory::LIFETIME;
use crate::schedule::{Schedule, Window};
use balance::{Balances, Share};

/// The windows in the state, and those that are open as this lane knows them.
#[derive(Debug)]
pub(crate) struct Windows {
    /// By the window's start.
    windows: Table<Window>,
    /// The same map, for those that are closed.
    closed: Table<Window>,
    balances: Balances,
    known: BTreeMap<u64, Known>,
    /// Whether there may be more than those.
    pub(crate) is_incomplete: bool,
}

#[derive(Debug)]
struct Known {
    window: Window,
    share: Share,
    /// When this lane had its last turn at the groups, if it had all of them so far: of another's it may not have been told
    /// yet what that took out.
    sole_turn: Option<u64>,
}

/// So long records of a closed window are known to be late.
const CLOSED_LIFETIME: Duration = Duration::from_secs(3600);

/// Old files can have a hundred thousand windows open at once. These take some megabytes, and what is beyond is found by
/// its groups later.
const MOST: usize = 1 << 16;

impl Windows {
    /// Knows nothing of what is in the state: the instance before may have left some.
    pub(crate) fn new(fingerprint: &str) -> Self {
        let windows = format!("windows-{fingerprint}");
        Self {
            windows: Table::new(&windows).expiring(LIFETIME),
            closed: Table::new(&windows).expiring(CLOSED_LIFETIME),
            balances: Balances::new(fingerprint),
            known: BTreeMap::new(),
            is_incomplete: true,
        }
    }

    /// Opens the windows that start then, for records that were read at `now`. Answers those that are closed, in order.
    pub(crate) fn open(&mut self, mut starts: Vec<u64>, now: u64) -> Result<Vec<u64>, Failure> {
        starts.sort_unstable();
        starts.dedup();
        let mut seen = vec![None; starts.len()];
        self.windows.update(&keys(&starts), |index, window| {
            let window = window.or(self.window(starts[index]));
            let changed = Schedule::after_records(window, now);
            seen[index] = changed.or(window);
            changed
        })?;
        let mut closed = Vec::new();
        for (start, window) in starts.into_iter().zip(seen) {
            match window {
                Some(open @ Window::Open { .. }) => self.know(start, open),
                _ => closed.push(start),
            }
        }
        Ok(closed)
    }

    fn window(&self, start: u64) -> Option<Window> {
        Some(self.known.get(&start)?.window)
    }

    fn know(&mut self, start: u64, window: Window) {
        let is_full = self.known.len() >= MOST;
        match self.known.entry(start) {
            Entry::Occupied(known) => known.into_mut().window = window,
            Entry::Vacant(_) if is_full => self.is_incomplete = true,
            Entry::Vacant(new) => drop(new.insert(Known { window, share: Share::default(), sole_turn: None })),
        }
    }

    /// There is a group of this window at `now`. Where the state says nothing of the window itself, nobody knows when its
    /// last record came.
    pub(crate) fn find(&mut self, start: u64, now: u64) {
        if !self.known.contains_key(&start) {
            self.know(start, Window::Open { last: now });
        }
    }

    /// Whether more windows can be kept in mind.
    pub(crate) fn has_room(&self) -> bool {
        self.known.len() < MOST
    }

    /// All that are not closed.
    pub(crate) fn list(&mut self) -> Vec<(u64, Window)> {
        let starts: Vec<u64> = self.known.keys().copied().collect();
        for (start, window) in starts.iter().zip(self.windows.get(keys(&starts))) {
            match window {
                Some(Window::Closed) => drop(self.known.remove(start)),
                Some(window) => self.know(*start, window),
                None => {}
            }
        }
        self.known.iter().map(|(&start, known)| (start, known.window)).collect()
    }

    /// Moves windows on whose time it is, unless another lane was faster. Answers those that are this lane's to emit.
    pub(crate) fn move_on(&mut self, starts: &[u64], schedule: &Schedule, now: u64) -> Result<Vec<u64>, Failure> {
        let mut before = vec![None; starts.len()];
        let outcomes = self.windows.update(&keys(starts), |index, window| {
            before[index] = window.or(self.window(starts[index]));
            schedule.at(starts[index], before[index]?, now)
        })?;
        let mut turns = Vec::new();
        for ((&start, outcome), before) in starts.iter().zip(outcomes).zip(before) {
            // Where a full state does not take it the lane has its turn all the same: each group is taken out once.
            let moved = before.and_then(|before| schedule.at(start, before, now));
            let (Some(moved), Outcome::Done | Outcome::Refused) = (moved, outcome) else { continue };
            if let Some(Window::Closing { since, is_begun }) = before {
                turns.push(start);
                self.have_turn(start, is_begun.then_some(since), now);
            }
            self.know(start, moved);
        }
        Ok(turns)
    }

    /// `before`: when the turn before was, of whichever lane.
    fn have_turn(&mut self, start: u64, before: Option<u64>, now: u64) {
        if let Some(known) = self.known.get_mut(&start) {
            known.sole_turn = (before.is_none() || before == known.sole_turn).then_some(now);
        }
    }

    /// Records were added to groups of a window.
    pub(crate) fn add(&mut self, start: u64, records: u64) {
        if let Some(known) = self.known.get_mut(&start) {
            known.share.add(records);
        }
    }

    /// Groups of a window were taken out, with so many records.
    pub(crate) fn take(&mut self, start: u64, records: u64) {
        if let Some(known) = self.known.get_mut(&start) {
            known.share.take(records);
        }
    }

    /// Tells the other lanes what this one has added and taken out.
    pub(crate) fn tell(&mut self) -> Result<(), Failure> {
        let is_open = |known: &Known| matches!(known.window, Window::Open { .. });
        self.balances.tell(self.known.iter_mut().map(|(&start, known)| (start, is_open(known), &mut known.share)))
    }

    /// Notes that all groups of windows were emitted, but for those that another lane has its turn at since. Answers how
    /// many records were in none of them, where that is sure.
    pub(crate) fn close(&mut self, starts: &[u64]) -> Result<u64, Failure> {
        self.tell()?;
        let outcomes = self.closed.update(&keys(starts), |index, window| {
            let known = self.window(starts[index]);
            (window.is_none() || window == known).then_some(Window::Closed)
        })?;
        let closed = starts.iter().zip(outcomes).filter(|(_, outcome)| *outcome != Outcome::NotDone);
        let closed = closed.filter_map(|(start, _)| Some((*start, self.known.remove(start)?)));
        let is_sure = |known: &Known| known.sole_turn.is_some() || known.share.was_evicted;
        let sure: Vec<_> = closed.filter(|(_, known)| is_sure(known)).collect();
        let left = self.balances.take(sure.iter().map(|(start, known)| (*start, &known.share)));
        Ok(left.into_iter().filter_map(|left| u64::try_from(left).ok()).sum())
    }
}

fn keys(starts: &[u64]) -> Vec<[u8; 8]> {
    starts.iter().map(|start| start.to_be_bytes()).collect()
}
