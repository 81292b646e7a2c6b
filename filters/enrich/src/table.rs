//! The table in memory: rows in an arena, and a hash table of where they begin. Not for where they come from.

use foldhash::fast::FixedState;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use std::hash::BuildHasher;

use crate::arena;

/// Rows by their keys.
#[derive(Debug, Default)]
pub(crate) struct Table {
    /// Of each row its key, and the values of its columns: MessagePack, or nothing where there is none.
    rows: Vec<u8>,
    /// Where each row begins. 32 bits: a component's memory has no more.
    index: HashTable<u32>,
    /// The keys are the operator's, who has no reason to choose some of one hash.
    hasher: FixedState,
}

/// A row's values.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row<'t>(&'t [u8]);

/// Why a row was not added.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// Another has the same key.
    Twice,
    /// The table would be too large to be found in.
    Full,
}

impl Table {
    /// Adds a row: its key, and the values of its columns in their order.
    pub(crate) fn add<'v>(&mut self, key: &[u8], values: impl Iterator<Item = &'v [u8]>) -> Result<(), Refused> {
        let Self { rows, index, hasher } = self;
        let start = u32::try_from(rows.len()).map_err(|_| Refused::Full)?;
        let key_at = |start: u32| arena::split(&rows[start as usize..]).0;
        let entry =
            index.entry(hasher.hash_one(key), |&other| key_at(other) == key, |&other| hasher.hash_one(key_at(other)));
        let Entry::Vacant(free) = entry else { return Err(Refused::Twice) };
        free.insert(start);
        arena::push(rows, key);
        values.for_each(|value| arena::push(rows, value));
        Ok(())
    }

    /// Gives back the memory that was taken for rows that did not come.
    pub(crate) fn end(&mut self) {
        let Self { rows, index, hasher } = self;
        rows.shrink_to_fit();
        index.shrink_to_fit(|&start| hasher.hash_one(arena::split(&rows[start as usize..]).0));
    }

    /// The row with this key.
    pub(crate) fn find(&self, key: &[u8]) -> Option<Row<'_>> {
        let row = |&start: &u32| arena::split(&self.rows[start as usize..]);
        let start = self.index.find(self.hasher.hash_one(key), |start| row(start).0 == key)?;
        Some(Row(row(start).1))
    }
}

impl<'t> Row<'t> {
    /// Its values, and then what is no value of it: take as many as there are columns.
    pub(crate) fn values(self) -> impl Iterator<Item = &'t [u8]> + Clone {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let (value, behind) = arena::split(rest);
            rest = behind;
            Some(value)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(table: &Table, key: &str) -> Option<Vec<Vec<u8>>> {
        table.find(key.as_bytes()).map(|row| row.values().take(2).map(<[u8]>::to_vec).collect())
    }

    #[test]
    fn rows_are_found_by_their_keys() {
        let mut table = Table::default();
        for number in 0..10_000_u32 {
            let (key, value) = (number.to_string(), number.to_le_bytes());
            assert_eq!(table.add(key.as_bytes(), [&value[..], b""].into_iter()), Ok(()));
        }
        table.end();
        for number in [0, 77, 9_999_u32] {
            let expected = vec![number.to_le_bytes().to_vec(), Vec::new()];
            assert_eq!(values(&table, &number.to_string()), Some(expected));
        }
        assert_eq!((values(&table, "10000"), values(&table, "")), (None, None));
    }

    #[test]
    fn a_key_is_there_once() {
        let mut table = Table::default();
        assert_eq!(table.add(b"a", [&b"1"[..]].into_iter()), Ok(()));
        assert_eq!(table.add(b"a", [&b"2"[..]].into_iter()), Err(Refused::Twice));
    }
}
