//! A set of a batch's records, one bit each: what conditions answer, and what is cheap to combine.

/// Records of a batch, by index.
///
/// ```
/// use logagent_conditions::Marks;
/// let mut marks = Marks::default();
/// marks.reset(3);
/// marks.set(1);
/// assert!(marks.has(1) && !marks.has(2));
/// marks.invert();
/// assert_eq!(marks.iter().collect::<Vec<_>>(), [0, 2]);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// The lowest bit of the first word is record 0; those behind the last record are never set.
    words: Vec<u64>,
    count: usize,
}

impl Marks {
    /// Forgets all, for a batch of `count` records.
    pub fn reset(&mut self, count: usize) {
        self.words.clear();
        self.words.resize(count.div_ceil(64), 0);
        self.count = count;
    }

    /// Marks a record. One that the batch lacks is left out.
    #[inline]
    pub fn set(&mut self, index: usize) {
        if let Some(word) = self.words.get_mut(index / 64)
            && index < self.count
        {
            *word |= 1 << (index % 64);
        }
    }

    /// Marks all these records. Where they ascend, each word is written once: to read it again right behind each write is
    /// what processors wait for.
    #[inline]
    pub fn set_all(&mut self, indices: impl Iterator<Item = usize>) {
        let (mut at, mut bits) = (0, 0);
        for index in indices {
            if index / 64 != at {
                self.add_bits(at, bits);
                (at, bits) = (index / 64, 0);
            }
            bits |= 1 << (index % 64);
        }
        self.add_bits(at, bits);
    }

    #[inline]
    fn add_bits(&mut self, at: usize, bits: u64) {
        let of_records = self.bits_of_records(at);
        if let Some(word) = self.words.get_mut(at) {
            *word |= bits & of_records;
        }
    }

    /// The bits of a word that stand for records.
    fn bits_of_records(&self, at: usize) -> u64 {
        let left = self.count.saturating_sub(at * 64);
        if left < 64 { !(u64::MAX << left) } else { u64::MAX }
    }

    /// Whether the record is marked.
    #[inline]
    #[must_use]
    pub fn has(&self, index: usize) -> bool {
        self.words.get(index / 64).is_some_and(|word| word >> (index % 64) & 1 == 1)
    }

    /// Whether all records are marked.
    #[must_use]
    pub fn is_full(&self) -> bool {
        let marked: u32 = self.words.iter().map(|word| word.count_ones()).sum();
        marked as usize == self.count
    }

    /// Marks what was not marked, and the other way round.
    pub fn invert(&mut self) {
        self.words.iter_mut().for_each(|word| *word = !*word);
        let last = self.words.len().saturating_sub(1);
        let of_records = self.bits_of_records(last);
        self.words.iter_mut().skip(last).for_each(|word| *word &= of_records);
    }

    /// Marks those that the other has, too. Both are of the same batch.
    pub fn add(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word |= other);
    }

    /// Leaves those only that the other has, too.
    pub fn keep(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word &= other);
    }

    /// Leaves those only that the other has not.
    pub fn remove(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word &= !other);
    }

    /// Becomes a copy of the other, in its own memory.
    pub fn copy_of(&mut self, other: &Self) {
        self.words.clone_from(&other.words);
        self.count = other.count;
    }

    /// The marked records, ascending.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(index, &word)| Bits(word).map(move |bit| index * 64 + bit))
    }
}

struct Bits(u64);

impl Iterator for Bits {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        let bit = self.0.trailing_zeros() as usize;
        self.0 &= self.0.wrapping_sub(1);
        (bit < 64).then_some(bit)
    }
}

#[cfg(test)]
mod tests {
    use super::Marks;

    fn marks(count: usize, set: &[usize]) -> Marks {
        let mut marks = Marks::default();
        marks.reset(count);
        set.iter().for_each(|&index| marks.set(index));
        marks
    }

    #[test]
    fn inverted_twice_it_is_what_it_was() {
        for count in [0, 1, 63, 64, 65, 200] {
            let start = marks(count, &[0, 62, 63, 64, 199]);
            let mut inverted = start.clone();
            inverted.invert();
            assert_eq!(start.iter().count() + inverted.iter().count(), count);
            assert!(inverted.iter().all(|index| !start.has(index)));
            inverted.invert();
            assert_eq!(inverted, start);
        }
    }

    #[test]
    fn records_that_the_batch_lacks_are_never_marked() {
        let marks = marks(3, &[2, 3, 64, 1000]);
        assert_eq!(marks.iter().collect::<Vec<_>>(), [2]);
        assert!(!marks.has(3) && !marks.has(64));
    }

    #[test]
    fn records_are_marked_together_as_one_by_one() {
        for indices in [&[][..], &[0, 63, 64, 65, 199], &[199, 3, 64, 3], &[200, 255, 256, 100_000], &[255, 190]] {
            let mut together = marks(200, &[7]);
            together.set_all(indices.iter().copied());
            assert_eq!(together, marks(200, &[&[7], indices].concat()));
        }
    }

    #[test]
    fn it_is_full_when_each_record_is_marked() {
        assert!(marks(0, &[]).is_full());
        assert!(!marks(65, &[64]).is_full());
        assert!(marks(65, &(0..65).collect::<Vec<_>>()).is_full());
    }
}
