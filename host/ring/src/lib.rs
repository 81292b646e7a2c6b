//! The ring: a lane's memory for batches, written by one thread and freed by many.
//!
//! A power-of-two number of bytes in a memfd, mapped twice back to back, so that no run of bytes ever wraps.
//! Positions are ever-growing `u64`; the place of a position is `position & (size - 1)`. The one [`Writer`] fills
//! free space at its head and publishes what it has written as [`Span`]s. Spans are held and returned by any
//! thread, in any order; their space is freed in the order of publication, so that nothing that anyone holds, nor
//! anything behind it, is ever overwritten.
//!
//! ```text
//!        tail            published       sealed       head            tail + size
//!  free ──┤ held by spans ├ taken, but not yet published ┤ free ──────────┤
//!                         │ read only      │ writable    │
//! ```
//!
//! Between `published` and `sealed` lie bytes that a published span may also read (it was published short of the
//! head); nobody writes there. This crate knows nothing of records, batches or delivery.

mod ledger;
mod mapping;
mod span;
mod sync;
mod writer;

#[cfg(test)]
mod tests;

pub use mapping::RingError;
pub use span::Span;
pub use writer::{Returned, RingFile, Writer};

use ledger::Ledger;
use mapping::Mapping;
use std::task::Waker;

/// What the writer and all spans share.
struct Ring {
    mapping: Mapping,
    ledger: Ledger,
    /// Woken when a span has come back, since the writer may wait for space.
    writer: Waker,
}
