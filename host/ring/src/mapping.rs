//! A memfd mapped twice back to back. Hands out slices of any range that fits; whether a range may be read or
//! written at the time is for the callers to know.

use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, ftruncate, memfd_create};
use rustix::io::Errno;
use rustix::mm::{MapFlags, ProtFlags, mmap, mmap_anonymous, munmap};
use std::ops::Range;
use std::ptr::NonNull;

/// Why a ring could not be made.
#[derive(Debug, thiserror::Error)]
pub enum RingError {
    /// The size can't be mapped twice and addressed by a mask.
    #[error(
        "a ring of {bytes} bytes: the size is a power of two from {} to {}",
        rustix::param::page_size(),
        Mapping::MAX_BYTES
    )]
    Size {
        /// The size asked for.
        bytes: usize,
    },
    /// The system refused.
    #[error("a ring of {bytes} bytes: {step}")]
    System {
        /// The size asked for.
        bytes: usize,
        /// The call that failed.
        step: &'static str,
        /// Its answer.
        source: Errno,
    },
}

/// `bytes` of memory that follow themselves: place `p` and place `p + bytes` are the same byte.
pub(crate) struct Mapping {
    base: NonNull<u8>,
    bytes: usize,
    file: OwnedFd,
}

// SAFETY: the mapping is plain memory with no tie to the thread that made it; the methods that reach into it
// are unsafe and leave it to their callers that no byte is written while another thread looks at it.
unsafe impl Send for Mapping {}
// SAFETY: as above.
unsafe impl Sync for Mapping {}

impl Mapping {
    /// A window is twice as long and lies in a guest's memory, whose addresses have 32 bits and whose slices are
    /// shorter than 2 GiB.
    pub(crate) const MAX_BYTES: usize = 512 << 20;

    pub(crate) fn new(bytes: usize) -> Result<Self, RingError> {
        if !bytes.is_power_of_two() || bytes < rustix::param::page_size() || bytes > Self::MAX_BYTES {
            return Err(RingError::Size { bytes });
        }
        let failed = |step| move |source| RingError::System { bytes, step, source };
        let file = memfd_create("logagent-ring", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)
            .map_err(failed("memfd_create"))?;
        ftruncate(&file, bytes as u64).map_err(failed("ftruncate"))?;
        fcntl_add_seals(&file, SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL).map_err(failed("F_ADD_SEALS"))?;
        let mapping = Self { base: reserve(2 * bytes).map_err(failed("mmap"))?, bytes, file };
        mapping.map_twice().map_err(failed("mmap MAP_FIXED"))?;
        Ok(mapping)
    }

    fn map_twice(&self) -> Result<(), Errno> {
        for half in [0, self.bytes] {
            // SAFETY: `reserve` gave us these `2 * bytes`, nothing else lies there, and the file has `bytes`.
            unsafe {
                let at = self.base.as_ptr().add(half).cast();
                let access = ProtFlags::READ | ProtFlags::WRITE;
                mmap(at, self.bytes, access, MapFlags::SHARED | MapFlags::FIXED, &self.file, 0)?;
            }
        }
        Ok(())
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(crate) fn file(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }

    pub(crate) fn place(&self, position: u64) -> usize {
        usize::try_from(position & (self.bytes as u64 - 1)).expect("a ring's size fits usize")
    }

    fn start(&self, range: &Range<u64>) -> (*mut u8, usize) {
        let length = usize::try_from(range.end.saturating_sub(range.start)).expect("a run fits the ring");
        assert!(length <= self.bytes, "a run of {length} bytes in a ring of {}", self.bytes);
        // SAFETY: the place is below `bytes` and the run no longer than `bytes`, so both lie in the `2 * bytes`.
        (unsafe { self.base.as_ptr().add(self.place(range.start)) }, length)
    }

    /// # Safety
    /// Nobody writes into the range while the slice lives.
    pub(crate) unsafe fn slice(&self, range: &Range<u64>) -> &[u8] {
        let (start, length) = self.start(range);
        // SAFETY: `start` checked that the run is mapped; the caller keeps writers away.
        unsafe { std::slice::from_raw_parts(start, length) }
    }

    /// # Safety
    /// Nobody else reads or writes the range while the slice lives.
    #[expect(clippy::mut_from_ref, reason = "the ring's two owners share it and split it by ranges")]
    pub(crate) unsafe fn slice_mut(&self, range: &Range<u64>) -> &mut [u8] {
        let (start, length) = self.start(range);
        // SAFETY: `start` checked that the run is mapped; the caller keeps everyone away.
        unsafe { std::slice::from_raw_parts_mut(start, length) }
    }
}

/// Address space for both halves, so that the second lands right behind the first.
fn reserve(bytes: usize) -> Result<NonNull<u8>, Errno> {
    // SAFETY: a fresh mapping at an address of the kernel's choice touches nothing that exists.
    let base = unsafe { mmap_anonymous(std::ptr::null_mut(), bytes, ProtFlags::empty(), MapFlags::PRIVATE)? };
    Ok(NonNull::new(base.cast()).expect("mmap never answers null"))
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: these are our `2 * bytes`; every slice borrowed from `self` is gone by now. The result says
        // nothing new: munmap fails only for arguments that `new` has shown to be right.
        let _ = unsafe { munmap(self.base.as_ptr().cast(), 2 * self.bytes) };
    }
}
