//! Numbers by key.

use super::name::Name;
use super::{Fold, Items, Value, fold, get};
use std::time::Duration;

/// A number for each key, in all lanes the same.
///
/// ```
/// use logagent_sdk::state::Counter;
/// logagent_sdk::testing::once(["a"], |_, _| {
///     let mut hits = Counter::new("hits");
///     hits.add(b"alice", 1);
///     hits.add(b"bob", 5);
///     hits.add(b"alice", 1);
///     assert_eq!(hits.run(), [1, 5, 2]);
/// });
/// ```
#[derive(Clone, Debug)]
pub struct Counter {
    name: Name,
    ttl: Option<Duration>,
    keys: Items,
    amounts: Vec<i64>,
}

impl Counter {
    /// The numbers of this name.
    ///
    /// # Panics
    /// Where the name is empty or has a zero byte.
    ///
    /// ```
    /// let hits = logagent_sdk::state::Counter::new("hits");
    /// ```
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self { name: Name::new(name), ttl: None, keys: Items::default(), amounts: Vec::new() }
    }

    /// Each number ends so long after it began.
    ///
    /// ```
    /// use std::time::Duration;
    /// let hits = logagent_sdk::state::Counter::new("hits").expiring(Duration::from_secs(60));
    /// ```
    #[must_use]
    pub fn expiring(self, ttl: Duration) -> Self {
        Self { ttl: Some(ttl), ..self }
    }

    /// Notes what is to be added.
    ///
    /// ```
    /// logagent_sdk::state::Counter::new("hits").add(b"alice", 1);
    /// ```
    pub fn add(&mut self, key: &[u8], amount: i64) {
        self.name.push(&mut self.keys, key);
        self.amounts.push(amount);
    }

    /// Adds all that was noted, in one call; the numbers after each, in the order in which they were noted.
    ///
    /// ```
    /// logagent_sdk::testing::once(["a"], |_, _| assert!(logagent_sdk::state::Counter::new("hits").run().is_empty()));
    /// ```
    pub fn run(&mut self) -> Vec<i64> {
        let numbers = fold(&self.keys, Fold::Add, &self.amounts, self.ttl);
        self.keys.clear();
        self.amounts.clear();
        numbers
    }

    /// The numbers as they are; 0 where there is none.
    ///
    /// ```
    /// use logagent_sdk::state::Counter;
    /// logagent_sdk::testing::once(["a"], |_, _| assert_eq!(Counter::new("hits").get(["alice"]), [0]));
    /// ```
    pub fn get<K: AsRef<[u8]>>(&self, keys: impl IntoIterator<Item = K>) -> Vec<i64> {
        let values = get(&self.name.keys(keys));
        values.iter().map(|value| value.and_then(i64::read).unwrap_or(0)).collect()
    }
}
