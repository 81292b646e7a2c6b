//! A stream that a test feeds while a lane reads it. It cuts lines as simply as can be, and panics where the lane
//! offers other bytes than it was given, or in another order.

use crate::names::stream_info;
use logagent_component::{Read, Records, SourceError, Stream, StreamInfo};
use logagent_record::Flags;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;

/// The test's end of a stream.
#[derive(Clone)]
pub struct Feed(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    is_patient: bool,
    /// One is handed out a read, in pieces where the space is small.
    chunks: VecDeque<Vec<u8>>,
    is_ended: bool,
    lane: Option<Waker>,
    reads: usize,
    confirmed: Vec<u64>,
    is_let_go: bool,
}

/// The lane's end.
pub struct FedStream {
    info: Arc<StreamInfo>,
    feed: Feed,
    /// What the lane has in hand: given, neither framed nor taken back.
    in_hand: Vec<u8>,
    /// What was taken back.
    fragment: Vec<u8>,
    framed: u64,
    /// What it gave last were its last bytes.
    has_ended: bool,
    is_told_over: bool,
}

/// A stream of this source, and what feeds it.
#[must_use]
pub fn feed(source: usize, name: &str) -> (Feed, FedStream) {
    let feed = Feed(Arc::default());
    let info = stream_info(source, name);
    let stream = FedStream {
        info,
        feed: feed.clone(),
        in_hand: Vec::new(),
        fragment: Vec::new(),
        framed: 0,
        has_ended: false,
        is_told_over: false,
    };
    (feed, stream)
}

impl Feed {
    /// Gives bytes for one read.
    pub fn give(&self, bytes: impl Into<Vec<u8>>) {
        let bytes = bytes.into();
        if !bytes.is_empty() {
            self.state().chunks.push_back(bytes);
            self.wake();
        }
    }

    /// Gives a line for one read.
    pub fn give_line(&self, line: &str) {
        self.give(format!("{line}\n"));
    }

    /// Says from now on that what is given waits without holding anyone up.
    pub fn be_patient(&self) {
        self.state().is_patient = true;
    }

    /// Ends the stream behind what was given.
    pub fn end(&self) {
        self.state().is_ended = true;
        self.wake();
    }

    /// How many bytes were given and not read yet.
    #[must_use]
    pub fn unread_bytes(&self) -> usize {
        self.state().chunks.iter().map(Vec::len).sum()
    }

    /// How often the lane has read.
    #[must_use]
    pub fn reads(&self) -> usize {
        self.state().reads
    }

    /// The positions that were confirmed, in the order in which they were.
    #[must_use]
    pub fn confirmed(&self) -> Vec<u64> {
        self.state().confirmed.clone()
    }

    /// Whether the lane has dropped the stream.
    #[must_use]
    pub fn is_let_go(&self) -> bool {
        self.state().is_let_go
    }

    fn wake(&self) {
        let lane = self.state().lane.clone();
        lane.inspect(Waker::wake_by_ref);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A lane that panics fails its test by itself.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stream for FedStream {
    fn info(&self) -> &Arc<StreamInfo> {
        &self.info
    }

    fn register(&mut self, lane: Waker) {
        self.feed.state().lane = Some(lane);
    }

    fn is_ready(&self) -> bool {
        let state = self.feed.state();
        !state.chunks.is_empty() || state.is_ended
    }

    fn is_patient(&self) -> bool {
        self.feed.state().is_patient
    }

    fn wanted(&self) -> usize {
        (2 * self.fragment.len()).max(1)
    }

    fn read(&mut self, space: &mut [u8]) -> Result<Read, SourceError> {
        assert!(space.len() >= self.wanted(), "{} bytes of space, {} wanted", space.len(), self.wanted());
        assert!(!self.is_told_over, "read after its end");
        let mut state = self.feed.state();
        state.reads += 1;
        let kept = self.fragment.len();
        space[..kept].copy_from_slice(&self.fragment);
        let new = take(&mut state.chunks, &mut space[kept..]);
        self.has_ended = state.is_ended && state.chunks.is_empty();
        drop(state);
        if new == 0 && !self.has_ended {
            return Ok(Read::Idle);
        }
        self.fragment.clear();
        self.in_hand.extend_from_slice(&space[..kept + new]);
        self.is_told_over = kept + new == 0;
        Ok(if self.is_told_over { Read::Ended } else { Read::Bytes(kept + new) })
    }

    fn frame(&mut self, bytes: &[u8], records: &mut Records<'_>) -> usize {
        assert!(self.in_hand.starts_with(bytes), "the lane offers other bytes than it was given");
        let is_end = self.has_ended && bytes.len() == self.in_hand.len();
        let used = cut(bytes, is_end, records);
        self.in_hand.drain(..used);
        self.framed += used as u64;
        used
    }

    fn unread(&mut self, fragment: &[u8]) {
        assert_eq!(fragment, self.in_hand, "the lane gives back other bytes than it has in hand");
        assert!(!fragment.contains(&b'\n'), "the lane gives back whole records");
        assert!(!self.has_ended, "the lane gives back what would be a record");
        self.fragment = std::mem::take(&mut self.in_hand);
    }

    fn position(&self) -> u64 {
        self.framed
    }

    fn confirm(&mut self, position: u64) {
        assert!(position <= self.framed, "confirmed up to {position}, framed up to {}", self.framed);
        self.feed.state().confirmed.push(position);
    }
}

impl Drop for FedStream {
    fn drop(&mut self) {
        self.feed.state().is_let_go = true;
    }
}

/// Takes from the first chunk what fits.
fn take(chunks: &mut VecDeque<Vec<u8>>, space: &mut [u8]) -> usize {
    let Some(chunk) = chunks.front_mut() else { return 0 };
    let count = chunk.len().min(space.len());
    space[..count].copy_from_slice(&chunk[..count]);
    chunk.drain(..count);
    if chunk.is_empty() {
        chunks.pop_front();
    }
    count
}

fn cut(bytes: &[u8], is_end: bool, records: &mut Records<'_>) -> usize {
    let place = |bytes: usize| u32::try_from(bytes).expect("a small ring");
    let mut start = 0;
    while start < bytes.len() && !records.is_full() {
        match bytes[start..].iter().position(|&byte| byte == b'\n') {
            Some(length) => {
                records.push(place(start), place(length), Flags::TERMINATED);
                start += length + 1;
            }
            None if is_end => {
                records.push(place(start), place(bytes.len() - start), Flags::default());
                start = bytes.len();
            }
            None => break,
        }
    }
    start
}
