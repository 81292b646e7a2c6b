//! What is remembered: where windows are on their way, and what their groups come to.

use std::time::Duration;

use logagent_sdk::Failure;
use logagent_sdk::state::{Outcome, Table, Value};

use crate::gather::{Addend, parts};
use crate::totals::Totals;
use crate::windows::Windows;

/// The state, as this filter uses it.
#[derive(Debug)]
pub(crate) struct Memory {
    pub(crate) windows: Windows,
    /// By the window's start and the group's values.
    groups: Table<Totals>,
    /// The same map, where only the keys are wanted.
    keys: Table<Unread>,
    /// Where the search for windows goes on, while there is one.
    search: Option<u64>,
    /// Records whose groups a full state refused, since this was last asked for.
    refused: u64,
}

/// Groups that were taken out: keys and totals.
pub(crate) type Taken = Vec<(Vec<u8>, Totals)>;

/// A value that is not looked at: to read a sketch costs more than all else.
#[derive(Debug)]
struct Unread;

/// What an agent has counted when it stops is emitted when it starts again: within a week. What a changed configuration
/// leaves behind goes then.
pub(crate) const LIFETIME: Duration = Duration::from_secs(7 * 24 * 3600);

/// How many groups one tick looks at: it costs a tenth of what emitting does.
pub(crate) const MOST_SEEN: usize = 65_536;

impl Memory {
    /// `fingerprint`: that of the plan; what was counted by another is not touched.
    pub(crate) fn new(fingerprint: &str) -> Self {
        let name = format!("groups-{fingerprint}");
        let groups = Table::new(&name).expiring(LIFETIME);
        Self { windows: Windows::new(fingerprint), groups, keys: Table::new(&name), search: None, refused: 0 }
    }

    /// Adds what a batch, read at `now`, has of groups. Answers those whose windows are closed, by their index.
    pub(crate) fn add(&mut self, groups: &[Addend<'_>], now: u64) -> Result<Vec<usize>, Failure> {
        let closed = self.windows.open(groups.iter().map(Addend::start).collect(), now)?;
        let is_closed = |group: &Addend<'_>| closed.binary_search(&group.start()).is_ok();
        let (late, open): (Vec<_>, Vec<_>) = groups.iter().copied().partition(is_closed);
        let keys: Vec<&[u8]> = open.iter().map(|group| group.key).collect();
        let outcomes = self.groups.update(&keys, |index, totals| {
            let mut totals = totals.unwrap_or_default();
            totals.add(open[index].share);
            Some(totals)
        })?;
        for (group, outcome) in open.iter().zip(outcomes) {
            match outcome {
                Outcome::Refused => self.refused += group.share.records,
                _ => self.windows.add(group.start(), group.share.records),
            }
        }
        Ok(late.into_iter().map(|group| group.index).collect())
    }

    pub(crate) fn take_refused(&mut self) -> u64 {
        std::mem::take(&mut self.refused)
    }

    /// The keys of some groups, from a position on, and the position behind them, if any follow.
    pub(crate) fn keys(&self, position: u64) -> (impl Iterator<Item = Vec<u8>> + use<>, Option<u64>) {
        let (page, next) = self.keys.page(position);
        (page.into_iter().map(|(key, _)| key), next)
    }

    /// Looks for windows that the lane does not know of, in the next part of the groups, where there may be some.
    pub(crate) fn find_windows(&mut self, now: u64) {
        if self.search.is_none() && self.windows.is_incomplete && self.windows.has_room() {
            self.windows.is_incomplete = false;
            self.search = Some(0);
        }
        let mut seen = 0;
        while let Some(position) = self.search
            && seen < MOST_SEEN
        {
            let (keys, behind) = self.keys(position);
            for key in keys {
                seen += 1;
                parts(&key).into_iter().for_each(|(start, _)| self.windows.find(start, now));
            }
            self.search = behind;
        }
    }

    /// Takes groups out, but for those that another lane was faster with.
    pub(crate) fn take(&mut self, keys: Vec<Vec<u8>>) -> Taken {
        let taken = self.groups.take(&keys);
        let taken: Taken = keys.into_iter().zip(taken).filter_map(|(key, totals)| Some((key, totals?))).collect();
        let starts = taken.iter().filter_map(|(key, totals)| Some((parts(key)?.0, totals.records)));
        starts.for_each(|(start, records)| self.windows.take(start, records));
        taken
    }
}

impl Value for Unread {
    fn write(&self, _: &mut Vec<u8>) {}

    fn read(_: &[u8]) -> Option<Self> {
        Some(Self)
    }
}
