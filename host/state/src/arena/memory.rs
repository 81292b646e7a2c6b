//! Where the arena's lines lie: whole pages, zeroed, which the system maps in when they are first touched. It is asked for
//! huge pages (2 MiB): a read in a large map would otherwise wait for the page table before it waits for the memory.
//! Since chunks are handed out from below, what is mapped in is at most a page more than what was touched.

#[cfg(not(any(loom, miri)))]
pub(super) use mapped::Memory;
#[cfg(any(loom, miri))]
pub(super) use owned::Memory;

#[cfg(not(any(loom, miri)))]
mod mapped {
    use crate::arena::{LINE_WORDS, Line, NEAR_WORDS, Near};
    use crate::sync::AtomicU64;
    use memmap2::{Advice, MmapMut};
    use std::ptr::NonNull;

    pub(in crate::arena) struct Memory {
        /// Whose first byte the words begin with.
        _map: MmapMut,
        words: NonNull<[AtomicU64]>,
        /// As many of the words as `NEAR_WORDS` begin with: counted once, so that each look costs one comparison.
        nears: usize,
    }

    // SAFETY: what the pointer points to is this value's alone, and atomics are for all threads.
    unsafe impl Send for Memory {}
    // SAFETY: as above.
    unsafe impl Sync for Memory {}

    impl Memory {
        /// `None` where the system has not that much.
        pub(in crate::arena) fn new(lines: usize) -> Option<Self> {
            let mut map = MmapMut::map_anon(lines * size_of::<Line>()).ok()?;
            // A system without huge pages refuses, and does as well.
            let _ = map.advise(Advice::HugePage);
            let start = NonNull::new(map.as_mut_ptr())?;
            let words = NonNull::slice_from_raw_parts(start.cast(), lines * LINE_WORDS as usize);
            Some(Self { _map: map, words, nears: (words.len() + 1).checked_sub(NEAR_WORDS)? })
        }

        #[inline(always)]
        pub(in crate::arena) fn near(&self, at: usize) -> Option<&Near> {
            // SAFETY: `Near` has no more words than there are from each of these on.
            (at < self.nears).then(|| unsafe { self.words.cast::<AtomicU64>().add(at).cast().as_ref() })
        }

        #[inline(always)]
        pub(in crate::arena) fn words(&self) -> &[AtomicU64] {
            // SAFETY: the mapping has that many words for as long as it lives, begins with a page, and is reached through
            // these atomics alone; any bytes are words, as zeroes are.
            unsafe { self.words.as_ref() }
        }
    }
}

/// For interpreters, which know no mappings.
#[cfg(any(loom, miri))]
mod owned {
    use crate::arena::{Line, Near};
    use crate::sync::AtomicU64;

    pub(in crate::arena) struct Memory(Box<[Line]>);

    impl Memory {
        #[cfg(loom)]
        pub(in crate::arena) fn new(lines: usize) -> Option<Self> {
            Some(Self((0..lines).map(|_| Line::default()).collect()))
        }

        #[cfg(not(loom))]
        pub(in crate::arena) fn new(lines: usize) -> Option<Self> {
            bytemuck::allocation::try_zeroed_slice_box(lines).ok().map(Self)
        }

        pub(in crate::arena) fn words(&self) -> &[AtomicU64] {
            self.0.as_flattened()
        }

        pub(in crate::arena) fn near(&self, at: usize) -> Option<&Near> {
            self.words().get(at..)?.first_chunk()
        }
    }
}
