//! The ring as a whole: against a plain queue, and with readers on other threads.

use crate::{Returned, RingError, Span, Writer};
use proptest::prelude::*;
use std::collections::VecDeque;
use std::sync::mpsc;
use std::task::Waker;

const BYTES: usize = 4096;

fn ring() -> Writer {
    Writer::create(BYTES, Waker::noop().clone()).unwrap()
}

fn write(ring: &mut Writer, bytes: &[u8]) {
    ring.space(bytes.len()).copy_from_slice(bytes);
    ring.advance(bytes.len());
}

#[test]
fn a_size_that_is_no_power_of_two_is_refused_with_what_would_be_right() {
    for bytes in [0, 100, 3 * BYTES, 2 << 30] {
        let error = Writer::create(bytes, Waker::noop().clone()).map(drop).unwrap_err();
        assert!(matches!(error, RingError::Size { .. }) && error.to_string().contains("power of two"), "{error}");
    }
}

#[test]
fn a_run_over_the_rings_end_is_one_slice() {
    let mut ring = ring();
    write(&mut ring, &[1; BYTES - 3]);
    ring.publish(ring.head()).unwrap().confirm();
    ring.reclaim();
    write(&mut ring, b"abcdefgh");
    let start = ring.place(ring.published());
    let span = ring.publish(ring.head()).unwrap();
    assert_eq!(span.bytes(start..start + 8), b"abcdefgh");
}

#[test]
fn a_full_ring_shows_no_space_until_the_oldest_span_is_back() {
    let mut ring = ring();
    let halves = [b'a', b'b'].map(|byte| {
        write(&mut ring, &[byte; BYTES / 2]);
        ring.publish(ring.head()).unwrap()
    });
    assert_eq!(ring.space(1).len(), 0);
    let [first, second] = halves;
    second.confirm();
    assert_eq!(ring.reclaim(), None, "space is freed in order");
    drop(first);
    assert_eq!(ring.reclaim(), Some(Returned { lost: true }), "an unconfirmed span is lost");
    assert_eq!(ring.reclaim(), Some(Returned { lost: false }));
    assert_eq!(ring.space(BYTES).len(), BYTES);
}

#[test]
fn spans_know_how_many_came_before_and_the_writer_whether_the_oldest_is_back() {
    let mut ring = Writer::with_spans(BYTES, 2, Waker::noop().clone()).unwrap();
    let [first, second] = [0, 1].map(|_| ring.publish(ring.head()).unwrap());
    assert_eq!(([first.sequence(), second.sequence()], ring.is_crowded()), ([0, 1], true));
    second.confirm();
    assert!(!ring.has_returned());
    first.confirm();
    assert!(ring.has_returned());
    while ring.reclaim().is_some() {}
    assert!(!ring.has_returned());
}

#[test]
fn no_more_spans_are_out_than_there_are_slots() {
    let mut ring = ring();
    let mut out = Vec::new();
    while let Some(span) = ring.publish(ring.head()) {
        out.push(span);
    }
    assert_eq!(out.len(), ring.outstanding());
    out.remove(0).confirm();
    ring.reclaim().unwrap();
    assert!(ring.publish(ring.head()).is_some());
}

#[test]
fn a_span_published_short_of_the_head_reads_on_but_what_follows_stays_in_hand() {
    let mut ring = ring();
    write(&mut ring, b"onetwotable");
    let span = ring.publish(ring.head() - 8).unwrap();
    assert_eq!(span.bytes(6..11), b"table");
    assert_eq!(ring.written(3..6), b"two");
    assert_eq!(ring.writable_from(), 11);
}

#[test]
fn an_idle_ring_goes_on_at_its_start() {
    let mut ring = ring();
    write(&mut ring, b"abc");
    ring.rewind();
    assert_eq!(ring.head(), 3, "bytes in hand stay where they are");
    let span = ring.publish(3).unwrap();
    ring.rewind();
    assert_eq!(ring.head(), 3, "a span is out");
    span.confirm();
    ring.reclaim();
    ring.rewind();
    assert_eq!(ring.place(ring.head()), 0);
    assert_eq!(ring.free(), BYTES);
}

#[test]
#[should_panic(expected = "not in hand alone")]
fn what_a_span_may_read_is_not_written() {
    let mut ring = ring();
    write(&mut ring, b"onetwo");
    let _span = ring.publish(3).unwrap();
    ring.written_mut(3..6);
}

#[test]
fn readers_on_other_threads_see_what_was_written() {
    const SPANS: u64 = 2_000;
    let mut ring = ring();
    let (to_readers, from_writer) = mpsc::channel::<(Span, usize, u8)>();
    let reader = std::thread::spawn(move || {
        // Some are kept back, so that spans return out of order.
        let mut kept = VecDeque::new();
        for (span, place, byte) in from_writer {
            kept.push_back((span.clone(), place, byte));
            span.confirm();
            if kept.len() == 3 {
                for index in [1, 0] {
                    let (span, place, byte) = kept.remove(index).unwrap();
                    assert!(span.bytes(place..place + 700).iter().all(|&seen| seen == byte));
                    span.confirm();
                }
            }
        }
    });
    for number in 0..SPANS {
        while ring.free() < 700 {
            assert!(!ring.reclaim().is_some_and(|returned| returned.lost));
            std::thread::yield_now();
        }
        let byte = u8::try_from(number % 251).unwrap();
        write(&mut ring, &[byte; 700]);
        let place = ring.place(ring.published());
        to_readers.send((ring.publish(ring.head()).unwrap(), place, byte)).unwrap();
    }
    drop(to_readers);
    reader.join().unwrap();
}

#[derive(Clone, Debug)]
enum Step {
    Write(usize),
    Publish { short_by: u64 },
    Clone(usize),
    Return { index: usize, confirmed: bool },
    Reclaim,
    Rewind,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0usize..1500).prop_map(Step::Write),
        4 => (0u64..300).prop_map(|short_by| Step::Publish { short_by }),
        1 => any::<usize>().prop_map(Step::Clone),
        4 => (any::<usize>(), any::<bool>()).prop_map(|(index, confirmed)| Step::Return { index, confirmed }),
        3 => Just(Step::Reclaim),
        1 => Just(Step::Rewind),
    ]
}

/// A span as a plain queue sees it: its bytes, how many hold it, whether one lost it.
struct Entry {
    bytes: Vec<u8>,
    holders: usize,
    lost: bool,
}

/// A hold that is out, with the places and the number of the entry that it should read.
struct Hold {
    span: Span,
    first: usize,
    entry: usize,
}

#[derive(Default)]
struct Model {
    in_hand: VecDeque<u8>,
    entries: VecDeque<Entry>,
    reclaimed: usize,
    next_byte: u8,
    holds: Vec<Hold>,
}

impl Model {
    fn used(&self) -> usize {
        self.in_hand.len() + self.entries.iter().map(|entry| entry.bytes.len()).sum::<usize>()
    }

    fn apply(&mut self, ring: &mut Writer, step: Step) {
        match step {
            Step::Write(bytes) => self.write(ring, bytes),
            Step::Publish { short_by } => self.publish(ring, short_by),
            Step::Clone(index) if !self.holds.is_empty() => {
                let hold = &self.holds[index % self.holds.len()];
                self.entries[hold.entry - self.reclaimed].holders += 1;
                let copy = Hold { span: hold.span.clone(), ..*hold };
                self.holds.push(copy);
            }
            Step::Return { index, confirmed } if !self.holds.is_empty() => self.give_back(index, confirmed),
            Step::Reclaim => self.reclaim(ring),
            Step::Rewind => ring.rewind(),
            Step::Clone(_) | Step::Return { .. } => {}
        }
        assert_eq!(ring.used(), self.used());
        assert_eq!(ring.written(ring.published()..ring.head()), self.in_hand.make_contiguous());
        for Hold { span, first, entry } in &self.holds {
            let bytes = &self.entries[entry - self.reclaimed].bytes;
            assert_eq!(span.bytes(*first..first + bytes.len()), bytes);
        }
    }

    fn write(&mut self, ring: &mut Writer, bytes: usize) {
        let fits = bytes.min(BYTES - self.used());
        assert_eq!(ring.space(bytes).len(), fits);
        for byte in ring.space(fits) {
            *byte = self.next_byte;
            self.in_hand.push_back(self.next_byte);
            self.next_byte = self.next_byte.wrapping_add(1);
        }
        ring.advance(fits);
    }

    fn publish(&mut self, ring: &mut Writer, short_by: u64) {
        let end = (ring.head() - short_by.min(ring.head())).max(ring.published());
        let taken = usize::try_from(end - ring.published()).unwrap();
        let first = ring.place(ring.published());
        let span = ring.publish(end).unwrap();
        self.entries.push_back(Entry { bytes: self.in_hand.drain(..taken).collect(), holders: 1, lost: false });
        self.holds.push(Hold { span, first, entry: self.reclaimed + self.entries.len() - 1 });
    }

    fn give_back(&mut self, index: usize, confirmed: bool) {
        let hold = self.holds.swap_remove(index % self.holds.len());
        let entry = &mut self.entries[hold.entry - self.reclaimed];
        entry.holders -= 1;
        entry.lost |= !confirmed;
        if confirmed { hold.span.confirm() } else { drop(hold.span) }
    }

    fn reclaim(&mut self, ring: &mut Writer) {
        let expected =
            self.entries.front().filter(|entry| entry.holders == 0).map(|entry| Returned { lost: entry.lost });
        assert_eq!(ring.reclaim(), expected);
        if expected.is_some() {
            self.entries.pop_front();
            self.reclaimed += 1;
        }
    }
}

proptest! {
    #[test]
    fn the_ring_behaves_like_a_queue(steps in proptest::collection::vec(step(), 1..200)) {
        let mut ring = ring();
        let mut model = Model::default();
        for step in steps {
            model.apply(&mut ring, step);
        }
    }
}
