//! A published run of the ring, held by whoever still reads it.

use crate::Ring;
use std::ops::Range;
use std::sync::Arc;
use std::task::Waker;

/// A hold on a published run of bytes. Clones hold it, too; its space is freed when the last is returned, and all
/// spans published before it are. A hold counts as lost until [`Span::confirm`] says otherwise: one that is just
/// dropped comes back to the writer as lost.
pub struct Span {
    pub(crate) ring: Arc<Ring>,
    pub(crate) sequence: u64,
    /// The first position that may be read, and the first that may not.
    pub(crate) range: Range<u64>,
    pub(crate) confirmed: bool,
}

impl Span {
    /// The bytes at these places of the window: places count from the ring's start and run on over its end for
    /// as long as the span does.
    ///
    /// # Panics
    /// Where they are not all within the span.
    #[inline]
    #[must_use]
    pub fn bytes(&self, places: Range<usize>) -> &[u8] {
        let first = self.ring.mapping.place(self.range.start);
        assert!(places.start >= first && places.start <= places.end, "{places:?} in a span that starts at {first}");
        let offset = |place: usize| self.range.start + (place - first) as u64;
        let range = offset(places.start)..offset(places.end);
        assert!(range.end <= self.range.end, "{places:?} in a span that ends before");
        // SAFETY: the range was published and this hold is not returned yet, so the writer does not free it.
        unsafe { self.ring.mapping.slice(&range) }
    }

    /// How many spans the ring's writer has published before this one.
    #[must_use]
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Who is woken when a span of this ring has come back.
    #[must_use]
    pub fn waker(&self) -> &Waker {
        &self.ring.writer
    }

    /// Returns the hold: these bytes have arrived where this holder was to bring them.
    pub fn confirm(mut self) {
        self.confirmed = true;
    }
}

impl Clone for Span {
    fn clone(&self) -> Self {
        self.ring.ledger.hold(self.sequence);
        Self { ring: self.ring.clone(), sequence: self.sequence, range: self.range.clone(), confirmed: false }
    }
}

impl Drop for Span {
    fn drop(&mut self) {
        self.ring.ledger.release(self.sequence, self.confirmed);
        self.ring.writer.wake_by_ref();
    }
}

impl std::fmt::Debug for Span {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Span").field("range", &self.range).finish_non_exhaustive()
    }
}
