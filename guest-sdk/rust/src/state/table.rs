//! Values of one type by key.

use super::name::Name;
use super::{Items, Outcome, Value, compare_and_set, get, insert, remove, set};
use crate::{Failure, host};
use std::marker::PhantomData;
use std::time::Duration;

/// A value of type `V` for each key, in all lanes the same.
///
/// ```
/// use logagent_sdk::state::Table;
/// logagent_sdk::testing::once(["a"], |_, _| {
///     let names = Table::<String>::new("names");
///     names.set([("u1", "Alice".to_owned())]);
///     assert_eq!(names.get(["u1", "u2"]), [Some("Alice".to_owned()), None]);
/// });
/// ```
#[derive(Clone, Debug)]
pub struct Table<V> {
    name: Name,
    ttl: Option<Duration>,
    values: PhantomData<fn() -> V>,
}

/// How often an update is tried again where other lanes were faster: with as many lanes as a machine has cores, the second
/// try all but always succeeds.
const MOST_TRIES: u32 = 1_000;

/// How many bytes of entries are asked for at once.
const PAGE_BYTES: u32 = 64 << 10;

impl<V: Value> Table<V> {
    /// The values of this name.
    ///
    /// # Panics
    /// Where the name is empty or has a zero byte.
    ///
    /// ```
    /// let names = logagent_sdk::state::Table::<String>::new("names");
    /// ```
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self { name: Name::new(name), ttl: None, values: PhantomData }
    }

    /// Each value ends so long after it was set.
    ///
    /// ```
    /// use std::time::Duration;
    /// let names = logagent_sdk::state::Table::<String>::new("names").expiring(Duration::from_secs(60));
    /// ```
    #[must_use]
    pub fn expiring(self, ttl: Duration) -> Self {
        Self { ttl: Some(ttl), ..self }
    }

    /// The values of keys, in one call.
    ///
    /// ```
    /// use logagent_sdk::state::Table;
    /// logagent_sdk::testing::once(["a"], |_, _| assert_eq!(Table::<i64>::new("t").get(["k"]), [None]));
    /// ```
    pub fn get<K: AsRef<[u8]>>(&self, keys: impl IntoIterator<Item = K>) -> Vec<Option<V>> {
        read(&get(&self.name.keys(keys)))
    }

    /// Sets values, in one call.
    ///
    /// ```
    /// use logagent_sdk::state::{Outcome, Table};
    /// logagent_sdk::testing::once(["a"], |_, _| {
    ///     assert_eq!(Table::<i64>::new("t").set([("k", 5)]), [Outcome::Done]);
    /// });
    /// ```
    pub fn set<K: AsRef<[u8]>>(&self, entries: impl IntoIterator<Item = (K, V)>) -> Vec<Outcome> {
        let (keys, values) = self.items(entries);
        set(&keys, &values, self.ttl)
    }

    /// Sets values where there are none, in one call. Of two lanes that try, one does.
    ///
    /// ```
    /// use logagent_sdk::state::{Outcome, Table};
    /// logagent_sdk::testing::once(["a"], |_, _| {
    ///     assert_eq!(Table::<i64>::new("t").insert([("k", 5), ("k", 6)]), [Outcome::Done, Outcome::NotDone]);
    /// });
    /// ```
    pub fn insert<K: AsRef<[u8]>>(&self, entries: impl IntoIterator<Item = (K, V)>) -> Vec<Outcome> {
        let (keys, values) = self.items(entries);
        insert(&keys, &values, self.ttl)
    }

    fn items<K: AsRef<[u8]>>(&self, entries: impl IntoIterator<Item = (K, V)>) -> (Items, Items) {
        let (mut keys, mut values, mut bytes) = (Items::default(), Items::default(), Vec::new());
        for (key, value) in entries {
            self.name.push(&mut keys, key.as_ref());
            push(&mut values, &value, &mut bytes);
        }
        (keys, values)
    }

    /// Takes values out, in one call. Of two lanes that try, one gets each.
    ///
    /// ```
    /// use logagent_sdk::state::Table;
    /// logagent_sdk::testing::once(["a"], |_, _| assert_eq!(Table::<i64>::new("t").take(["k"]), [None]));
    /// ```
    pub fn take<K: AsRef<[u8]>>(&self, keys: impl IntoIterator<Item = K>) -> Vec<Option<V>> {
        read(&remove(&self.name.keys(keys)))
    }

    /// Makes of each key's value another, two calls for all keys where no other lane has changed one meanwhile; those
    /// that were changed are read and made again. `make` gets a key's index and its value; `None` leaves it as it is. It
    /// is called again for a key whose value was changed meanwhile. No key stands there twice. Answers by key: what was
    /// left as it is is [`Outcome::NotDone`], and [`Outcome::Refused`] what a map that is full did not take.
    ///
    /// # Errors
    /// Where others were faster a thousand times.
    ///
    /// ```
    /// use logagent_sdk::state::{Outcome, Table};
    /// logagent_sdk::testing::once(["a"], |_, _| {
    ///     let table = Table::<i64>::new("largest");
    ///     let outcomes = table.update(&["a", "b"], |index, value| Some(value.unwrap_or(0).max(index as i64 + 5)));
    ///     assert_eq!(outcomes.unwrap(), [Outcome::Done; 2]);
    ///     assert_eq!(table.get(["a", "b"]), [Some(5), Some(6)]);
    /// });
    /// ```
    pub fn update<K: AsRef<[u8]>>(
        &self,
        keys: &[K],
        mut make: impl FnMut(usize, Option<V>) -> Option<V>,
    ) -> Result<Vec<Outcome>, Failure> {
        let mut open: Vec<usize> = (0..keys.len()).collect();
        let mut outcomes = vec![Outcome::NotDone; keys.len()];
        let mut tries = 0;
        while !open.is_empty() {
            if tries == MOST_TRIES {
                Err("other lanes changed the same keys a thousand times")?;
            }
            open = self.try_update(keys, &open, &mut outcomes, &mut make);
            tries += 1;
        }
        Ok(outcomes)
    }

    /// Answers those whose values were changed meanwhile.
    fn try_update<K: AsRef<[u8]>>(
        &self,
        keys: &[K],
        open: &[usize],
        outcomes: &mut [Outcome],
        make: &mut impl FnMut(usize, Option<V>) -> Option<V>,
    ) -> Vec<usize> {
        let before = get(&self.name.keys(open.iter().map(|&index| &keys[index])));
        let (mut written, mut named) = (Vec::new(), Items::default());
        let (mut expected, mut values, mut bytes) = (Items::default(), Items::default(), Vec::new());
        for (&index, old) in open.iter().zip(before.iter()) {
            let Some(value) = make(index, old.and_then(V::read)) else { continue };
            written.push(index);
            self.name.push(&mut named, keys[index].as_ref());
            match old {
                Some(old) => expected.push(old),
                None => expected.push_absent(),
            }
            push(&mut values, &value, &mut bytes);
        }
        for (&index, outcome) in written.iter().zip(compare_and_set(&named, &expected, &values, self.ttl)) {
            outcomes[index] = outcome;
        }
        written.retain(|&index| outcomes[index] == Outcome::NotDone);
        written
    }

    /// Some entries, in no order: those from a position on, 0 at first; and the position behind them, if any follow. For
    /// going over all in several calls: what is there throughout comes once.
    ///
    /// ```
    /// use logagent_sdk::state::Table;
    /// logagent_sdk::testing::once(["a"], |_, _| {
    ///     let table = Table::<i64>::new("t");
    ///     table.set([("k", 5)]);
    ///     let (entries, next) = table.page(0);
    ///     assert!(!entries.is_empty() || next.is_some());
    /// });
    /// ```
    #[must_use]
    pub fn page(&self, position: u64) -> (Vec<(Vec<u8>, V)>, Option<u64>) {
        page(&self.name, position)
    }

    /// All entries, in no order, page by page. What is there throughout comes once.
    ///
    /// ```
    /// use logagent_sdk::state::Table;
    /// logagent_sdk::testing::once(["a"], |_, _| {
    ///     let table = Table::<i64>::new("t");
    ///     table.set([("k", 5)]);
    ///     assert_eq!(table.entries().collect::<Vec<_>>(), [(b"k".to_vec(), 5)]);
    /// });
    /// ```
    #[must_use]
    pub fn entries(&self) -> Entries<V> {
        Entries { name: self.name.clone(), next: Some(0), page: Vec::new().into_iter() }
    }
}

/// The entries of a table.
///
/// ```
/// use logagent_sdk::state::Table;
/// logagent_sdk::testing::once(["a"], |_, _| assert!(Table::<i64>::new("t").entries().next().is_none()));
/// ```
#[derive(Debug)]
pub struct Entries<V> {
    name: Name,
    next: Option<u64>,
    page: std::vec::IntoIter<(Vec<u8>, V)>,
}

impl<V: Value> Iterator for Entries<V> {
    type Item = (Vec<u8>, V);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(entry) = self.page.next() {
                return Some(entry);
            }
            let (entries, next) = page(&self.name, self.next?);
            (self.page, self.next) = (entries.into_iter(), next);
        }
    }
}

fn page<V: Value>(name: &Name, position: u64) -> (Vec<(Vec<u8>, V)>, Option<u64>) {
    let page = host::state::range(name.bytes(), position, PAGE_BYTES);
    let entry =
        |(key, value): (Option<&[u8]>, Option<&[u8]>)| Some((name.strip(key?).to_vec(), value.and_then(V::read)?));
    (page.keys.iter().zip(page.values.iter()).filter_map(entry).collect(), page.next)
}

fn push<V: Value>(values: &mut Items, value: &V, bytes: &mut Vec<u8>) {
    bytes.clear();
    value.write(bytes);
    values.push(bytes);
}

fn read<V: Value>(values: &Items) -> Vec<Option<V>> {
    values.iter().map(|value| value.and_then(V::read)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::state::Memory;

    #[test]
    fn an_update_tells_what_was_written_what_was_left_and_what_a_full_map_refused() {
        let keys: Vec<String> = (0..2000).map(|number| format!("key {number}")).collect();
        let outcomes = Memory::refusing(64 << 10).call(0, || {
            let table = Table::<String>::new("t");
            let make = |index: usize, _| index.is_multiple_of(2).then(|| "x".repeat(100));
            let outcomes = table.update(&keys, make)?;
            for (outcome, value) in outcomes.iter().zip(table.get(&keys)) {
                assert_eq!(*outcome == Outcome::Done, value.is_some());
            }
            Ok::<_, Failure>(outcomes)
        });
        let outcomes = outcomes.unwrap();
        let count = |wanted: Outcome| outcomes.iter().filter(|&&outcome| outcome == wanted).count();
        assert_eq!((outcomes.len(), count(Outcome::NotDone)), (2000, 1000));
        assert!(count(Outcome::Done) > 10 && count(Outcome::Refused) > 10, "{}", count(Outcome::Done));
    }
}
