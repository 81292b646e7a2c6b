//! Who still holds which span: one counter a span, in a fixed circle of slots. It orders the last reader of a
//! span's bytes before the writer that reuses them. Which bytes those are is the writer's business.

use crate::sync::{AtomicU32, Ordering};

/// The holders of one span in the low 31 bits; [`LOST`] on top once a holder gave it back unconfirmed.
struct Slot(AtomicU32);

const LOST: u32 = 1 << 31;

pub(crate) struct Ledger {
    slots: Box<[Slot]>,
}

impl Ledger {
    /// A power of two, so that sequence numbers map to slots by a mask.
    pub(crate) fn new(slots: usize) -> Self {
        assert!(slots.is_power_of_two(), "the number of slots is a power of two");
        Self { slots: (0..slots).map(|_| Slot(AtomicU32::new(0))).collect() }
    }

    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }

    fn state(&self, sequence: u64) -> &AtomicU32 {
        let mask = self.slots.len() as u64 - 1;
        &self.slots[usize::try_from(sequence & mask).expect("a slot's index is small")].0
    }

    /// Starts a span with one holder. Only the writer calls it, on a slot that `returned` has answered for.
    pub(crate) fn open(&self, sequence: u64) {
        // Relaxed: the span reaches other threads by whatever carries it there, which orders this store, too.
        self.state(sequence).store(1, Ordering::Relaxed);
    }

    /// Adds a holder. The caller is one already, so the count can't be zero meanwhile.
    pub(crate) fn hold(&self, sequence: u64) {
        self.state(sequence).fetch_add(1, Ordering::Relaxed);
    }

    /// Ends one holder's hold.
    pub(crate) fn release(&self, sequence: u64, confirmed: bool) {
        let state = self.state(sequence);
        if !confirmed {
            // Relaxed: it precedes this thread's decrement of the same atomic, so whoever sees that sees this.
            state.fetch_or(LOST, Ordering::Relaxed);
        }
        // ORDER: pairs with `returned`. Each decrement continues the release sequence of those before it, so the
        // writer that sees zero sees every holder's last read of the bytes as done, on arm64 as on x86-64.
        state.fetch_sub(1, Ordering::Release);
    }

    /// `None` while the span is held; else whether a holder lost it. Only the writer calls it.
    pub(crate) fn returned(&self, sequence: u64) -> Option<bool> {
        // ORDER: pairs with `release`: what the writer stores into the bytes afterwards can't move before this load.
        let state = self.state(sequence).load(Ordering::Acquire);
        (state & !LOST == 0).then_some(state & LOST != 0)
    }
}

#[cfg(all(test, loom))]
mod loom_tests {
    use super::*;
    use loom::cell::UnsafeCell;
    use loom::sync::Arc;
    use loom::thread;

    struct Shared {
        ledger: Ledger,
        bytes: UnsafeCell<u32>,
    }

    fn shared() -> Arc<Shared> {
        Arc::new(Shared { ledger: Ledger::new(1), bytes: UnsafeCell::new(0) })
    }

    fn read_and_release(shared: &Shared, expected: u32, confirmed: bool) {
        // SAFETY: loom reports it where a write can run at the same time: that is the test.
        shared.bytes.with(|bytes| assert_eq!(unsafe { *bytes }, expected));
        shared.ledger.release(0, confirmed);
    }

    fn write(shared: &Shared, value: u32) {
        // SAFETY: as above.
        shared.bytes.with_mut(|bytes| unsafe { *bytes = value });
    }

    #[test]
    fn bytes_are_rewritten_only_after_every_holder_has_read_them() {
        loom::model(|| {
            let ring = shared();
            write(&ring, 1);
            ring.ledger.open(0);
            ring.ledger.hold(0);
            let readers = [true, true].map(|confirmed| {
                let ring = ring.clone();
                thread::spawn(move || read_and_release(&ring, 1, confirmed))
            });
            while ring.ledger.returned(0).is_none() {
                thread::yield_now();
            }
            write(&ring, 2);
            readers.map(|reader| reader.join().unwrap());
        });
    }

    #[test]
    fn a_span_that_one_holder_lost_comes_back_lost() {
        loom::model(|| {
            let ring = shared();
            ring.ledger.open(0);
            ring.ledger.hold(0);
            let readers = [true, false].map(|confirmed| {
                let ring = ring.clone();
                thread::spawn(move || ring.ledger.release(0, confirmed))
            });
            let lost = loop {
                match ring.ledger.returned(0) {
                    Some(lost) => break lost,
                    None => thread::yield_now(),
                }
            };
            assert!(lost);
            readers.map(|reader| reader.join().unwrap());
        });
    }

    #[test]
    fn a_holder_may_add_another_while_others_let_go() {
        loom::model(|| {
            let ring = shared();
            write(&ring, 1);
            ring.ledger.open(0);
            ring.ledger.hold(0);
            let other = {
                let ring = ring.clone();
                thread::spawn(move || {
                    ring.ledger.hold(0);
                    read_and_release(&ring, 1, true);
                    read_and_release(&ring, 1, true);
                })
            };
            ring.ledger.release(0, true);
            while ring.ledger.returned(0).is_none() {
                thread::yield_now();
            }
            write(&ring, 2);
            other.join().unwrap();
        });
    }
}
