//! From a key to its row. Most keys that are looked up are none of the paths', so what counts is how soon that is known.

/// A key that is looked up.
#[derive(Clone, Copy)]
pub(crate) struct Key<'a> {
    /// Begins with the key.
    text: &'a [u8],
    len: usize,
    /// The key's first bytes, the first one lowest; zeros where it is shorter.
    head: u64,
}

impl<'a> Key<'a> {
    pub(crate) fn new(key: &'a [u8]) -> Self {
        let mut head = [0; 8];
        let len = key.len().min(8);
        head[..len].copy_from_slice(&key[..len]);
        Self { text: key, len: key.len(), head: u64::from_le_bytes(head) }
    }

    /// The key at `start..end` of a text. In a longer text its first bytes are one load.
    #[inline(always)]
    pub(crate) fn within(text: &'a [u8], start: u32, end: u32) -> Self {
        let text = text.get(start as usize..).unwrap_or_default();
        let len = end.saturating_sub(start) as usize;
        match text.first_chunk() {
            Some(head) => Self { text, len, head: u64::from_le_bytes(*head) & HEADS[len.min(8)] },
            None => Self::new(text.get(..len).unwrap_or_default()),
        }
    }

    /// One of 64. The factor is odd and without pattern: Knuth's for multiplicative hashing, 2^64 over the golden ratio.
    #[inline(always)]
    fn slot(self) -> usize {
        (self.head.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 58) as usize
    }

    /// The bits of the glances that it may be met at.
    fn glances(self) -> u64 {
        match *self.text {
            // What is behind its quote could be anything.
            [] => u64::MAX,
            [one] => 1 << glance([one, b'"']),
            [one, two, ..] => 1 << glance([one, two]),
        }
    }

    fn tail(self) -> &'a [u8] {
        self.text.get(8..self.len).unwrap_or_default()
    }

    #[inline(always)]
    fn equals(self, other: Self) -> bool {
        self.head == other.head && self.len == other.len && (self.len <= 8 || self.tail() == other.tail())
    }
}

/// By a key's length, the bits that its head has.
const HEADS: [u64; 9] =
    [0, 0xff, 0xffff, 0xff_ffff, 0xffff_ffff, 0xff_ffff_ffff, 0xffff_ffff_ffff, 0xff_ffff_ffff_ffff, u64::MAX];

/// One of 64, by a key's first two bytes or, of a shorter one, its byte and the quote behind it. The factor is as the
/// other one, to 32 bits.
#[inline(always)]
fn glance(first: [u8; 2]) -> u32 {
    u32::from(u16::from_le_bytes(first)).wrapping_mul(0x9e37_79b9) >> 26
}

/// By slot its first key's head and length, where the head is all of it.
fn firsts(keys: &[Key<'_>]) -> [(u64, usize); 64] {
    let mut firsts = [(0, usize::MAX); 64];
    for key in keys.iter().rev().filter(|key| key.len <= 8) {
        firsts[key.slot()] = (key.head, key.len);
    }
    firsts
}

/// The keys of all paths, each once.
pub(crate) struct Keys {
    /// Which glances some key has.
    glances: u64,
    /// Which slots have keys.
    present: u64,
    /// By slot its first key's head and length, where the head is all of it: most keys that have a row are found here.
    firsts: [(u64, usize); 64],
    /// Where in `keys` each slot's begin; one more at the end.
    starts: [usize; 65],
    /// By slot, with their heads. A key's row is its index here.
    keys: Vec<(u64, Box<[u8]>)>,
}

impl Keys {
    pub(crate) fn new<'a>(keys: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut keys: Vec<_> = keys.map(Key::new).collect();
        // Those of eight bytes at most first.
        keys.sort_unstable_by_key(|key| (key.slot(), key.len > 8, key.text));
        keys.dedup_by_key(|key| key.text);
        let present = keys.iter().fold(0, |present, key| present | 1 << key.slot());
        let starts = std::array::from_fn(|at| keys.partition_point(|key| key.slot() < at));
        let glances = keys.iter().fold(0, |glances, key| glances | key.glances());
        let firsts = firsts(&keys);
        Self { glances, present, firsts, starts, keys: keys.iter().map(|key| (key.head, key.text.into())).collect() }
    }

    /// What they take beside themselves.
    pub(crate) fn bytes(&self) -> usize {
        self.keys.iter().map(|key| size_of_val(key) + key.1.len()).sum()
    }

    /// How many rows there are.
    pub(crate) fn rows(&self) -> usize {
        self.keys.len()
    }

    /// Whether there may be a key that begins so, with its closing quote behind it. Only for keys without escapes.
    #[inline(always)]
    pub(crate) fn may_have(&self, first: [u8; 2]) -> bool {
        self.glances >> glance(first) & 1 == 1
    }

    /// The key's row; `None` where no path has it.
    #[inline(always)]
    pub(crate) fn row(&self, key: Key<'_>) -> Option<usize> {
        let slot = key.slot();
        if self.firsts[slot] == (key.head, key.len) {
            return Some(self.starts[slot]);
        }
        if self.present >> slot & 1 == 0 { None } else { self.row_in(slot, key) }
    }

    #[inline(never)]
    fn row_in(&self, slot: usize, key: Key<'_>) -> Option<usize> {
        let (start, end) = (self.starts[slot], self.starts[slot + 1]);
        let is_it = |(head, text): &(u64, Box<[u8]>)| key.equals(Key { text, len: text.len(), head: *head });
        self.keys[start..end].iter().position(is_it).map(|index| start + index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_has_a_row_of_its_own_and_others_have_none() {
        let names: Vec<String> = (0..500).map(|number| format!("key{number}")).collect();
        let twice = names.iter().chain(&names).map(String::as_bytes);
        let keys = Keys::new(twice);
        let mut rows: Vec<_> = names.iter().map(|name| keys.row(Key::new(name.as_bytes())).unwrap()).collect();
        rows.sort_unstable();
        assert_eq!(rows, (0..500).collect::<Vec<_>>());
        assert_eq!(keys.rows(), 500);
        assert!(keys.may_have(*b"ke") && !keys.may_have(*b"ex"));
        assert_eq!([&b""[..], b"key500", b"kex1"].map(|key| keys.row(Key::new(key))), [None; 3]);
    }
}
