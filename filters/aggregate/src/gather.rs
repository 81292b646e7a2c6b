//! A batch by itself: its records by window and group, so that the state is asked once for each group.

use foldhash::quality::FixedState;
use hashbrown::HashTable;
use logagent_conditions::{Found, Values};
use std::hash::BuildHasher;
use std::ops::Range;

use crate::amount::Amount;
use crate::group;
use crate::plan::Plan;
use crate::schedule::Schedule;
use crate::totals::Share;

/// The records of the batch in hand, counted. Its memory is kept from batch to batch.
#[derive(Debug, Default)]
pub(crate) struct Gather {
    groups: Vec<Group>,
    /// The keys of all groups, one after the other.
    keys: Vec<u8>,
    by_key: HashTable<usize>,
    hasher: FixedState,
    /// By record, its group.
    of_record: Vec<usize>,
    not_numbers: u64,
}

/// A group's part of the batch.
#[derive(Debug)]
struct Group {
    key: Range<usize>,
    share: Share,
    is_late: bool,
}

/// A group to be added to what is remembered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Addend<'g> {
    pub(crate) index: usize,
    /// The window's start and the group's values.
    pub(crate) key: &'g [u8],
    pub(crate) share: &'g Share,
}

/// The bytes that a key begins with: when its window starts.
const START_BYTES: usize = 8;

/// A key's two parts: when its window starts, and the group's values.
pub(crate) fn parts(key: &[u8]) -> Option<(u64, &[u8])> {
    let (start, group) = key.split_first_chunk::<START_BYTES>()?;
    Some((u64::from_be_bytes(*start), group))
}

impl Addend<'_> {
    /// When the window starts.
    pub(crate) fn start(&self) -> u64 {
        parts(self.key).map_or(0, |(start, _)| start)
    }
}

impl Gather {
    /// `seed`: what whoever writes the records can't know, to the nanosecond: nor then which groups would have one hash.
    pub(crate) fn begin(&mut self, seed: u64) {
        self.groups.clear();
        self.keys.clear();
        self.by_key.clear();
        self.hasher = FixedState::with_seed(seed);
        self.of_record.clear();
        self.not_numbers = 0;
    }

    /// Counts the next record.
    pub(crate) fn add(&mut self, start: u64, values: &mut Values<'_, '_>, plan: &Plan) {
        let at = self.keys.len();
        self.keys.extend_from_slice(&start.to_be_bytes());
        for name in 0..plan.by {
            group::push(values.get(name), plan.longest_text, &mut self.keys);
        }
        let index = self.group(at, plan);
        self.of_record.push(index);
        let share = &mut self.groups[index].share;
        share.records += 1;
        for (index, field) in plan.fields.iter().enumerate() {
            let Some(found) = values.get(plan.by + index).filter(|found| *found != Found::Other) else { continue };
            let amount = if field.wants_numbers { Amount::of(found) } else { None };
            self.not_numbers += u64::from(field.wants_numbers && amount.is_none());
            share.add(index, field, amount);
        }
    }

    /// The group whose key was written last, from `at` on.
    fn group(&mut self, at: usize, plan: &Plan) -> usize {
        let Self { groups, keys, by_key, hasher, .. } = self;
        let hash = hasher.hash_one(&keys[at..]);
        if let Some(&known) = by_key.find(hash, |&index| keys[groups[index].key.clone()] == keys[at..]) {
            keys.truncate(at);
            return known;
        }
        groups.push(Group { key: at..keys.len(), share: Share::new(plan), is_late: false });
        let index = groups.len() - 1;
        by_key.insert_unique(hash, index, |&index| hasher.hash_one(&keys[groups[index].key.clone()]));
        index
    }

    /// All groups of the batch.
    pub(crate) fn groups(&self) -> Vec<Addend<'_>> {
        (0..self.groups.len()).map(|index| self.addend(index)).collect()
    }

    /// Some of them, by index.
    pub(crate) fn groups_of(&self, indices: &[usize]) -> Vec<Addend<'_>> {
        indices.iter().map(|&index| self.addend(index)).collect()
    }

    fn addend(&self, index: usize) -> Addend<'_> {
        let Group { key, share, .. } = &self.groups[index];
        Addend { index, key: &self.keys[key.clone()], share }
    }

    /// Puts groups into the window after theirs.
    pub(crate) fn postpone(&mut self, indices: &[usize], schedule: &Schedule) {
        for &index in indices {
            let key = &mut self.keys[self.groups[index].key.clone()];
            let Some((start, _)) = parts(key) else { continue };
            key[..START_BYTES].copy_from_slice(&schedule.end_of(start).to_be_bytes());
        }
    }

    pub(crate) fn mark_late(&mut self, indices: &[usize]) {
        indices.iter().for_each(|&index| self.groups[index].is_late = true);
    }

    /// Of each record, whether it is late.
    pub(crate) fn records(&self) -> impl Iterator<Item = bool> {
        self.of_record.iter().map(|&group| self.groups[group].is_late)
    }

    /// How many values are no numbers, though they were to be.
    pub(crate) fn not_numbers(&self) -> u64 {
        self.not_numbers
    }
}
