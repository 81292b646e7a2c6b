//! Deliveries from a real ring, sinks that a test tells what to do, and disks that fail, for the crate's tests.

use crate::disk::{Disk, System};
use crate::{BufferConfig, BufferError, BufferTarget, Fsync, Open, Settings, WhenFull};
use logagent_component::{Delivery, Sink, SinkError, StreamInfo};
use logagent_record::{Descriptor, Flags};
use logagent_ring::Writer;
use logagent_telemetry::{BufferCounts, SinkMeter};
use std::fs::File;
use std::io::{Error, ErrorKind, IoSlice, Result};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Waker;
use std::time::Instant;

/// A lane's ring.
pub(crate) struct Lane(Writer);

impl Lane {
    pub(crate) fn new() -> Self {
        Self(Writer::create(1 << 20, Waker::noop().clone()).unwrap())
    }

    fn put(&mut self, bytes: &[u8]) -> u32 {
        let place = self.0.place(self.0.head());
        self.0.space(bytes.len()).copy_from_slice(bytes);
        self.0.advance(bytes.len());
        u32::try_from(place).unwrap()
    }

    /// Publishes these bodies as one batch. Every third has attributes and is not terminated; an `x` lies before each fifth, as
    /// a dropped record does.
    pub(crate) fn batch<B: AsRef<[u8]>>(&mut self, bodies: &[B]) -> Delivery {
        while self.0.reclaim().is_some() {}
        let mut table = Vec::new();
        for (index, body) in bodies.iter().map(AsRef::as_ref).enumerate() {
            if index.is_multiple_of(5) {
                self.put(b"x\n");
            }
            let body_at = self.put(body);
            let mut record =
                Descriptor { body_at, body_len: u32::try_from(body.len()).unwrap(), ..Descriptor::default() };
            record.severity = u8::try_from(index % 25).unwrap();
            record.time_unix_nano = index as u64;
            if index.is_multiple_of(3) {
                (record.attrs_at, record.attrs_len) = (self.put(b"\x81\xa1a\x01"), 4);
            } else {
                record.flags = Flags::TERMINATED;
                self.put(b"\n");
            }
            table.push(record);
        }
        let gap = self.0.head().next_multiple_of(32) - self.0.head();
        self.0.advance(usize::try_from(gap).unwrap());
        let at = self.put(bytemuck::cast_slice(&table)) as usize;
        let stream =
            StreamInfo { source: 1, source_name: "app".into(), name: "a.log".into(), attributes: [0x80].into() };
        Delivery {
            span: self.0.publish(self.0.head()).unwrap(),
            table: at..at + table.len() * Descriptor::BYTES,
            bytes: 0,
            read_at: Instant::now(),
            observed_unix_nano: 7,
            streams: Arc::new([Some(Arc::new(stream))]),
        }
    }

    /// How many deliveries are not confirmed.
    pub(crate) fn out(&mut self) -> usize {
        while let Some(returned) = self.0.reclaim() {
            assert!(!returned.lost, "a delivery was lost");
        }
        self.0.outstanding()
    }
}

/// What a sink does with what it is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mood {
    #[default]
    Takes,
    /// Keeps it, and confirms nothing.
    Stalls,
    /// Keeps it, and fails.
    Fails,
    /// Drops it.
    Loses,
    Panics,
}

/// The sink behind a buffer, as the test sees it.
#[derive(Clone, Default)]
pub(crate) struct Behind {
    pub(crate) bodies: Arc<Mutex<Vec<Vec<u8>>>>,
    mood: Arc<Mutex<Mood>>,
    pub(crate) opened: Arc<AtomicU64>,
}

impl Behind {
    pub(crate) fn set(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    pub(crate) fn bodies(&self) -> Vec<String> {
        let bodies = self.bodies.lock().unwrap();
        bodies.iter().map(|body| String::from_utf8_lossy(body).into_owned()).collect()
    }

    pub(crate) fn open(&self) -> Open {
        let behind = self.clone();
        Box::new(move || {
            behind.opened.fetch_add(1, Ordering::Relaxed);
            Ok(Box::new(End { behind: behind.clone(), held: Vec::new() }))
        })
    }
}

struct End {
    behind: Behind,
    held: Vec<Delivery>,
}

impl End {
    fn go_on(&mut self) -> std::result::Result<(), SinkError> {
        let mood = *self.behind.mood.lock().unwrap();
        match mood {
            Mood::Stalls => Ok(()),
            Mood::Panics => panic!("the sink has a defect"),
            Mood::Loses => {
                self.held.clear();
                Ok(())
            }
            Mood::Fails => {
                let source = Error::from(ErrorKind::ConnectionRefused);
                Err(SinkError::Write { target: "there".into(), action: "send", source })
            }
            Mood::Takes => {
                let mut bodies = self.behind.bodies.lock().unwrap();
                for delivery in self.held.drain(..) {
                    for (index, record) in delivery.descriptors().iter().enumerate() {
                        check(&delivery, record, index);
                        bodies.push(delivery.body(record).to_vec());
                    }
                    delivery.confirm();
                }
                Ok(())
            }
        }
    }
}

/// All but the body is as `Lane::batch` makes it.
fn check(delivery: &Delivery, record: &Descriptor, index: usize) {
    let body = delivery.body(record);
    if let Some(first) = body.strip_prefix(b"#") {
        // Batches whose entries are split or whose order matters name their own index.
        assert_eq!(std::str::from_utf8(first).unwrap().split(' ').next(), Some(index.to_string().as_str()));
        let attributes: &[u8] = if index.is_multiple_of(3) { b"\x81\xa1a\x01" } else { &[] };
        assert_eq!(delivery.attributes(record), attributes);
        assert_eq!((usize::from(record.severity), record.time_unix_nano), (index % 25, index as u64));
    }
    if record.flags.contains(Flags::TERMINATED) {
        assert_eq!(delivery.span.bytes(record.body().end..record.body().end + 1), b"\n");
    }
    let stream = delivery.stream(record).expect("a stream");
    assert_eq!((&*stream.source_name, &*stream.name, &*stream.attributes), ("app", "a.log", &[0x80][..]));
    assert_eq!(delivery.observed_unix_nano, 7);
}

impl Sink for End {
    fn deliver(&mut self, delivery: Delivery) -> std::result::Result<(), SinkError> {
        self.held.push(delivery);
        self.go_on()
    }

    fn flush_at(&self) -> Option<Instant> {
        let is_waiting = !self.held.is_empty() && *self.behind.mood.lock().unwrap() != Mood::Stalls;
        is_waiting.then(|| self.held[0].read_at)
    }

    fn flush(&mut self) -> std::result::Result<(), SinkError> {
        self.go_on()
    }
}

/// A disk that fails when it is told to.
#[derive(Clone, Default)]
pub(crate) struct Faulty {
    pub(crate) refuses_opens: Arc<AtomicBool>,
    pub(crate) refuses_writes: Arc<AtomicBool>,
    pub(crate) refuses_syncs: Arc<AtomicBool>,
}

impl Disk for Faulty {
    fn open(&self, path: &Path) -> Result<File> {
        // EMFILE
        if self.refuses_opens.load(Ordering::Relaxed) { Err(Error::from_raw_os_error(24)) } else { System.open(path) }
    }

    fn write(&self, file: &File, slices: &[IoSlice<'_>], at: u64) -> Result<usize> {
        if self.refuses_writes.load(Ordering::Relaxed) {
            // Some of it is written before the disk is full.
            System.write(file, &slices[..1], at)?;
            return Err(ErrorKind::StorageFull.into());
        }
        System.write(file, slices, at)
    }

    fn sync(&self, file: &File) -> Result<()> {
        // EIO
        if self.refuses_syncs.load(Ordering::Relaxed) { Err(Error::from_raw_os_error(5)) } else { System.sync(file) }
    }
}

/// A buffer in this directory, small enough to be filled.
pub(crate) fn config(directory: &Path) -> BufferConfig {
    BufferConfig {
        name: "out".into(),
        directory: directory.join("buffer"),
        settings: Settings {
            max_bytes: 1 << 20,
            max_age: None,
            when_full: WhenFull::Wait,
            fsync: Fsync::Never,
            segment_bytes: 64 << 10,
        },
        key_file: None,
        ring_bytes: 1 << 20,
        letterbox: None,
    }
}

/// A buffer with what the tests look at.
pub(crate) struct Rig {
    pub(crate) target: BufferTarget,
    pub(crate) meter: Arc<SinkMeter>,
    /// The threads that have panicked.
    pub(crate) panicked: Arc<Mutex<Vec<String>>>,
}

impl Rig {
    pub(crate) fn open(config: BufferConfig, behind: &Behind) -> std::result::Result<Self, BufferError> {
        let mut opened = Self::open_on(Box::new(System), config.clone(), behind);
        // A child that another test starts holds the lock of a buffer that was open then, until it runs its program.
        logagent_testkit::until("nobody has the buffer", || {
            let is_in_use = matches!(opened, Err(BufferError::InUse { .. }));
            if is_in_use {
                opened = Self::open_on(Box::new(System), config.clone(), behind);
            }
            !is_in_use
        });
        opened
    }

    pub(crate) fn open_on(
        disk: Box<dyn Disk>,
        config: BufferConfig,
        behind: &Behind,
    ) -> std::result::Result<Self, BufferError> {
        let meter = Arc::<SinkMeter>::default();
        let panicked = Arc::<Mutex<Vec<String>>>::default();
        let told = panicked.clone();
        let tell = Arc::new(move |name: &str| told.lock().unwrap().push(name.to_owned()));
        let target = BufferTarget::open_on(disk, config, behind.open(), meter.clone(), tell)?;
        Ok(Self { target, meter, panicked })
    }

    pub(crate) fn counts(&self) -> BufferCounts {
        self.meter.buffer.counts().unwrap()
    }

    /// Waits until all has arrived.
    pub(crate) fn drained(&self) {
        logagent_testkit::until("the buffer is empty", || self.target.running().is_drained());
    }

    /// Ends it, and leaves what is there for the next.
    pub(crate) fn end(self) {
        self.target.running().finish(|_| false);
        let store = self.target.running().store();
        drop(self);
        logagent_testkit::until("the buffer is let go of", || store.strong_count() == 0);
    }
}
