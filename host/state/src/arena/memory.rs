//! Where the arena's words lie: whole pages, zeroed, which the system maps in when they are first touched. It is asked for
//! huge pages (2 MiB): a read in a large map would otherwise wait for the page table before it waits for the memory.
//! Since chunks are handed out from below, what is mapped in is at most a page more than what was touched.

#[cfg(not(any(loom, miri)))]
pub(super) use mapped::Memory;
#[cfg(any(loom, miri))]
pub(super) use owned::Memory;

#[cfg(not(any(loom, miri)))]
mod mapped {
    use crate::sync::AtomicU64;
    use memmap2::{Advice, MmapMut};

    pub(in crate::arena) struct Memory(MmapMut);

    impl Memory {
        /// `None` where the system has not that much.
        pub(in crate::arena) fn new(words: usize) -> Option<Self> {
            let map = MmapMut::map_anon(words * size_of::<u64>()).ok()?;
            // A system without huge pages refuses, and does as well.
            let _ = map.advise(Advice::HugePage);
            Some(Self(map))
        }

        #[inline]
        pub(in crate::arena) fn words(&self) -> &[AtomicU64] {
            // SAFETY: the mapping is this value's alone, is as long as it says and as it lives, begins with a page, and
            // is reached through these atomics alone; any bytes are words, as zeroes are.
            unsafe { std::slice::from_raw_parts(self.0.as_ptr().cast(), self.0.len() / size_of::<u64>()) }
        }
    }
}

/// For interpreters, which know no mappings.
#[cfg(any(loom, miri))]
mod owned {
    use crate::sync::AtomicU64;

    pub(in crate::arena) struct Memory(Box<[AtomicU64]>);

    impl Memory {
        #[cfg(loom)]
        pub(in crate::arena) fn new(words: usize) -> Option<Self> {
            Some(Self((0..words).map(|_| AtomicU64::new(0)).collect()))
        }

        #[cfg(not(loom))]
        pub(in crate::arena) fn new(words: usize) -> Option<Self> {
            bytemuck::allocation::try_zeroed_slice_box(words).ok().map(Self)
        }

        pub(in crate::arena) fn words(&self) -> &[AtomicU64] {
            &self.0
        }
    }
}
