//! A lane in miniature, for tests: calls a stream as a lane does and keeps the records. Says nothing of how a lane
//! shares its time or its ring.

use logagent_component::{Inbox, Read, Records, Signal, Source, SourceError, Stream, intake};
use logagent_record::{Descriptor, Flags};
pub(crate) use logagent_testkit::until;
use proptest::prelude::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Wake, Waker};
use std::thread::JoinHandle;

/// A record as it came out.
pub(crate) type Line = (Vec<u8>, Flags);

/// Counts how often it was woken.
#[derive(Default)]
pub(crate) struct Wakes(AtomicUsize);

impl Wakes {
    pub(crate) fn new() -> (Arc<Self>, Waker) {
        let wakes = Arc::<Self>::default();
        (wakes.clone(), wakes.into())
    }

    pub(crate) fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// A source on a thread of its own, and a lane that takes its streams.
pub(crate) struct Running {
    pub(crate) lanes: Vec<MiniLane>,
    pub(crate) signal: Arc<Signal>,
    pub(crate) wakes: Arc<Wakes>,
    waker: Waker,
    inbox: Inbox,
    thread: JoinHandle<Result<(), SourceError>>,
}

impl Running {
    pub(crate) fn start(source: impl Source + 'static) -> Self {
        let (wakes, waker) = Wakes::new();
        let (intake, mut inboxes) = intake(std::slice::from_ref(&waker));
        let signal = Arc::<Signal>::default();
        let (source, inbox) = (Box::new(source), inboxes.pop().expect("one lane"));
        let thread = std::thread::spawn({
            let signal = signal.clone();
            move || source.run(intake, &signal)
        });
        Self { lanes: Vec::new(), signal, wakes, waker, inbox, thread }
    }

    /// Takes new streams.
    pub(crate) fn take(&mut self) {
        while let Ok(Some(mut stream)) = self.inbox.take() {
            stream.register(self.waker.clone());
            self.lanes.push(MiniLane::new(stream));
        }
    }

    /// Takes new streams, and reads those that are ready.
    pub(crate) fn round(&mut self) {
        self.take();
        self.lanes.iter_mut().for_each(MiniLane::drain);
    }

    /// Goes round until these lines have come, in any order of the streams.
    pub(crate) fn expect(&mut self, lines: &[&str]) {
        let mut all = Vec::new();
        until(&format!("{lines:?}"), || {
            self.round();
            all.extend(self.lanes.iter_mut().flat_map(MiniLane::take));
            all.len() >= lines.len()
        });
        all.sort();
        assert_eq!(all, lines);
    }

    /// Waits until the source has returned by itself.
    pub(crate) fn join(self) -> Vec<MiniLane> {
        until("the source returns", || self.thread.is_finished());
        self.thread.join().expect("no panic").expect("no error");
        self.lanes
    }

    /// Tells the source to stop, and waits until it has.
    pub(crate) fn stop(self) {
        self.signal.stop();
        self.join();
    }
}

/// One stream, the bytes that it gave, and the records that were cut from them.
pub(crate) struct MiniLane {
    pub(crate) stream: Box<dyn Stream>,
    given: Vec<u8>,
    pub(crate) lines: Vec<Line>,
    pub(crate) truncated: u64,
    pub(crate) has_ended: bool,
    /// How many bytes all reads gave.
    pub(crate) bytes: usize,
}

impl MiniLane {
    pub(crate) fn new(stream: Box<dyn Stream>) -> Self {
        Self { stream, given: Vec::new(), lines: Vec::new(), truncated: 0, has_ended: false, bytes: 0 }
    }

    /// Reads once, behind what was given before.
    pub(crate) fn read(&mut self, space: usize) -> Read {
        let at = self.given.len();
        self.given.resize(at + space, 0xaa);
        // A lane closes a stream that can't be read.
        let found = self.stream.read(&mut self.given[at..]).unwrap_or(Read::Ended);
        let count = if let Read::Bytes(count) = found { count } else { 0 };
        self.has_ended |= found == Read::Ended;
        self.given.truncate(at + count);
        self.bytes += count;
        found
    }

    /// Frames what was given into tables of so many records, and hands the rest back.
    pub(crate) fn frame(&mut self, table: usize) {
        while self.frame_some(table) && !self.given.is_empty() {}
        if !self.given.is_empty() {
            self.stream.unread(&self.given);
            self.given.clear();
        }
    }

    /// Frames into one table; whether it was full.
    pub(crate) fn frame_some(&mut self, table: usize) -> bool {
        let mut table = vec![Descriptor::default(); table];
        let mut records = Records::new(&mut table);
        let used = self.stream.frame(&self.given, &mut records);
        let (count, is_full) = (records.count(), records.is_full());
        self.truncated += records.truncated();
        self.lines.extend(table[..count].iter().map(|record| (self.given[record.body()].to_vec(), record.flags)));
        self.given.drain(..used);
        is_full
    }

    /// Reads and frames until there is nothing now.
    pub(crate) fn drain(&mut self) {
        self.drain_until(|_| false);
    }

    /// Reads and frames until there is enough, or nothing now.
    pub(crate) fn drain_until(&mut self, is_enough: impl Fn(&Self) -> bool) {
        let mut rounds = 0;
        while !self.has_ended && self.stream.is_ready() && !is_enough(self) {
            rounds += 1;
            assert!(rounds < 1000, "the stream is ready for ever");
            let space = self.stream.wanted();
            self.read(space);
            self.frame(100);
        }
    }

    /// The bodies since the last call.
    pub(crate) fn take(&mut self) -> Vec<String> {
        let body = |(body, _): Line| String::from_utf8(body).expect("text");
        std::mem::take(&mut self.lines).into_iter().map(body).collect()
    }
}

/// The lines of `bytes` as they ought to come out, and how many were too long.
pub(crate) fn split(bytes: &[u8], max: usize) -> (Vec<Line>, u64) {
    let (mut lines, mut truncated) = (Vec::new(), 0);
    for line in bytes.split_inclusive(|&byte| byte == b'\n') {
        let (body, end) = match line.strip_suffix(b"\n") {
            Some(body) => (body, Flags::TERMINATED),
            None => (line, Flags::default()),
        };
        truncated += u64::from(body.len() > max);
        let mut rest = body;
        while rest.len() > max {
            lines.push((rest[..max].to_vec(), Flags::CONTINUED));
            rest = &rest[max..];
        }
        lines.push((rest.to_vec(), end));
    }
    (lines, truncated)
}

/// Bytes with a newline every few, so that short limits are met, exceeded and left alone.
pub(crate) fn text() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![2 => Just(b'\n'), 1 => Just(b'\r'), 8 => any::<u8>()];
    proptest::collection::vec(byte, 0..200)
}
