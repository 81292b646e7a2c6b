//! Many items in one run of bytes, as a batched call takes and gives them.

/// Items that lie one after the other.
#[derive(Debug, Clone, Copy, Default)]
pub struct Flat<'a> {
    /// The items' bytes, without anything between them.
    pub bytes: &'a [u8],
    /// Each item's length in bytes, or [`Flat::ABSENT`].
    pub lengths: &'a [u32],
}

impl<'a> Flat<'a> {
    /// Stands in `lengths` for "no item", which is not the same as an empty one.
    pub const ABSENT: u32 = u32::MAX;

    /// Whether the lengths add up to the bytes. Where they don't, items that reach past the end are absent.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let present = self.lengths.iter().filter(|&&length| length != Self::ABSENT);
        present.map(|&length| u64::from(length)).sum::<u64>() == self.bytes.len() as u64
    }

    /// The items in order; `None` for absent ones.
    #[must_use]
    pub fn iter(&self) -> Items<'a> {
        Items { bytes: self.bytes, lengths: self.lengths.iter() }
    }
}

impl<'a> IntoIterator for Flat<'a> {
    type Item = Option<&'a [u8]>;
    type IntoIter = Items<'a>;
    fn into_iter(self) -> Items<'a> {
        self.iter()
    }
}

/// The items of a [`Flat`].
#[derive(Debug, Clone)]
pub struct Items<'a> {
    bytes: &'a [u8],
    lengths: std::slice::Iter<'a, u32>,
}

impl<'a> Iterator for Items<'a> {
    type Item = Option<&'a [u8]>;

    fn next(&mut self) -> Option<Self::Item> {
        let length = *self.lengths.next()?;
        if length == Flat::ABSENT {
            return Some(None);
        }
        let Some((item, rest)) = self.bytes.split_at_checked(length as usize) else {
            self.bytes = &[];
            return Some(None);
        };
        self.bytes = rest;
        Some(Some(item))
    }
}

/// Items that a batched call gives: owned, and reused from call to call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Values {
    /// The items' bytes, without anything between them.
    pub bytes: Vec<u8>,
    /// Each item's length in bytes, or [`Flat::ABSENT`].
    pub lengths: Vec<u32>,
}

impl Values {
    /// Takes all items out, and keeps the memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.lengths.clear();
    }

    /// Adds an item; `None` for an absent one. An item of 4 GiB or more is absent.
    pub fn push(&mut self, item: Option<&[u8]>) {
        let length = item.and_then(|item| u32::try_from(item.len()).ok()).unwrap_or(Flat::ABSENT);
        if length != Flat::ABSENT {
            self.bytes.extend_from_slice(item.unwrap_or_default());
        }
        self.lengths.push(length);
    }

    /// The items, borrowed.
    #[must_use]
    pub fn flat(&self) -> Flat<'_> {
        Flat { bytes: &self.bytes, lengths: &self.lengths }
    }

    /// The items in order; `None` for absent ones.
    #[must_use]
    pub fn iter(&self) -> Items<'_> {
        self.flat().iter()
    }
}

impl<'a> FromIterator<Option<&'a [u8]>> for Values {
    fn from_iter<I: IntoIterator<Item = Option<&'a [u8]>>>(items: I) -> Self {
        let mut values = Self::default();
        items.into_iter().for_each(|item| values.push(item));
        values
    }
}
