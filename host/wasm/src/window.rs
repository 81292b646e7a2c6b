//! The window: the ring's pages in a guest's memory. All hand-written unsafe code of this crate but the loading of
//! compiled code and the taking of a loan lies here: the mapping, the handler that notices writes, the search for the
//! pages written, and the loan of a batch.

mod guard;
mod loan;
mod pages;

pub(crate) use loan::Loan;

use guard::Guarded;
use logagent_ring::RingFile;
use pages::Pages;
use rustix::io::Errno;
use rustix::mm::{Advice, MapFlags, ProtFlags, madvise, mmap};
use std::ops::Range;

/// The ring mapped twice over a region of a guest's memory, private: the guest reads the ring's own pages, and what
/// is written there goes to copies that `clean` finds and throws away. Mapped for reading until somebody writes.
pub(crate) struct Window {
    start: *mut u8,
    ring_bytes: usize,
    /// Up to where pages are mapped in, so that reading them causes no fault.
    populated: usize,
    guarded: Guarded,
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
            // Writable at first, which takes account of the memory that copies may need: the handler can't.
            let access = ProtFlags::READ | ProtFlags::WRITE;
            let flags = MapFlags::PRIVATE | MapFlags::FIXED;
            // SAFETY: `attach` checked with wasmtime that `2 * bytes` from `start` are the guest's linear memory,
            // which never moves (`memory_may_move(false)`) and is unmapped as a whole with its store. All that
            // lay there was the guest's, and stays readable and writable.
            unsafe { mmap(start.add(half * ring.bytes()).cast(), ring.bytes(), access, flags, ring.fd(), 0) }
                .map_err(failed("mmap"))?;
        }
        // SAFETY: mapped just now, and unmapped with the store, which `Home` takes the window out of before.
        let guarded = unsafe { Guarded::new(start.expose_provenance(), 2 * ring.bytes()) };
        let guarded = guarded.map_err(failed("mprotect"))?;
        Ok(Self { start, ring_bytes: ring.bytes(), populated: 0, guarded, pages: Pages::open() })
    }

    /// Makes it ready for a call that reads up to this place: without pages that `configure` has written, and with
    /// those mapped in that the call reads, so that reading causes no fault.
    pub(crate) fn prepare(&mut self, end: usize) -> Result<(), WindowError> {
        self.clean()?;
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

    /// Throws away the pages that were written since it was clean; answers how many.
    pub(crate) fn clean(&mut self) -> Result<usize, WindowError> {
        if !self.guarded.is_written() {
            return Ok(0);
        }
        self.guarded.forbid().map_err(failed("mprotect"))?;
        if self.pages.is_some() { self.drop_private() } else { self.drop_all() }
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

    /// Where the kernel can't tell (before 6.7, or without /proc): all pages go, and one is counted, since it was one
    /// at least.
    fn drop_all(&mut self) -> Result<usize, WindowError> {
        self.advise(0, 2 * self.ring_bytes, Advice::LinuxDontNeed).map_err(failed("MADV_DONTNEED"))?;
        self.populated = 0;
        Ok(1)
    }
}
