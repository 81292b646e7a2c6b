//! The values at given paths in JSON bodies, found by the host at the speed of native code. One call looks through a
//! whole batch. Not for building values: what is found is where they stand.

use std::ops::Range;

use crate::{Batch, host};

/// A path that can't be compiled.
///
/// ```
/// assert_eq!(logagent_sdk::fields::Paths::new(&["a", "b["]).unwrap_err()[0].index, 1);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathError {
    /// Its index in the list.
    pub index: usize,
    /// What is wrong, and what would be right.
    pub reason: String,
}

/// Compiled paths: `user.email`, `items[*].card`, `items[0]`, `**.password` at any depth, `*` for all members of an
/// object, `"a.b"` for a key with a dot, `$` for the whole.
///
/// ```
/// use logagent_sdk::fields::{Found, Paths};
/// let paths = Paths::new(&["user.email"]).unwrap();
/// logagent_sdk::testing::once([r#"{"user":{"email":"a@b.c"}}"#, "no JSON"], |batch, _| {
///     let found: Vec<Found> = paths.find(batch).iter().collect();
///     assert_eq!(found[0], Found::Value { record: 0, path: 0, key: 9, range: 17..24 });
///     assert!(matches!(found[1], Found::Malformed { record: 1, .. }));
/// });
/// ```
#[derive(Debug)]
pub struct Paths(host::Paths);

impl Paths {
    /// Compiles paths. Call it in `configure`: the host refuses it elsewhere.
    ///
    /// # Errors
    /// All paths that are wrong.
    ///
    /// ```
    /// assert!(logagent_sdk::fields::Paths::new(&["a.b", "items[*]"]).is_ok());
    /// ```
    pub fn new<P: AsRef<str>>(paths: &[P]) -> Result<Self, Vec<PathError>> {
        let paths: Vec<&str> = paths.iter().map(AsRef::as_ref).collect();
        host::Paths::new(&paths).map(Self)
    }

    /// Finds the values in all bodies of the batch in hand.
    ///
    /// ```
    /// let paths = logagent_sdk::fields::Paths::new(&["a"]).unwrap();
    /// logagent_sdk::testing::once([r#"{"a":1}"#], |batch, _| assert_eq!(paths.find(batch).iter().count(), 1));
    /// ```
    #[must_use]
    pub fn find(&self, batch: &Batch<'_>) -> Fields {
        Fields(self.0.run(batch))
    }
}

/// What was found, ascending by record and start.
///
/// ```
/// let paths = logagent_sdk::fields::Paths::new(&["a"]).unwrap();
/// logagent_sdk::testing::once(["{}"], |batch, _| assert!(paths.find(batch).iter().next().is_none()));
/// ```
#[derive(Clone, Debug)]
pub struct Fields(Vec<u32>);

/// A value, or a body that has none.
///
/// ```
/// use logagent_sdk::fields::Found;
/// assert_eq!(Found::Malformed { record: 1, at: 0 }.record(), 1);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// A value.
    Value {
        /// The record's index in the batch.
        record: usize,
        /// The path's index in the list.
        path: usize,
        /// Where the member begins, in bytes from the body's start: its key's opening quote, or the value itself in a
        /// list.
        key: usize,
        /// The value as it stands, a string with its quotes, in bytes from the body's start.
        range: Range<usize>,
    },
    /// The body is no JSON; nothing else is said of it.
    Malformed {
        /// The record's index in the batch.
        record: usize,
        /// Where it breaks, in bytes from the body's start.
        at: usize,
    },
}

impl Found {
    #[inline]
    fn of(&[record, path, key, start, end]: &[u32; 5]) -> Self {
        match path {
            u32::MAX => Self::Malformed { record: record as usize, at: start as usize },
            path => Self::Value {
                record: record as usize,
                path: path as usize,
                key: key as usize,
                range: start as usize..end as usize,
            },
        }
    }

    /// The record's index in the batch.
    ///
    /// ```
    /// assert_eq!(logagent_sdk::fields::Found::Malformed { record: 2, at: 0 }.record(), 2);
    /// ```
    #[must_use]
    pub fn record(&self) -> usize {
        match *self {
            Self::Value { record, .. } | Self::Malformed { record, .. } => record,
        }
    }
}

impl Fields {
    /// What was found, in order.
    ///
    /// ```
    /// let paths = logagent_sdk::fields::Paths::new(&["*"]).unwrap();
    /// logagent_sdk::testing::once([r#"{"a":1,"b":2}"#], |batch, _| assert_eq!(paths.find(batch).iter().count(), 2));
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = Found> + '_ {
        let (found, _) = self.0.as_chunks::<5>();
        found.iter().map(Found::of)
    }

    /// What was found at this place of their order; `None` behind the last.
    ///
    /// ```
    /// let paths = logagent_sdk::fields::Paths::new(&["*"]).unwrap();
    /// logagent_sdk::testing::once([r#"{"a":1,"b":2}"#], |batch, _| {
    ///     let fields = paths.find(batch);
    ///     assert_eq!((fields.get(1), fields.get(2)), (fields.iter().last(), None));
    /// });
    /// ```
    #[inline]
    #[must_use]
    pub fn get(&self, place: usize) -> Option<Found> {
        self.0.as_chunks::<5>().0.get(place).map(Found::of)
    }
}
