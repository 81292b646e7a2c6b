//! The names of members that were seen, with what is known of each: how it is written, what it is beside an attribute,
//! and whether the record in hand has it already. Logs have few names, in an order that seldom changes, so that most
//! are found by a look at the one that followed last time. Of names beyond `MOST` nothing is kept.

mod text;

use crate::key::Key;
use crate::roles::{Role, Roles};
use text::{Head, Mark};

/// Kept names. A program has a few dozen; where names are data, each new one costs its own making, and no memory.
const MOST: usize = 128;

/// No place in the list; the one before the first.
const NONE: usize = usize::MAX;

/// Of the table that finds them: half of it is free, so that few are searched for long.
const SLOTS: usize = 2 * MOST;

#[derive(Debug)]
pub(crate) struct Names {
    roles: Roles,
    prefix: String,
    list: Vec<Name>,
    /// Places in the list, one more than they are; 0 is free.
    slots: [u8; SLOTS],
    /// The name met last; none of the list at a record's start.
    last: usize,
    record: u32,
}

/// A name that was seen.
#[derive(Debug)]
struct Name {
    mark: Mark,
    head: Head,
    text: Vec<u8>,
    key: Key,
    role: Role,
    /// The record that had it last.
    record: u32,
    /// What stood behind it last.
    next: usize,
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
        Self { roles, prefix: prefix.into(), list: Vec::new(), slots: [0; SLOTS], last: NONE, record: 0 }
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
        self.last = NONE;
        // Full of names that may not come again; or so many records that their numbers do.
        if self.list.len() == MOST || self.record == 0 {
            self.forget();
        }
    }

    #[cold]
    fn forget(&mut self) {
        self.list.clear();
        self.slots.fill(0);
        self.record = 1;
    }

    /// What is known of the name that stands in `text` at its start, `length` bytes before its value, if it is the one
    /// that is likely: the next of the list, which is in the order of a first record, or what followed last time.
    #[inline]
    pub(crate) fn meet_likely(&mut self, text: &[u8], length: usize) -> Option<Known<'_>> {
        let text = u128::from_le_bytes(*text.first_chunk()?);
        let is = |index: usize| self.list.get(index).is_some_and(|name| name.head.is(text, length));
        let next = self.last.wrapping_add(1);
        let index =
            if is(next) { next } else { self.list.get(self.last).map(|last| last.next).filter(|&it| is(it))? };
        Some(self.meet_kept(index))
    }

    /// What is known of a name, which the record has from now on.
    #[inline(never)]
    pub(crate) fn meet(&mut self, text: &[u8]) -> Known<'_> {
        match self.search(Mark::of(text), text) {
            Some(index) => self.meet_kept(index),
            None => Known::Other,
        }
    }

    #[inline]
    fn meet_kept(&mut self, index: usize) -> Known<'_> {
        let name = &mut self.list[index];
        self.last = index;
        if name.record == self.record {
            return Known::Again;
        }
        name.record = self.record;
        Known::New(&name.key, name.role)
    }

    /// Finds a name by the table, or keeps it. It is what follows the last from now on.
    fn search(&mut self, mark: Mark, text: &[u8]) -> Option<usize> {
        let mut slot = mark.hash() % SLOTS;
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
        let head = Head::of(text);
        self.list.push(Name {
            mark,
            head,
            text: text.into(),
            key,
            role,
            record: self.record.wrapping_sub(1),
            next: index,
        });
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
    fn a_likely_name_is_met_as_any_other() {
        let mut names = Names::new(Roles::default(), "");
        let all = ["time", "a", "", "exactly13byte", "more-than-13-bytes", "q\"", "b\\"];
        for round in 0..4 {
            names.begin();
            // The third round skips one: what followed last time is tried, too.
            for (number, text) in all.iter().enumerate().filter(|(number, _)| round < 2 || *number != 1) {
                let standing = format!("\"{text}\":1, \"and more than a block\"");
                let likely = matches!(names.meet_likely(standing.as_bytes(), text.len() + 3), Some(Known::New(..)));
                assert_eq!(
                    likely,
                    number < 4 && (round == 1 || round == 3 || (round == 2 && number != 2)),
                    "{round} {text}"
                );
                if !likely {
                    assert_eq!(is_new(&mut names, text), Some(true), "{round} {text}");
                }
            }
            assert!(names.meet_likely(b"\"time\" :1, \"and more\"", 8).is_none());
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
