//! Real deliveries from a real ring, and writers that misbehave, for tests and benchmarks. Not for the crate.
#![allow(dead_code, reason = "each test and benchmark uses another part")]

use logagent_component::{Delivery, StreamInfo};
use logagent_record::{Descriptor, Flags};
use logagent_ring::Writer;
use std::io::{Error, ErrorKind, IoSlice, Result, Write};
use std::sync::Arc;
use std::task::{Wake, Waker};
use std::thread::Thread;
use std::time::{Duration, Instant};

/// The nanoseconds at which all batches were read.
pub const OBSERVED: u64 = 1_700_000_000_123_456_789;

/// A record to be.
#[derive(Clone, Debug, Default)]
pub struct Line {
    pub body: Vec<u8>,
    pub is_unterminated: bool,
    /// Lies in the ring, but not in the table.
    pub is_dropped: bool,
    /// Lies behind all others, as an edited body does; never terminated.
    pub is_moved: bool,
    pub attributes: Vec<u8>,
    pub time: u64,
    pub severity: u8,
}

impl Line {
    pub fn new(body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..Self::default() }
    }
}

/// A ring and its streams.
pub struct Lane {
    pub writer: Writer,
    pub stream: Vec<u8>,
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

impl Lane {
    pub fn new() -> Self {
        Self::of(64 << 10)
    }

    pub fn of(bytes: usize) -> Self {
        let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
        Self { writer: Writer::create(bytes, waker).unwrap(), stream: Vec::new() }
    }

    fn put(&mut self, bytes: &[u8]) -> u32 {
        let place = self.writer.place(self.writer.head());
        self.writer.space(bytes.len()).copy_from_slice(bytes);
        self.writer.advance(bytes.len());
        u32::try_from(place).unwrap()
    }

    fn put_body(&mut self, line: &Line) -> Descriptor {
        let at = self.put(&line.body);
        let flags = if line.is_unterminated || line.is_moved { Flags::default() } else { Flags::TERMINATED };
        if flags == Flags::TERMINATED {
            self.put(b"\n");
        }
        let body_len = u32::try_from(line.body.len()).unwrap();
        let (time_unix_nano, severity) = (line.time, line.severity);
        Descriptor { body_at: at, body_len, flags, time_unix_nano, severity, ..Descriptor::default() }
    }

    /// Publishes the lines as one batch.
    pub fn batch(&mut self, lines: &[Line]) -> Delivery {
        let mut table = vec![Descriptor::default(); lines.len()];
        for is_moved in [false, true] {
            for (line, record) in lines.iter().zip(&mut table).filter(|(line, _)| line.is_moved == is_moved) {
                *record = self.put_body(line);
            }
        }
        for (line, record) in lines.iter().zip(&mut table) {
            record.attrs_at = self.put(&line.attributes);
            record.attrs_len = u32::try_from(line.attributes.len()).unwrap();
        }
        let mut dropped = lines.iter().map(|line| line.is_dropped);
        table.retain(|_| !dropped.next().unwrap());
        self.publish(&table)
    }

    fn publish(&mut self, table: &[Descriptor]) -> Delivery {
        let gap = self.writer.head().next_multiple_of(32) - self.writer.head();
        self.writer.advance(usize::try_from(gap).unwrap());
        let at = self.put(bytemuck::cast_slice(table)) as usize;
        let span = self.writer.publish(self.writer.head()).unwrap();
        let (source_name, attributes) = ("test".into(), self.stream.clone().into());
        Delivery {
            span,
            table: at..at + table.len() * Descriptor::BYTES,
            bytes: table.iter().map(|record| u64::from(record.body_len) + 1).sum(),
            read_at: Instant::now(),
            observed_unix_nano: OBSERVED,
            streams: Arc::new([Some(Arc::new(StreamInfo {
                source: 0,
                source_name,
                name: "stream".into(),
                attributes,
            }))]),
        }
    }

    /// Whether each of the spans that have come back was lost.
    pub fn returned(&mut self) -> Vec<bool> {
        std::iter::from_fn(|| self.writer.reclaim()).map(|returned| returned.lost).collect()
    }

    /// The same of the next that comes back; panics where none does.
    pub fn wait(&mut self) -> bool {
        let mut patience = logagent_testkit::Patience::default();
        loop {
            if let Some(returned) = self.writer.reclaim() {
                return returned.lost;
            }
            assert!(patience.lasts(), "nothing came back");
            std::thread::park_timeout(Duration::from_secs(1));
        }
    }
}

/// What `raw` makes of the lines.
pub fn raw(lines: &[Line]) -> Vec<u8> {
    let kept = lines.iter().filter(|line| !line.is_dropped);
    kept.flat_map(|line| line.body.iter().copied().chain(*b"\n")).collect()
}

/// A writer that takes few bytes at a time, is interrupted in between, and has only so much space.
pub struct Stingy {
    pub written: Vec<u8>,
    pub most: usize,
    pub space: usize,
    is_interrupted: bool,
}

impl Stingy {
    pub fn new(most: usize, space: usize) -> Self {
        Self { written: Vec::new(), most, space, is_interrupted: false }
    }
}

impl Write for Stingy {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.write_vectored(&[IoSlice::new(bytes)])
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> Result<usize> {
        self.is_interrupted = !self.is_interrupted;
        if self.is_interrupted {
            return Err(ErrorKind::Interrupted.into());
        }
        let most = self.most.min(self.space - self.written.len().min(self.space));
        if most == 0 {
            return Err(Error::from(ErrorKind::StorageFull));
        }
        let before = self.written.len();
        self.written.extend(slices.iter().flat_map(|slice| slice.iter()).take(most));
        Ok(self.written.len() - before)
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}
