//! What is remembered: where windows are on their way, and what their groups come to.

use std::time::Duration;

use logagent_sdk::Failure;
use logagent_sdk::state::{Table, Value};

use crate::gather::Addend;
use crate::schedule::Schedule;
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
}

/// Groups that were taken out: keys and totals.
pub(crate) type Taken = Vec<(Vec<u8>, Totals)>;

/// A value that is not looked at: to read a sketch costs more than all else.
#[derive(Debug)]
struct Unread;

/// What an agent has counted when it stops is emitted when it starts again: within a week. What a changed configuration
/// leaves behind goes then.
pub(crate) const LIFETIME: Duration = Duration::from_secs(7 * 24 * 3600);

impl Memory {
    /// `fingerprint`: that of the plan; what was counted by another is not touched.
    pub(crate) fn new(fingerprint: &str) -> Self {
        let name = format!("groups-{fingerprint}");
        let groups = Table::new(&name).expiring(LIFETIME);
        Self { windows: Windows::new(fingerprint), groups, keys: Table::new(&name) }
    }

    /// Adds what a batch, read at `now`, has of groups. Answers those whose windows are closed, by their index.
    pub(crate) fn add(&self, groups: &[Addend<'_>], schedule: &Schedule, now: u64) -> Result<Vec<usize>, Failure> {
        let closed = self.windows.open(groups.iter().map(Addend::start).collect(), schedule, now)?;
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

    /// The keys of some groups, from a position on, and the position behind them, if any follow.
    pub(crate) fn keys(&self, position: u64) -> (impl Iterator<Item = Vec<u8>>, Option<u64>) {
        let (page, next) = self.keys.page(position);
        (page.into_iter().map(|(key, _)| key), next)
    }

    /// Takes groups out, but for those that another lane was faster with.
    pub(crate) fn take(&self, keys: Vec<Vec<u8>>) -> Taken {
        let taken = self.groups.take(&keys);
        keys.into_iter().zip(taken).filter_map(|(key, totals)| Some((key, totals?))).collect()
    }
}

impl Value for Unread {
    fn write(&self, _: &mut Vec<u8>) {}

    fn read(_: &[u8]) -> Option<Self> {
        Some(Self)
    }
}
