//! FIFOs whose readers stall, come late, and go away.

use crate::fixture::{Lane, Line, raw};
use crate::{FileConfig, FileTarget, Flush};
use logagent_component::{Sink, SinkError};
use logagent_telemetry::SinkMeter;
use rustix::fs::{CWD, Mode, mkfifoat};
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::PathBuf;
use std::sync::Arc;

struct Fifo {
    path: PathBuf,
    _directory: tempfile::TempDir,
}

impl Fifo {
    fn make() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("fifo");
        mkfifoat(CWD, &path, Mode::RUSR | Mode::WUSR).unwrap();
        Self { path, _directory: directory }
    }

    fn target(&self, meter: &Arc<SinkMeter>) -> FileTarget {
        FileTarget::open(FileConfig::new("out", &self.path), meter.clone()).unwrap()
    }
}

fn read(reader: &mut File, bytes: usize) -> Vec<u8> {
    let mut read = vec![0; bytes];
    reader.read_exact(&mut read).unwrap();
    read
}

#[test]
fn a_fifo_without_a_reader_stops_neither_start_nor_deliver() {
    let (fifo, meter, mut lane) = (Fifo::make(), Arc::default(), Lane::of(4 << 20));
    let mut sink = fifo.target(&meter).lane();
    // Far more than the pipe holds.
    let lines = vec![Line::new(vec![b'x'; 100_000]); 3];
    for _ in 0..10 {
        sink.deliver(lane.batch(&lines)).unwrap();
    }
    assert_eq!((lane.returned().len(), meter.records.get()), (0, 0));
    let mut reader = File::open(&fifo.path).unwrap();
    for _ in 0..10 {
        assert_eq!(read(&mut reader, 300_003), raw(&lines));
        assert!(!lane.wait());
    }
    assert_eq!((meter.records.get(), meter.bytes.get()), (30, 3_000_030));
}

#[test]
fn a_sink_that_is_dropped_writes_what_it_has_and_closes() {
    let (fifo, meter, mut lane) = (Fifo::make(), Arc::default(), Lane::new());
    let mut sink = fifo.target(&meter).lane();
    sink.deliver(lane.batch(&[Line::new("last")])).unwrap();
    drop(sink);
    let mut written = String::new();
    File::open(&fifo.path).unwrap().read_to_string(&mut written).unwrap();
    assert_eq!(written, "last\n");
    assert!(!lane.wait());
}

fn assert_broken(result: Result<(), SinkError>, fifo: &Fifo) {
    let error = result.unwrap_err();
    assert_eq!(error.to_string(), format!("{}: write", fifo.path.display()));
    let SinkError::Write { source, .. } = error;
    assert_eq!(source.kind(), ErrorKind::BrokenPipe);
}

#[test]
fn a_reader_that_goes_away_is_an_error_for_every_lane() {
    let (fifo, meter, mut lane) = (Fifo::make(), Arc::default(), Lane::new());
    let target = fifo.target(&meter);
    let (mut sink, mut other) = (target.lane(), target.lane());
    sink.deliver(lane.batch(&[Line::new("one")])).unwrap();
    let mut reader = File::open(&fifo.path).unwrap();
    assert_eq!(read(&mut reader, 4), b"one\n");
    assert!(!lane.wait());
    drop(reader);
    sink.deliver(lane.batch(&[Line::new("two")])).unwrap();
    assert!(lane.wait(), "what could not be written is lost");
    assert_broken(sink.flush(), &fifo);
    assert_broken(other.deliver(lane.batch(&[Line::new("three")])), &fifo);
}

#[test]
fn a_destination_that_can_not_be_opened_is_an_error_later() {
    let (fifo, mut lane) = (Fifo::make(), Lane::new());
    let open = || Err::<crate::pen::Pen<File>, _>(ErrorKind::PermissionDenied.into());
    let detached = super::Detached::start("gone".into(), "out", open).unwrap();
    let mut sink = crate::held::Held::new(Arc::new(detached), Flush::AT_ONCE);
    // Refused or lost, it is not confirmed.
    drop(sink.deliver(lane.batch(&[Line::new("one")])));
    let Err(error) = sink.flush() else {
        assert!(lane.wait());
        return assert_eq!(sink.flush().unwrap_err().to_string(), "gone: open");
    };
    assert_eq!(error.to_string(), "gone: open");
    drop(fifo);
}
