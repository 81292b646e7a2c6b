//! The windows of this process, as a signal handler can look them up: without a lock, and never with half of a change.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

pub(super) static WINDOWS: Table = Table::new();

/// More than an agent of some lanes and filters has; those beyond go to a further table.
const ENTRIES: usize = 64;

/// Grows, and never shrinks: the handler may be looking at any entry.
pub(super) struct Table {
    entries: [Entry; ENTRIES],
    more: OnceLock<Box<Table>>,
}

/// A window, or room for one.
pub(super) struct Entry {
    /// The first page's number above [`COUNT_BITS`], below it how many pages. One word, so that a reader never
    /// joins one window's start to another's length. 0 where there is no window.
    pages: AtomicU64,
    is_written: AtomicBool,
}

/// For 2^18 pages of 4 KiB: a ring has at most 512 MiB, a window twice that. The 45 bits left hold any page's number,
/// with five levels of page tables, too.
const COUNT_BITS: u32 = 19;

impl Table {
    pub(super) const fn new() -> Self {
        let entries = [const { Entry { pages: AtomicU64::new(0), is_written: AtomicBool::new(false) } }; ENTRIES];
        Self { entries, more: OnceLock::new() }
    }

    /// Enters a window of whole pages.
    pub(super) fn enter(&self, start: usize, bytes: usize) -> &Entry {
        let pages = pack(start, bytes);
        // ORDER: Acquire pairs with `leave`, so that the former window's writes are forgotten.
        let is_taken =
            |entry: &&Entry| entry.pages.compare_exchange(0, pages, Ordering::Acquire, Ordering::Relaxed).is_ok();
        match self.entries.iter().find(is_taken) {
            Some(entry) => entry,
            None => self.more.get_or_init(|| Box::new(Self::new())).enter(start, bytes),
        }
    }

    /// The window that holds this address. For the thread that a window's call runs on: others may see it leave.
    pub(super) fn find(&self, address: usize) -> Option<&Entry> {
        let holds = |entry: &&Entry| {
            let (start, bytes) = entry.extent();
            address.checked_sub(start).is_some_and(|at| at < bytes)
        };
        self.entries.iter().find(holds).or_else(|| self.more.get()?.find(address))
    }
}

impl Entry {
    /// Its first address, and how many bytes.
    pub(super) fn extent(&self) -> (usize, usize) {
        // Relaxed: the word says all, and was stored by the thread that asks, or before it was handed the window.
        let pages = self.pages.load(Ordering::Relaxed);
        let (first, count) = (pages >> COUNT_BITS, pages & ((1 << COUNT_BITS) - 1));
        let bytes = |pages: u64| usize::try_from(pages).map_or(0, |pages| pages * rustix::param::page_size());
        (bytes(first), bytes(count))
    }

    /// Answers whether it was noted before.
    pub(super) fn note_write(&self) -> bool {
        // Relaxed, here and below: the handler runs on the thread that asks after the call.
        self.is_written.swap(true, Ordering::Relaxed)
    }

    pub(super) fn is_written(&self) -> bool {
        self.is_written.load(Ordering::Relaxed)
    }

    pub(super) fn forget_writes(&self) {
        self.is_written.store(false, Ordering::Relaxed);
    }

    /// Makes room for another window.
    pub(super) fn leave(&self) {
        self.forget_writes();
        // ORDER: Release pairs with `enter`.
        self.pages.store(0, Ordering::Release);
    }
}

fn pack(start: usize, bytes: usize) -> u64 {
    let pages = |bytes: usize| (bytes / rustix::param::page_size()) as u64;
    let (first, count) = (pages(start), pages(bytes));
    assert!(count >> COUNT_BITS == 0 && first.leading_zeros() >= COUNT_BITS, "a window of {bytes} bytes at {start:#x}");
    first << COUNT_BITS | count
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: usize = 1 << 16;

    #[test]
    fn an_address_is_found_in_its_window_and_nowhere_else() {
        let table = Table::new();
        let (low, high) = (table.enter(PAGE, PAGE), table.enter(4 * PAGE, 2 * PAGE));
        let found = |address: usize| table.find(address).map(std::ptr::from_ref);
        for (address, expected) in [
            (0, None),
            (PAGE - 1, None),
            (PAGE, Some(low)),
            (2 * PAGE - 1, Some(low)),
            (2 * PAGE, None),
            (5 * PAGE, Some(high)),
            (6 * PAGE, None),
            (usize::MAX, None),
        ] {
            assert_eq!(found(address), expected.map(std::ptr::from_ref), "{address:#x}");
        }
        low.leave();
        assert!(found(PAGE).is_none() && found(4 * PAGE).is_some());
    }

    #[test]
    fn there_is_room_for_any_number_of_windows() {
        let table = Table::new();
        let enter = |number: usize| table.enter(number * PAGE, PAGE);
        let entries: Vec<&Entry> = (1..=3 * ENTRIES).map(enter).collect();
        for (index, entry) in entries.iter().enumerate() {
            assert!(std::ptr::eq(table.find((index + 1) * PAGE).unwrap(), *entry));
        }
        entries[5].leave();
        assert!(std::ptr::eq(enter(1_000), entries[5]), "room that is left is used again");
    }

    #[test]
    fn the_largest_window_at_the_highest_address_fits() {
        let (start, bytes) = ((1 << 56) - (1 << 30), 1 << 30);
        assert_eq!(Table::new().enter(start, bytes).extent(), (start, bytes));
    }

    #[test]
    fn a_window_that_left_leaves_no_writes_behind() {
        let table = Table::new();
        let entry = table.enter(PAGE, PAGE);
        assert!(!entry.note_write() && entry.note_write());
        entry.leave();
        assert!(!table.enter(PAGE, PAGE).is_written());
    }
}
