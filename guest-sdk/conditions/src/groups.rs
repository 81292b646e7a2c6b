//! The records of a batch by their keys, so that what is asked of the state is asked once for each key and batch. Not
//! for what is asked.

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use sha2::{Digest, Sha256};
use siphasher::sip::SipHasher13;

/// Records by key, in the order in which keys came first. Its memory is reused from batch to batch.
///
/// ```
/// use logagent_conditions::Groups;
///
/// let mut groups = Groups::default();
/// groups.begin(0);
/// for (record, key) in ["a", "b", "a"].into_iter().enumerate() {
///     groups.add(key.as_bytes(), record);
/// }
/// groups.end();
/// assert_eq!(groups.iter().map(|group| group.records).collect::<Vec<_>>(), [&[0, 2][..], &[1]]);
/// ```
#[derive(Debug, Default)]
pub struct Groups {
    /// Indices of `keys`.
    table: HashTable<usize>,
    keys: Keys,
    /// The group of each record, and the record's index.
    members: Vec<(usize, usize)>,
    /// Where each group's part of `records` ends.
    ends: Vec<usize>,
    records: Vec<usize>,
}

/// The records of one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group<'g> {
    /// The key, as the state may have it: not empty, and at most [`MOST_KEY_BYTES`] long.
    pub key: &'g [u8],
    /// The records' indices, ascending.
    pub records: &'g [usize],
}

/// How long a [`Group`]'s key is at most, in bytes.
pub const MOST_KEY_BYTES: usize = 1 + LONGEST_WHOLE;

/// Up to here a key stands for itself, exact and without a hash, which costs more than the state does with such a key.
/// Beyond, the host would soon refuse it, and the budget would hold few.
const LONGEST_WHOLE: usize = 256;

/// How a key begins that stands for itself, and one that is a hash: a text can't be made to look like another's hash.
const WHOLE: u8 = 0;
const HASHED: u8 = 1;

impl Groups {
    /// Forgets the batch before. `seed` is what those who write the records don't know, such as the nanosecond in which
    /// the batch was read: no keys can be chosen that share one place in the table.
    pub fn begin(&mut self, seed: u64) {
        self.table.clear();
        self.keys.begin(seed);
        self.members.clear();
        self.records.clear();
        self.ends.clear();
    }

    /// Adds the next record, ascending.
    pub fn add(&mut self, key: &[u8], record: usize) {
        let group = self.group(key);
        self.members.push((group, record));
    }

    /// The index of a key's group, which is made where there is none.
    fn group(&mut self, key: &[u8]) -> usize {
        let Self { table, keys, ends, .. } = self;
        let next = ends.len();
        keys.push(key);
        let is_same = |&other: &usize| keys.get(other) == keys.get(next);
        match table.entry(keys.hash(next), is_same, |&other| keys.hash(other)) {
            Entry::Occupied(there) => {
                keys.pop();
                *there.get()
            }
            Entry::Vacant(free) => {
                free.insert(next);
                ends.push(0);
                next
            }
        }
    }

    /// All records were added.
    pub fn end(&mut self) {
        let Self { members, ends, records, .. } = self;
        members.iter().for_each(|&(group, _)| ends[group] += 1);
        let mut end = 0;
        for count in ends.iter_mut() {
            // The group's start; each of its records moves it on, until it is the end.
            end += std::mem::replace(count, end);
        }
        records.resize(members.len(), 0);
        for &(group, record) in members.iter() {
            records[ends[group]] = record;
            ends[group] += 1;
        }
    }

    /// How many keys there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// One key's records.
    ///
    /// # Panics
    /// Where there is no such group.
    #[must_use]
    pub fn get(&self, group: usize) -> Group<'_> {
        let start = group.checked_sub(1).map_or(0, |before| self.ends[before]);
        Group { key: self.keys.get(group), records: &self.records[start..self.ends[group]] }
    }

    /// All of them.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Group<'_>> {
        (0..self.len()).map(|group| self.get(group))
    }
}

/// Keys one after the other.
#[derive(Debug, Default)]
struct Keys {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    hasher: SipHasher13,
}

impl Keys {
    fn begin(&mut self, seed: u64) {
        self.bytes.clear();
        self.ends.clear();
        self.hasher = SipHasher13::new_with_keys(seed, 0);
    }

    fn push(&mut self, key: &[u8]) {
        if key.len() <= LONGEST_WHOLE {
            self.bytes.push(WHOLE);
            self.bytes.extend_from_slice(key);
        } else {
            self.bytes.push(HASHED);
            self.bytes.extend_from_slice(&Sha256::digest(key));
        }
        self.ends.push(self.bytes.len());
    }

    fn pop(&mut self) {
        self.ends.pop();
        self.bytes.truncate(self.ends.last().copied().unwrap_or(0));
    }

    fn get(&self, index: usize) -> &[u8] {
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[start..self.ends[index]]
    }

    fn hash(&self, index: usize) -> u64 {
        self.hasher.hash(self.get(index))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn groups(keys: &[Vec<u8>]) -> Groups {
        let mut groups = Groups::default();
        // What a batch before has left does not show.
        groups.begin(1);
        groups.add(b"former", 7);
        groups.end();
        groups.begin(2);
        keys.iter().enumerate().for_each(|(record, key)| groups.add(key, record));
        groups.end();
        groups
    }

    proptest! {
        #[test]
        fn records_are_grouped_as_a_map_would(keys in prop::collection::vec("[ab]{0,3}|c{255,258}", 0..60)) {
            let keys: Vec<Vec<u8>> = keys.into_iter().map(String::into_bytes).collect();
            let mut expected = BTreeMap::<&[u8], Vec<usize>>::new();
            keys.iter().enumerate().for_each(|(record, key)| expected.entry(key).or_default().push(record));
            let groups = groups(&keys);
            prop_assert_eq!(groups.len(), expected.len());
            let firsts: Vec<usize> = groups.iter().map(|group| group.records[0]).collect();
            prop_assert!(firsts.is_sorted(), "{:?}", firsts);
            for group in groups.iter() {
                let key = &keys[group.records[0]];
                prop_assert_eq!(group.records, &expected[key.as_slice()]);
                prop_assert!(group.key.len() <= MOST_KEY_BYTES && !group.key.is_empty());
            }
        }
    }

    #[test]
    fn a_long_key_is_its_hash_and_no_other_key_can_be_it() {
        let long = vec![b'x'; LONGEST_WHOLE + 1];
        let hash = Sha256::digest(&long).to_vec();
        let groups = groups(&[long, hash]);
        let keys: Vec<&[u8]> = groups.iter().map(|group| group.key).collect();
        assert_eq!((keys.len(), keys[0].len()), (2, 33));
        assert_eq!(keys[0][1..], keys[1][1..]);
    }
}
