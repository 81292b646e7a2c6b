//! Which windows with repetitions are open, by when they close. All of them are in the state, which has no order; these
//! here save a walk through it each second. Not for what a summary says.

use std::collections::BTreeSet;

/// A window: when it closes, in milliseconds since the Unix epoch, most significant byte first, then its key. So the order
/// of bytes is that in which windows close, and no two windows of a key are one.
pub(crate) type Id = Vec<u8>;

pub(crate) fn id(closes_unix_ms: u64, key: &[u8]) -> Id {
    [&closes_unix_ms.to_be_bytes(), key].concat()
}

/// When a window closes; `None` for what is no window.
pub(crate) fn closes_unix_ms(id: &[u8]) -> Option<u64> {
    id.first_chunk().copied().map(u64::from_be_bytes)
}

/// How many windows an instance keeps in mind: with the longest keys they take a third of the memory that it has by
/// default. What is beyond is found again in the state.
const MOST: usize = 1 << 16;

/// The windows that close first.
#[derive(Debug, Default)]
pub(crate) struct Open {
    ids: BTreeSet<Id>,
    /// Windows that close at this time or later may be in the state alone, `None` where all are here. At first it is 0:
    /// the instance before may have left some.
    unknown_from: Option<u64>,
}

impl Open {
    /// Knows nothing of what is in the state.
    pub(crate) fn unknown() -> Self {
        Self { ids: BTreeSet::new(), unknown_from: Some(0) }
    }

    /// Whether windows that are due may be in the state alone.
    pub(crate) fn is_to_be_found(&self, due_unix_ms: u64) -> bool {
        self.unknown_from.is_some_and(|from| from <= due_unix_ms)
    }

    /// What is in the state is added now.
    pub(crate) fn begin_to_find(&mut self) {
        self.unknown_from = None;
    }

    pub(crate) fn add(&mut self, id: Id) {
        self.ids.insert(id);
        if self.ids.len() > MOST {
            let last = self.ids.pop_last().and_then(|id| closes_unix_ms(&id));
            self.unknown_from = self.unknown_from.into_iter().chain(last).min();
        }
    }

    /// Takes out up to `count` windows that close by then, the first ones first.
    pub(crate) fn take(&mut self, due_unix_ms: u64, count: usize) -> Vec<Id> {
        let is_due = |id: &Id| closes_unix_ms(id).is_none_or(|closes| closes <= due_unix_ms);
        let due = std::iter::from_fn(|| self.ids.first().is_some_and(is_due).then(|| self.ids.pop_first()).flatten());
        due.take(count).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_taken_in_the_order_in_which_they_close() {
        let mut open = Open::unknown();
        for (closes, key) in [(300, "c"), (1 << 40, "d"), (5, "a"), (5, "b"), (5, "a")] {
            open.add(id(closes, key.as_bytes()));
        }
        assert_eq!(open.take(300, 2), [id(5, b"a"), id(5, b"b")]);
        assert_eq!(open.take(299, 9), [] as [Id; 0]);
        assert_eq!(open.take(300, 9), [id(300, b"c")]);
    }

    #[test]
    fn what_does_not_fit_is_what_closes_last_and_is_to_be_found_when_it_is_due() {
        let mut open = Open::unknown();
        assert!(open.is_to_be_found(0));
        open.begin_to_find();
        let most = u64::try_from(MOST).unwrap();
        (0..most + 3).rev().for_each(|closes| open.add(id(closes, b"k")));
        assert!(!open.is_to_be_found(most - 1) && open.is_to_be_found(most));
        assert_eq!(open.take(u64::MAX, usize::MAX).len(), MOST);
    }
}
