//! Places that were found and not yet told.

/// How many bytes are looked at together.
pub(crate) const BLOCK: usize = 64;

/// With more places than this no further block is looked at. It is enough that one place in ten, or fewer, is the last
/// one, which the processor does not foresee; and few enough to be in vain when the caller goes elsewhere.
const ENOUGH: usize = 64;

#[derive(Clone, Debug)]
pub(crate) struct Places {
    /// The byte that they are counted from.
    base: usize,
    places: [u16; ENOUGH + BLOCK],
    count: usize,
    told: usize,
}

impl Places {
    pub(crate) fn new() -> Self {
        Self { base: 0, places: [0; ENOUGH + BLOCK], count: 0, told: 0 }
    }

    /// Forgets all; the next ones are no more than 64 KiB behind `base`.
    #[inline]
    pub(crate) fn begin(&mut self, base: usize) {
        (self.base, self.count, self.told) = (base, 0, 0);
    }

    #[inline]
    pub(crate) fn next(&mut self) -> Option<usize> {
        if self.told == self.count {
            return None;
        }
        let place = self.places[self.told];
        self.told += 1;
        Some(self.base + usize::from(place))
    }

    /// Whether another block may have no room.
    #[inline(always)]
    pub(crate) fn is_full(&self) -> bool {
        self.count > ENOUGH
    }

    /// Adds a place.
    #[inline]
    pub(crate) fn push(&mut self, at: usize) {
        self.places[self.count] = narrow(at - self.base);
        self.count += 1;
    }

    /// Adds a block's places, a bit each. Inlined always, so that it is compiled for the caller's processor.
    #[inline(always)]
    #[cfg_attr(not(target_arch = "x86_64"), expect(dead_code, reason = "others find them one by one"))]
    pub(crate) fn push_block(&mut self, at: usize, mut bits: u64) {
        /// So many are written without a look at how many there are: lines are longer than half a block as a rule.
        const UNSEEN: usize = 2;
        let base = narrow(at - self.base);
        let count = bits.count_ones() as usize;
        let places: &mut [u16; BLOCK] =
            self.places[self.count..].first_chunk_mut().expect("the caller looks whether there is room");
        let mut next = || {
            let place = base.wrapping_add(narrow(bits.trailing_zeros() as usize));
            bits &= bits.wrapping_sub(1);
            place
        };
        for place in &mut places[..UNSEEN] {
            *place = next();
        }
        if count > UNSEEN {
            for place in &mut places[UNSEEN..count] {
                *place = next();
            }
        }
        self.count += count;
    }
}

/// Stretches are shorter than 64 KiB.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "the callers' stretches are shorter")]
fn narrow(place: usize) -> u16 {
    debug_assert!(place <= usize::from(u16::MAX), "{place} bytes is too long a stretch");
    place as u16
}
