//! Which pages of a mapping its process has written: the kernel's page tables, asked through `PAGEMAP_SCAN`
//! (Linux 6.7, `Documentation/admin-guide/mm/pagemap.rst`).

use rustix::io::Errno;
use std::fs::File;
use std::ops::Range;
use std::os::fd::AsRawFd;

/// The page tables of this process.
pub(super) struct Pages(File);

/// `struct pm_scan_arg` of `linux/fs.h`.
#[repr(C)]
#[derive(Default)]
struct ScanArguments {
    size: u64,
    flags: u64,
    start: u64,
    end: u64,
    walk_end: u64,
    regions: u64,
    regions_count: u64,
    max_pages: u64,
    category_inverted: u64,
    category_mask: u64,
    category_anyof_mask: u64,
    return_mask: u64,
}

/// `struct page_region` of `linux/fs.h`.
#[repr(C)]
#[derive(Default)]
struct Region {
    start: u64,
    end: u64,
    categories: u64,
}

const PAGE_IS_FILE: u64 = 1 << 2;
const PAGE_IS_PRESENT: u64 = 1 << 3;
const PAGE_IS_SWAPPED: u64 = 1 << 4;
const PAGEMAP_SCAN: u32 = rustix::ioctl::opcode::read_write::<ScanArguments>(b'f', 16);

impl Pages {
    /// `None` where the kernel has no such scan or /proc is not there.
    pub(super) fn open() -> Option<Self> {
        let pages = Self(File::open("/proc/self/pagemap").ok()?);
        pages.private(0..0).ok()?;
        Some(pages)
    }

    /// The first run of pages within these addresses that are no longer the mapped file's, but this process's own.
    pub(super) fn private(&self, within: Range<usize>) -> Result<Option<Range<usize>>, Errno> {
        let mut region = Region::default();
        let mut arguments = ScanArguments {
            size: size_of::<ScanArguments>() as u64,
            start: within.start as u64,
            end: within.end as u64,
            regions: (&raw mut region).addr() as u64,
            regions_count: 1,
            // All of: not a file's. Any of: present, or swapped out.
            category_inverted: PAGE_IS_FILE,
            category_mask: PAGE_IS_FILE,
            category_anyof_mask: PAGE_IS_PRESENT | PAGE_IS_SWAPPED,
            return_mask: PAGE_IS_FILE,
            ..ScanArguments::default()
        };
        // SAFETY: the arguments are laid out as the kernel reads them, and it writes into them and `region` alone.
        let found = unsafe { libc::ioctl(self.0.as_raw_fd(), PAGEMAP_SCAN.into(), &raw mut arguments) };
        match found {
            -1 => Err(last_error()),
            0 => Ok(None),
            _ => Ok(Some(address(region.start)..address(region.end))),
        }
    }
}

fn address(kernel: u64) -> usize {
    usize::try_from(kernel).expect("addresses of this process fit usize")
}

fn last_error() -> Errno {
    Errno::from_io_error(&std::io::Error::last_os_error()).unwrap_or(Errno::INVAL)
}
