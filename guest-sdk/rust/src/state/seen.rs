//! Keys that were there before.

use super::name::Name;
use super::{Items, Outcome, insert};
use std::time::Duration;

/// The keys that were seen, in any lane.
///
/// ```
/// use logagent_sdk::state::Seen;
/// logagent_sdk::testing::once(["a"], |_, _| {
///     let mut seen = Seen::new("lines");
///     for line in ["x", "y", "x"] {
///         seen.note(line.as_bytes());
///     }
///     assert_eq!(seen.run(), [true, true, false]);
/// });
/// ```
#[derive(Clone, Debug)]
pub struct Seen {
    name: Name,
    ttl: Option<Duration>,
    keys: Items,
    nothing: Items,
}

impl Seen {
    /// The keys of this name.
    ///
    /// # Panics
    /// Where the name is empty or has a zero byte.
    ///
    /// ```
    /// let seen = logagent_sdk::state::Seen::new("lines");
    /// ```
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self { name: Name::new(name), ttl: None, keys: Items::default(), nothing: Items::default() }
    }

    /// Each key is forgotten so long after it was seen first.
    ///
    /// ```
    /// use std::time::Duration;
    /// let seen = logagent_sdk::state::Seen::new("lines").expiring(Duration::from_secs(60));
    /// ```
    #[must_use]
    pub fn expiring(self, ttl: Duration) -> Self {
        Self { ttl: Some(ttl), ..self }
    }

    /// Notes a key.
    ///
    /// ```
    /// logagent_sdk::state::Seen::new("lines").note(b"x");
    /// ```
    pub fn note(&mut self, key: &[u8]) {
        self.name.push(&mut self.keys, key);
        self.nothing.push(b"");
    }

    /// Asks for all that was noted, in one call: whether each is new. What a full map refuses to remember is new, too.
    ///
    /// ```
    /// logagent_sdk::testing::once(["a"], |_, _| assert!(logagent_sdk::state::Seen::new("lines").run().is_empty()));
    /// ```
    pub fn run(&mut self) -> Vec<bool> {
        let outcomes = insert(&self.keys, &self.nothing, self.ttl);
        self.keys.clear();
        self.nothing.clear();
        outcomes.into_iter().map(|outcome| outcome != Outcome::NotDone).collect()
    }
}
