//! The handler against mappings of its own. What guests do to it is in `tests/guests`.

use super::*;
use rustix::mm::{MapFlags, ProtFlags, mmap_anonymous, munmap};
use std::ptr::null_mut;
use std::thread;

const BYTES: usize = 1 << 16;

/// Pages that anybody may write, until they are guarded. Unmapped after what guards them.
struct Mapped(usize);

impl Mapped {
    fn new() -> Self {
        let access = ProtFlags::READ | ProtFlags::WRITE;
        // SAFETY: a fresh mapping, wherever there is room.
        let start = unsafe { mmap_anonymous(null_mut(), BYTES, access, MapFlags::PRIVATE) }.unwrap();
        Self(start.expose_provenance())
    }

    fn guard(&self) -> Guarded {
        // SAFETY: each test drops it before the mapping.
        unsafe { Guarded::new(self.0, BYTES) }.unwrap()
    }

    fn write(&self, at: usize, byte: u8) {
        // SAFETY: the mapping is this long, and written by this thread alone.
        unsafe { with_exposed_provenance_mut::<u8>(self.0 + at).write_volatile(byte) };
    }

    fn read(&self, at: usize) -> u8 {
        // SAFETY: as for `write`.
        unsafe { with_exposed_provenance_mut::<u8>(self.0 + at).read_volatile() }
    }
}

impl Drop for Mapped {
    fn drop(&mut self) {
        // SAFETY: nobody looks at it any more.
        unsafe { munmap(with_exposed_provenance_mut(self.0), BYTES) }.unwrap();
    }
}

#[test]
fn a_write_is_done_and_noticed_each_time_that_it_was_forbidden() {
    let mapped = Mapped::new();
    let guarded = mapped.guard();
    for (round, at) in (0..).zip([0, BYTES - 1, 5_000]) {
        assert!(!guarded.is_written());
        assert_eq!(mapped.read(at), 0, "reading is no writing");
        assert!(!guarded.is_written());
        mapped.write(at, round + 1);
        assert!(guarded.is_written());
        assert_eq!(mapped.read(at), round + 1);
        guarded.forbid().unwrap();
    }
}

#[test]
fn writes_in_many_threads_are_noticed_by_their_own_windows_alone() {
    let work = || {
        for _ in 0..200 {
            let (mapped, untouched) = (Mapped::new(), Mapped::new());
            let (guarded, quiet) = (mapped.guard(), untouched.guard());
            mapped.write(1, 1);
            assert!(guarded.is_written() && !quiet.is_written());
            // The next round is likely given the same addresses.
            drop((guarded, quiet));
        }
    };
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(work);
        }
    });
}
