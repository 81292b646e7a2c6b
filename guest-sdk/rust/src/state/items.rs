//! Byte strings for one call to the host, and its answer.

use crate::bindings::state;

/// The length of an item that is not there.
const ABSENT: u32 = u32::MAX;

/// Byte strings in order, some of which may be absent.
///
/// ```
/// use logagent_sdk::state::Items;
/// let mut items = Items::from_iter(["a", "bc"]);
/// items.push_absent();
/// assert_eq!(items.iter().collect::<Vec<_>>(), [Some(&b"a"[..]), Some(b"bc"), None]);
/// ```
#[derive(Clone, Debug)]
pub struct Items(pub(crate) state::Items);

impl Default for Items {
    fn default() -> Self {
        Self(state::Items { bytes: Vec::new(), lengths: Vec::new() })
    }
}

impl Items {
    /// Adds one.
    ///
    /// ```
    /// let mut items = logagent_sdk::state::Items::default();
    /// items.push(b"a");
    /// assert_eq!(items.len(), 1);
    /// ```
    pub fn push(&mut self, item: &[u8]) {
        self.push_parts(&[item]);
    }

    /// Adds one that is made of parts.
    ///
    /// ```
    /// let mut items = logagent_sdk::state::Items::default();
    /// items.push_parts(&[b"tenant/", b"7"]);
    /// assert_eq!(items.iter().next(), Some(Some(&b"tenant/7"[..])));
    /// ```
    ///
    /// # Panics
    /// Where it has 4 GiB or more: the host takes 1 MiB at most.
    pub fn push_parts(&mut self, parts: &[&[u8]]) {
        let before = self.0.bytes.len();
        for part in parts {
            self.0.bytes.extend_from_slice(part);
        }
        let length = u32::try_from(self.0.bytes.len() - before).ok().filter(|&length| length != ABSENT);
        self.0.lengths.push(length.expect("an item has less than 4 GiB"));
    }

    /// Adds one that is not there.
    ///
    /// ```
    /// let mut items = logagent_sdk::state::Items::default();
    /// items.push_absent();
    /// assert_eq!(items.iter().next(), Some(None));
    /// ```
    pub fn push_absent(&mut self) {
        self.0.lengths.push(ABSENT);
    }

    /// Takes all out, and keeps the memory.
    ///
    /// ```
    /// let mut items = logagent_sdk::state::Items::from_iter(["a"]);
    /// items.clear();
    /// assert!(items.is_empty());
    /// ```
    pub fn clear(&mut self) {
        self.0.bytes.clear();
        self.0.lengths.clear();
    }

    /// How many there are, absent ones included.
    ///
    /// ```
    /// assert_eq!(logagent_sdk::state::Items::from_iter(["a", "b"]).len(), 2);
    /// ```
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.lengths.len()
    }

    /// Whether there are none.
    ///
    /// ```
    /// assert!(logagent_sdk::state::Items::default().is_empty());
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.lengths.is_empty()
    }

    /// All in order.
    ///
    /// ```
    /// assert_eq!(logagent_sdk::state::Items::from_iter(["a"]).iter().next(), Some(Some(&b"a"[..])));
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = Option<&[u8]>> {
        let mut rest = &*self.0.bytes;
        self.0.lengths.iter().map(move |&length| {
            let length = (length != ABSENT).then_some(length as usize)?;
            let (item, behind) = rest.split_at(length);
            rest = behind;
            Some(item)
        })
    }
}

impl<T: AsRef<[u8]>> FromIterator<T> for Items {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut all = Self::default();
        for item in items {
            all.push(item.as_ref());
        }
        all
    }
}
