//! The keys that a record's maps have already: OpenTelemetry's maps have each key once. A hash table that forgets all
//! it holds in one step, so that a record costs nothing but its own keys.

use std::ops::Range;

/// Keys of maps that are being written into one buffer.
#[derive(Debug)]
pub(crate) struct Uniques {
    slots: Vec<Slot>,
    used: usize,
    /// Slots of another generation are free.
    generation: u32,
}

#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    generation: u32,
    map: u32,
    hash: u32,
    at: u32,
    length: u32,
}

impl Default for Uniques {
    fn default() -> Self {
        Self { slots: vec![Slot::default(); 64], used: 0, generation: 1 }
    }
}

impl Uniques {
    pub(crate) fn clear(&mut self) {
        self.used = 0;
        self.generation = self.generation.wrapping_add(1);
        if self.generation == 0 {
            self.slots.fill(Slot::default());
            self.generation = 1;
        }
    }

    /// Adds the key that stands in `buffer` at `key` to a map, and answers whether it is new there.
    #[inline]
    pub(crate) fn insert(&mut self, buffer: &[u8], map: u32, key: Range<usize>) -> bool {
        // Half full at most: else a search goes past too many others.
        if self.used * 2 >= self.slots.len() {
            self.grow();
        }
        let hash = hash(map, &buffer[key.clone()]);
        match self.find(buffer, map, hash, &buffer[key.clone()]) {
            Ok(_) => false,
            Err(free) => {
                let (at, length) = (number(key.start), number(key.len()));
                self.slots[free] = Slot { generation: self.generation, map, hash, at, length };
                self.used += 1;
                true
            }
        }
    }

    /// Whether a map has this key; the keys inserted stand in `buffer`.
    pub(crate) fn contains(&self, buffer: &[u8], map: u32, key: &[u8]) -> bool {
        self.find(buffer, map, hash(map, key), key).is_ok()
    }

    /// The key's slot, or the one that is free for it.
    #[inline]
    fn find(&self, buffer: &[u8], map: u32, hash: u32, key: &[u8]) -> Result<usize, usize> {
        let mask = self.slots.len() - 1;
        let mut index = hash as usize & mask;
        loop {
            let slot = &self.slots[index];
            if slot.generation != self.generation {
                return Err(index);
            }
            let is_near = slot.hash == hash && slot.map == map && slot.length as usize == key.len();
            if is_near && &buffer[slot.at as usize..][..key.len()] == key {
                return Ok(index);
            }
            index = (index + 1) & mask;
        }
    }

    #[cold]
    fn grow(&mut self) {
        let larger = vec![Slot::default(); self.slots.len() * 2];
        let mask = larger.len() - 1;
        let old = std::mem::replace(&mut self.slots, larger);
        for slot in old.into_iter().filter(|slot| slot.generation == self.generation) {
            let mut index = slot.hash as usize & mask;
            while self.slots[index].generation == self.generation {
                index = (index + 1) & mask;
            }
            self.slots[index] = slot;
        }
    }
}

/// A place in a buffer, which is below 4 GiB as all that makes up a batch.
fn number(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

/// Eight bytes at a time, the last eight of a longer key twice in part. Keys made to collide slow a record down, up to the
/// filter's time limit, and do no other harm.
#[inline]
fn hash(map: u32, key: &[u8]) -> u32 {
    let state = (key.len() as u64) << 32 | u64::from(map);
    let mixed = match (key.last_chunk::<8>(), key.first_chunk::<4>(), key.last_chunk::<4>()) {
        (Some(last), ..) => {
            let (words, _) = key[..key.len() - 1].as_chunks::<8>();
            let state = words.iter().fold(state, |state, word| mix(state, u64::from_le_bytes(*word)));
            mix(state, u64::from_le_bytes(*last))
        }
        (None, Some(first), Some(last)) => {
            mix(state, u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last)))
        }
        _ => mix(state, key.iter().fold(0, |word, &byte| word << 8 | u64::from(byte))),
    };
    u32::try_from(mixed >> 32).unwrap_or_default()
}

#[inline]
fn mix(state: u64, word: u64) -> u64 {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let product = (state ^ word).wrapping_mul(FACTOR);
    product ^ product.rotate_right(29)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_new_once_in_each_map_until_all_is_forgotten() {
        let mut uniques = Uniques::default();
        let buffer: Vec<u8> = (0..1000).flat_map(|number| format!("{number:03}").into_bytes()).collect();
        for round in 0..3 {
            for map in [0, 1] {
                for at in (0..3000).step_by(3) {
                    assert!(uniques.insert(&buffer, map, at..at + 3), "{round} {map} {at}");
                    assert!(!uniques.insert(&buffer, map, at..at + 3), "{round} {map} {at}");
                }
            }
            assert!(uniques.contains(&buffer, 1, b"999") && !uniques.contains(&buffer, 2, b"999"));
            uniques.clear();
        }
    }
}
