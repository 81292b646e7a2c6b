//! What tells the maps of one filter apart.

use super::Items;

/// The beginning of all keys of one map: its name and a zero byte.
#[derive(Clone, Debug)]
pub(super) struct Name(Vec<u8>);

impl Name {
    /// # Panics
    /// Where a name is empty or has a zero byte: the keys of two maps could be the same.
    pub(super) fn new(name: &str) -> Self {
        assert!(!name.is_empty() && !name.contains('\0'), "a map's name has a letter and no zero byte: {name:?}");
        Self([name.as_bytes(), b"\0"].concat())
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    pub(super) fn push(&self, keys: &mut Items, key: &[u8]) {
        keys.push_parts(&[&self.0, key]);
    }

    pub(super) fn keys<K: AsRef<[u8]>>(&self, keys: impl IntoIterator<Item = K>) -> Items {
        let mut named = Items::default();
        for key in keys {
            self.push(&mut named, key.as_ref());
        }
        named
    }

    /// A key as the filter knows it.
    pub(super) fn strip<'a>(&self, key: &'a [u8]) -> &'a [u8] {
        key.strip_prefix(&*self.0).unwrap_or(key)
    }
}
