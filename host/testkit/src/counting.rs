//! An allocator that counts, thread by thread. A test binary makes it its `#[global_allocator]`.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    /// Without a destructor, since a thread's last allocations come after those.
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
    static ALLOCATED: Cell<usize> = const { Cell::new(0) };
}

/// How often the calling thread has allocated or reallocated since it began.
#[must_use]
pub fn allocations() -> u64 {
    ALLOCATIONS.get()
}

/// How many bytes the calling thread has allocated since it began, less what it freed; modulo 2^64, since it may free what
/// others allocated.
#[must_use]
pub fn allocated_bytes() -> usize {
    ALLOCATED.get()
}

fn count(bytes: usize, freed: usize) {
    ALLOCATED.set(ALLOCATED.get().wrapping_add(bytes).wrapping_sub(freed));
}

/// The system's allocator, counted.
pub struct CountingAllocator;

// SAFETY: every call goes to `System` as it came; counting touches plain cells of the calling thread.
unsafe impl GlobalAlloc for CountingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        count(layout.size(), 0);
        // SAFETY: the caller keeps `alloc`'s contract, which is `System`'s.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        count(layout.size(), 0);
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(0, layout.size());
        // SAFETY: all pointers that this allocator gives are `System`'s.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_bytes: usize) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        count(new_bytes, layout.size());
        // SAFETY: as above.
        unsafe { System.realloc(pointer, layout, new_bytes) }
    }
}
