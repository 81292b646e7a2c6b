//! What a filter remembers: a map in the host, which the filter's instances in all lanes share and which outlives them.
//! Natively the host's own map runs, so that tests see what the agent does.
//!
//! [`Counter`], [`Seen`] and [`Table`] are maps of one kind of value each; several of them, told apart by their names,
//! lie in the filter's one map. Each collects keys and asks the host once: one call for a batch costs a fraction of one
//! for each record. The functions of this module work on the map as it is.
//!
//! What is written counts at once, also for other lanes, and is undone where the batch fails. The map has a budget: any
//! key may be gone when it is looked for.

mod counter;
mod items;
mod name;
mod seen;
mod table;
mod value;

pub use counter::Counter;
pub use items::Items;
pub use seen::Seen;
pub use table::{Entries, Table};
pub use value::Value;

use crate::host::state as host;
use std::time::Duration;

/// What became of one write.
///
/// ```
/// use logagent_sdk::state::Outcome;
/// assert_ne!(Outcome::Done, Outcome::Refused);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was not made: its condition does not hold.
    NotDone,
    /// It was made.
    Done,
    /// It was not made: the map is full, and configured to refuse.
    Refused,
}

impl Outcome {
    pub(crate) fn from_byte(byte: u8) -> Self {
        match byte {
            0 => Self::NotDone,
            1 => Self::Done,
            _ => Self::Refused,
        }
    }
}

/// How a number is changed. A result beyond 64 bits is the nearest one within.
///
/// ```
/// use logagent_sdk::state::{self, Fold, Items};
/// logagent_sdk::testing::once(["a"], |_, _| {
///     let keys = Items::from_iter([b"k"]);
///     assert_eq!(state::fold(&keys, Fold::Max, &[5], None), [5]);
///     assert_eq!(state::fold(&keys, Fold::Add, &[2], None), [7]);
/// });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fold {
    /// Adds the operand.
    Add,
    /// The smaller of both.
    Min,
    /// The larger of both.
    Max,
}

/// The values of keys, absent where there are none.
///
/// ```
/// use logagent_sdk::state::{self, Items};
/// logagent_sdk::testing::once(["a"], |_, _| {
///     state::set(&Items::from_iter([b"k"]), &Items::from_iter([b"v"]), None);
///     assert_eq!(state::get(&Items::from_iter([b"k", b"x"])).iter().collect::<Vec<_>>(), [Some(&b"v"[..]), None]);
/// });
/// ```
#[must_use]
pub fn get(keys: &Items) -> Items {
    host::get(keys)
}

/// Whether keys have values.
///
/// ```
/// use logagent_sdk::state::{self, Items};
/// logagent_sdk::testing::once(["a"], |_, _| assert_eq!(state::contains(&Items::from_iter([b"k"])), [false]));
/// ```
#[must_use]
pub fn contains(keys: &Items) -> Vec<bool> {
    host::contains(keys).into_iter().map(|byte| byte != 0).collect()
}

/// Puts values there, whatever was there before. `ttl`: how long each lives; for ever where none is given.
///
/// ```
/// use logagent_sdk::state::{self, Items, Outcome};
/// logagent_sdk::testing::once(["a"], |_, _| {
///     assert_eq!(state::set(&Items::from_iter([b"k"]), &Items::from_iter([b"v"]), None), [Outcome::Done]);
/// });
/// ```
pub fn set(keys: &Items, values: &Items, ttl: Option<Duration>) -> Vec<Outcome> {
    outcomes(host::set(keys, values, milliseconds(ttl)))
}

/// Puts values where there are none. Of two lanes that try, one does.
///
/// ```
/// use logagent_sdk::state::{self, Items, Outcome};
/// logagent_sdk::testing::once(["a"], |_, _| {
///     let (keys, values) = (Items::from_iter([b"k", b"k"]), Items::from_iter([b"1", b"2"]));
///     assert_eq!(state::insert(&keys, &values, None), [Outcome::Done, Outcome::NotDone]);
/// });
/// ```
pub fn insert(keys: &Items, values: &Items, ttl: Option<Duration>) -> Vec<Outcome> {
    outcomes(host::insert(keys, values, milliseconds(ttl)))
}

/// Puts values where there are exactly the expected ones; an absent item expects none.
///
/// ```
/// use logagent_sdk::state::{self, Items, Outcome};
/// logagent_sdk::testing::once(["a"], |_, _| {
///     let (key, value) = (Items::from_iter([b"k"]), Items::from_iter([b"v"]));
///     let mut none = Items::default();
///     none.push_absent();
///     assert_eq!(state::compare_and_set(&key, &value, &value, None), [Outcome::NotDone]);
///     assert_eq!(state::compare_and_set(&key, &none, &value, None), [Outcome::Done]);
/// });
/// ```
pub fn compare_and_set(keys: &Items, expected: &Items, values: &Items, ttl: Option<Duration>) -> Vec<Outcome> {
    outcomes(host::compare_and_set(keys, expected, values, milliseconds(ttl)))
}

/// Changes numbers (8 bytes, little-endian, with sign), and answers the new ones. A key that is not there gets the
/// operand, and the time to live.
///
/// ```
/// use logagent_sdk::state::{self, Fold, Items};
/// logagent_sdk::testing::once(["a"], |_, _| {
///     assert_eq!(state::fold(&Items::from_iter([b"k", b"k"]), Fold::Add, &[1, 2], None), [1, 3]);
/// });
/// ```
pub fn fold(keys: &Items, how: Fold, operands: &[i64], ttl: Option<Duration>) -> Vec<i64> {
    host::fold(keys, how, operands, milliseconds(ttl))
}

/// Puts bytes behind values, unless one would be longer than `most_bytes` then. The time to live as for [`fold`].
///
/// ```
/// use logagent_sdk::state::{self, Items, Outcome};
/// logagent_sdk::testing::once(["a"], |_, _| {
///     let (keys, values) = (Items::from_iter([b"k", b"k"]), Items::from_iter([b"ab", b"cd"]));
///     assert_eq!(state::append(&keys, &values, 3, None), [Outcome::Done, Outcome::NotDone]);
/// });
/// ```
pub fn append(keys: &Items, values: &Items, most_bytes: u32, ttl: Option<Duration>) -> Vec<Outcome> {
    outcomes(host::append(keys, values, most_bytes, milliseconds(ttl)))
}

/// Takes values out, and answers them. Of two lanes that try, one gets it.
///
/// ```
/// use logagent_sdk::state::{self, Items};
/// logagent_sdk::testing::once(["a"], |_, _| {
///     let key = Items::from_iter([b"k"]);
///     state::set(&key, &Items::from_iter([b"v"]), None);
///     assert_eq!(state::remove(&key).iter().next(), Some(Some(&b"v"[..])));
///     assert_eq!(state::remove(&key).iter().next(), Some(None));
/// });
/// ```
pub fn remove(keys: &Items) -> Items {
    host::remove(keys)
}

/// Takes all out, when the call has ended well.
///
/// ```
/// logagent_sdk::testing::once(["a"], |_, _| logagent_sdk::state::clear());
/// ```
pub fn clear() {
    host::clear();
}

/// How many entries there are, with some that have expired.
///
/// ```
/// logagent_sdk::testing::once(["a"], |_, _| assert_eq!(logagent_sdk::state::count(), 0));
/// ```
#[must_use]
pub fn count() -> u64 {
    host::count()
}

fn outcomes(bytes: Vec<u8>) -> Vec<Outcome> {
    bytes.into_iter().map(Outcome::from_byte).collect()
}

/// As the contract has it: 0 is for ever, so that the shortest time is one millisecond.
fn milliseconds(ttl: Option<Duration>) -> u64 {
    ttl.map_or(0, |ttl| u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX).max(1))
}
