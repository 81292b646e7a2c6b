//! The names of members that were seen, with what is known of each: how it is written, what it is beside an attribute,
//! and whether the record in hand has it already. Logs have few names, in an order that seldom changes, so that most
//! are found by a look at the one that followed last time. Of names beyond `MOST` nothing is kept.

use crate::attributes::Key;
use crate::roles::{Role, Roles};

/// Kept names. A program has a few dozen; where names are data, each new one costs its own making, and no memory.
const MOST: usize = 128;

/// Of the table that finds them: half of it is free, so that few are searched for long.
const SLOTS: usize = 2 * MOST;

#[derive(Debug)]
pub(crate) struct Names {
    roles: Roles,
    prefix: String,
    list: Vec<Name>,
    /// Places in the list, one more than they are; 0 is free.
    slots: [u8; SLOTS],
    /// The name met last, whose follower is the guess for the next.
    last: usize,
    record: u32,
}

/// A name that was seen.
#[derive(Debug)]
struct Name {
    mark: Mark,
    text: Vec<u8>,
    key: Key,
    role: Role,
    /// The record that had it last.
    record: u32,
    /// What stood behind it last.
    next: usize,
}

/// What tells nearly all names apart: the length, the first eight bytes and the last; all of a name of up to sixteen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mark {
    length: usize,
    first: u64,
    last: u64,
}

/// What is known of a name in a record.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Known<'a> {
    /// Its first time in this record.
    New(&'a Key, Role),
    /// The record has it already.
    Again,
    /// None of the kept ones.
    Other,
}

impl Names {
    pub(crate) fn new(roles: Roles, prefix: &str) -> Self {
        Self { roles, prefix: prefix.into(), list: Vec::new(), slots: [0; SLOTS], last: 0, record: 0 }
    }

    pub(crate) fn roles(&self) -> &Roles {
        &self.roles
    }

    pub(crate) fn prefix(&self) -> &[u8] {
        self.prefix.as_bytes()
    }

    /// Begins with another record.
    #[inline]
    pub(crate) fn begin(&mut self) {
        self.record = self.record.wrapping_add(1);
        // Full of names that may not come again; or so many records that their numbers do.
        if self.list.len() == MOST || self.record == 0 {
            self.forget();
        }
    }

    #[cold]
    fn forget(&mut self) {
        self.list.clear();
        self.slots.fill(0);
        (self.last, self.record) = (0, 1);
    }

    /// What is known of a name, which the record has from now on.
    #[inline]
    pub(crate) fn meet(&mut self, text: &[u8]) -> Known<'_> {
        let mark = Mark::of(text);
        let guess = self.list.get(self.last).map_or(0, |last| last.next);
        let is_right = self.list.get(guess).is_some_and(|name| name.is(mark, text));
        let found = if is_right { Some(guess) } else { self.search(mark, text) };
        let Some(name) = found.and_then(|index| self.list.get_mut(index)) else { return Known::Other };
        self.last = found.unwrap_or_default();
        if name.record == self.record {
            return Known::Again;
        }
        name.record = self.record;
        Known::New(&name.key, name.role)
    }

    /// Finds a name by the table, or keeps it. It is what follows the last from now on.
    fn search(&mut self, mark: Mark, text: &[u8]) -> Option<usize> {
        let mut slot = mark.slot();
        let index = loop {
            match self.slots[slot] {
                0 => break self.keep(slot, mark, text)?,
                place if self.list[usize::from(place) - 1].is(mark, text) => break usize::from(place) - 1,
                _ => slot = (slot + 1) % SLOTS,
            }
        };
        if let Some(last) = self.list.get_mut(self.last) {
            last.next = index;
        }
        Some(index)
    }

    #[cold]
    fn keep(&mut self, slot: usize, mark: Mark, text: &[u8]) -> Option<usize> {
        let index = self.list.len();
        if index == MOST {
            return None;
        }
        let key = Key::new(self.prefix(), text);
        let role = self.roles.of(text);
        self.list.push(Name { mark, text: text.into(), key, role, record: self.record.wrapping_sub(1), next: index });
        self.slots[slot] = u8::try_from(index + 1).ok()?;
        Some(index)
    }
}

impl Name {
    #[inline]
    fn is(&self, mark: Mark, text: &[u8]) -> bool {
        self.mark == mark && (mark.length <= 16 || self.text == text)
    }
}

impl Mark {
    #[inline]
    fn of(text: &[u8]) -> Self {
        let length = text.len();
        let (first, last) = match (text.first_chunk::<8>(), text.last_chunk::<8>()) {
            (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
            _ => (short(text), 0),
        };
        Self { length, first, last }
    }

    #[inline]
    fn slot(self) -> usize {
        const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
        let mixed = (self.first ^ self.last.rotate_left(29) ^ self.length as u64).wrapping_mul(FACTOR);
        (mixed >> 40) as usize % SLOTS
    }
}

/// All of up to seven bytes.
#[inline]
fn short(text: &[u8]) -> u64 {
    match (text.first_chunk::<4>(), text.last_chunk::<4>()) {
        (Some(first), Some(last)) => u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << 32,
        _ => text.iter().fold(0, |word, &byte| word << 8 | u64::from(byte)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_new(names: &mut Names, text: &str) -> Option<bool> {
        match names.meet(text.as_bytes()) {
            Known::New(..) => Some(true),
            Known::Again => Some(false),
            Known::Other => None,
        }
    }

    #[test]
    fn a_name_is_new_once_in_each_record() {
        let mut names = Names::new(Roles::default(), "");
        let alike = ["", "a", "b", "ab", "abcdefgh", "abcdefgi", "abcdefgh-1-abcdefgh", "abcdefgh-2-abcdefgh"];
        for _ in 0..5 {
            names.begin();
            for text in alike.iter().chain(alike.iter().rev().take(3)) {
                let _ = names.meet(text.as_bytes());
            }
            names.begin();
            for text in alike {
                assert_eq!(is_new(&mut names, text), Some(true), "{text}");
                assert_eq!(is_new(&mut names, text), Some(false), "{text}");
            }
        }
    }

    #[test]
    fn names_beyond_the_most_are_not_kept_and_all_are_forgotten_then() {
        let mut names = Names::new(Roles::default(), "");
        for round in 0..3 {
            names.begin();
            for number in 0..2 * MOST {
                let expected = (number < MOST).then_some(true);
                assert_eq!(is_new(&mut names, &format!("{round}-{number}")), expected, "{round} {number}");
            }
            assert_eq!(is_new(&mut names, &format!("{round}-5")), Some(false));
        }
    }
}
