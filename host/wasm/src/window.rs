//! The window: the ring's pages in a guest's memory. All hand-written unsafe code of this crate but the loading of
//! compiled code and the taking of a loan lies here: the mapping, the search for pages that the guest wrote, and the
//! loan of a batch.

mod loan;
mod pages;

pub(crate) use loan::Loan;

use logagent_ring::RingFile;
use pages::{Faults, Pages};
use rustix::io::Errno;
use rustix::mm::{Advice, MapFlags, ProtFlags, madvise, mmap};
use std::ops::Range;

/// The ring mapped twice over a region of a guest's memory, private and writable: the guest reads the ring's own
/// pages, and what it writes goes to copies that `clean` finds and throws away. A read-only shared mapping would
/// let a hostile `cabi_realloc` make the host fault on its own write.
pub(crate) struct Window {
    start: *mut u8,
    ring_bytes: usize,
    /// Up to where pages are mapped in, so that reading them causes no fault.
    populated: usize,
    /// The count of faults when no page was the guest's own; `None` before the first look.
    clean_at: Option<Faults>,
    pages: Option<Pages>,
}

// SAFETY: the pointer is the address of memory that belongs to the store that the window lies in; it is used only
// with that store in hand, and the mapping has no tie to a thread.
unsafe impl Send for Window {}

/// Why a window could not be mapped or cleaned.
#[derive(Debug, thiserror::Error)]
#[error("the window: {step}")]
pub(crate) struct WindowError {
    step: &'static str,
    source: Errno,
}

fn failed(step: &'static str) -> impl Fn(Errno) -> WindowError {
    move |source| WindowError { step, source }
}

impl Window {
    /// Pages are mapped in by so many bytes at a time: few calls, and no more of the ring than is in use.
    const POPULATE_BYTES: usize = 1 << 20;

    /// Maps the ring over a region of guest memory that is twice its size and starts with a page.
    pub(crate) fn map(start: *mut u8, ring: &RingFile) -> Result<Self, WindowError> {
        for half in 0..2 {
            let access = ProtFlags::READ | ProtFlags::WRITE;
            let flags = MapFlags::PRIVATE | MapFlags::FIXED;
            // SAFETY: `attach` checked with wasmtime that `2 * bytes` from `start` are the guest's linear memory,
            // which never moves (`memory_may_move(false)`) and is unmapped as a whole with its store. All that
            // lay there was the guest's, and stays readable and writable.
            unsafe { mmap(start.add(half * ring.bytes()).cast(), ring.bytes(), access, flags, ring.fd(), 0) }
                .map_err(failed("mmap"))?;
        }
        Ok(Self { start, ring_bytes: ring.bytes(), populated: 0, clean_at: None, pages: Pages::open() })
    }

    /// Makes it ready for a call that reads up to this place: without pages that `configure` has written, and with
    /// those mapped in that the call reads, so that reading causes no fault.
    pub(crate) fn prepare(&mut self, end: usize) -> Result<(), WindowError> {
        if self.clean_at.is_none() {
            self.clean()?;
        }
        if end > self.populated {
            let end = end.next_multiple_of(Self::POPULATE_BYTES).min(2 * self.ring_bytes);
            self.advise(self.populated, end, Advice::LinuxPopulateRead).map_err(failed("MADV_POPULATE_READ"))?;
            self.populated = end;
        }
        Ok(())
    }

    fn advise(&self, from: usize, to: usize, advice: Advice) -> Result<(), Errno> {
        // SAFETY: the range lies in the window, which nobody on the host's side holds a slice of while no call
        // runs; both pieces of advice leave the ring's own bytes to be seen there.
        unsafe { madvise(self.start.add(from).cast(), to - from, advice) }
    }

    /// Throws away the pages that the guest has written since it was clean; answers how many.
    ///
    /// A write to a page of the ring always faults first, and reading a page that is mapped in never does: so where
    /// the thread's count has not moved since the window was clean, nothing was written. Other faults (fresh heap,
    /// say) move it, too; then the page tables tell.
    pub(crate) fn clean(&mut self) -> Result<usize, WindowError> {
        if self.clean_at == Some(Faults::now()) {
            return Ok(0);
        }
        let dropped = if self.pages.is_some() { self.drop_private()? } else { self.drop_all()? };
        self.clean_at = Some(Faults::now());
        Ok(dropped)
    }

    fn drop_private(&mut self) -> Result<usize, WindowError> {
        let first = self.start.addr();
        let (mut from, mut dropped) = (0, 0);
        while let Some(run) = self.private(first + from..first + 2 * self.ring_bytes)? {
            let (start, end) = (run.start - first, run.end - first);
            self.advise(start, end, Advice::LinuxDontNeed).map_err(failed("MADV_DONTNEED"))?;
            let populated = end.min(self.populated);
            if start < populated {
                self.advise(start, populated, Advice::LinuxPopulateRead).map_err(failed("MADV_POPULATE_READ"))?;
            }
            dropped += (end - start) / rustix::param::page_size();
            from = end;
        }
        Ok(dropped)
    }

    fn private(&self, within: Range<usize>) -> Result<Option<Range<usize>>, WindowError> {
        self.pages.as_ref().map_or(Ok(None), |pages| pages.private(within)).map_err(failed("PAGEMAP_SCAN"))
    }

    /// Where the kernel can't tell (before 6.7, or without /proc): all pages go, none is counted.
    fn drop_all(&mut self) -> Result<usize, WindowError> {
        self.advise(0, 2 * self.ring_bytes, Advice::LinuxDontNeed).map_err(failed("MADV_DONTNEED"))?;
        self.populated = 0;
        Ok(0)
    }
}
