//! The allocator that the host calls, and modes that make it lie about where it put things.
//!
//! Takes the place of wit-bindgen's `cabi_realloc`, which is a weak symbol. Honest until a mode asks for a lie.

use std::alloc::{self, Layout};
use std::arch::wasm32::memory_size;
use std::mem;
use std::ptr::{null_mut, with_exposed_provenance_mut};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::bindings::{BatchInfo, batch};
use crate::state::{Processed, State};

/// The address to answer with; 0 for an honest one.
static ANSWER: AtomicUsize = AtomicUsize::new(0);

/// Whether to call the host from within.
static CALLS_BACK: AtomicBool = AtomicBool::new(false);

/// What the host calls to make room for a string or a list.
#[unsafe(no_mangle)]
extern "C" fn cabi_realloc(old: *mut u8, old_len: usize, align: usize, len: usize) -> *mut u8 {
    if CALLS_BACK.load(Ordering::Relaxed) {
        drop(batch::stream_of(0));
    }
    let answer = ANSWER.load(Ordering::Relaxed);
    if answer != 0 {
        return with_exposed_provenance_mut(answer);
    }
    let Ok(layout) = Layout::from_size_align(old_len, align) else { return null_mut() };
    match (old_len, len) {
        (_, 0) => with_exposed_provenance_mut(align),
        // SAFETY: `len` isn't 0.
        (0, _) => unsafe { alloc::alloc(Layout::from_size_align_unchecked(len, align)) },
        // SAFETY: the host gives back what an earlier call answered, with the length it asked for.
        _ => unsafe { alloc::realloc(old, layout, len) },
    }
}

fn read_to(address: usize) -> Processed {
    ANSWER.store(address, Ordering::Relaxed);
    // Freed, it would give the allocator memory that it never had.
    mem::forget(batch::read());
    ANSWER.store(0, Ordering::Relaxed);
    Ok(())
}

/// The host is made to write its copy over the window's beginning.
pub(crate) fn read_into_window(state: &mut State, _: BatchInfo) -> Processed {
    read_to(state.window().address())
}

/// The host is told to write at the very end of the address space.
pub(crate) fn read_outside(_: &mut State, _: BatchInfo) -> Processed {
    read_to(usize::MAX - 7)
}

/// The host is told to write into the last bytes of the memory, which are too few.
pub(crate) fn read_at_end(_: &mut State, _: BatchInfo) -> Processed {
    const PAGE_BYTES: usize = 65_536;
    read_to(memory_size(0) * PAGE_BYTES - 8)
}

/// The allocator calls the host while the host calls it.
pub(crate) fn call_back(_: &mut State, _: BatchInfo) -> Processed {
    CALLS_BACK.store(true, Ordering::Relaxed);
    mem::forget(batch::read());
    CALLS_BACK.store(false, Ordering::Relaxed);
    Ok(())
}

/// The host is told to write where the bytes would lie, but no list may begin: only wrong for lists of more
/// than bytes, so a stream's string is asked for, too.
pub(crate) fn read_misaligned(state: &mut State, _: BatchInfo) -> Processed {
    ANSWER.store(state.window().address() + 1, Ordering::Relaxed);
    mem::forget(batch::stream_of(0));
    ANSWER.store(0, Ordering::Relaxed);
    Ok(())
}
