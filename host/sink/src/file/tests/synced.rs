//! What is confirmed when, by `fsync`. That the disk has it no test can see without cutting the power.

use super::*;
use crate::failure::Failure;
use std::io::Write;
use std::time::Instant;

const MINUTE: Duration = Duration::from_secs(60);
const BOTH: [Mode; 2] = [Mode::Writev, Mode::Mmap];

#[test]
fn with_batch_a_delivery_is_confirmed_when_deliver_returns() {
    for mode in BOTH {
        let (place, mut lane) = (Place::new(), Lane::new());
        let mut sink = place.open(FileConfig { mode, fsync: Fsync::Batch, ..place.config() }).lane();
        deliver(&mut *sink, &mut lane, &["one", "two"]);
        assert_eq!(sink.flush_at(), None, "{mode:?}");
    }
}

#[test]
fn with_batch_what_the_flush_policy_holds_waits_for_one_sync() {
    let (place, mut lane) = (Place::new(), Lane::new());
    let flush = Flush { max_records: 2, max_age: MINUTE };
    let mut sink = place.open(FileConfig { fsync: Fsync::Batch, flush, ..place.config() }).lane();
    sink.deliver(lane.batch(&[Line::new("one")])).unwrap();
    assert_eq!((lane.returned(), read(place.path()).unwrap()), (vec![], vec![]));
    sink.deliver(lane.batch(&[Line::new("two")])).unwrap();
    assert_eq!((lane.returned(), read(place.path()).unwrap()), (vec![false; 2], b"one\ntwo\n".to_vec()));
}

#[test]
fn with_interval_records_are_written_at_once_and_confirmed_after_it() {
    for mode in BOTH {
        let (place, mut lane) = (Place::new(), Lane::new());
        let flush = Flush { max_records: 100, max_age: Duration::from_millis(1) };
        let mut sink = place.open(FileConfig { mode, flush, fsync: Fsync::Interval(MINUTE), ..place.config() }).lane();
        let before = Instant::now();
        sink.deliver(lane.batch(&[Line::new("one")])).unwrap();
        let sync_at = sink.flush_at().unwrap();
        assert!((before + MINUTE..=Instant::now() + MINUTE).contains(&sync_at), "{mode:?}");
        sink.deliver(lane.batch(&[Line::new("two")])).unwrap();
        assert_eq!(sink.flush_at(), Some(sync_at), "the first that waits decides");
        assert!(read(place.path()).unwrap().starts_with(b"one\ntwo\n"), "{mode:?}");
        assert!(lane.returned().is_empty());
        sink.flush().unwrap();
        assert_eq!((lane.returned(), sink.flush_at()), (vec![false; 2], None));
    }
}

#[test]
fn records_that_wait_for_the_disk_are_lost_with_their_sink() {
    let (place, mut lane) = (Place::new(), Lane::new());
    let mut sink = place.open(FileConfig { fsync: Fsync::Interval(MINUTE), ..place.config() }).lane();
    sink.deliver(lane.batch(&[Line::new("one")])).unwrap();
    drop(sink);
    assert_eq!(lane.returned(), [true]);
}

#[test]
fn a_rotation_keeps_what_waits_for_the_disk_waiting() {
    let (place, mut lane) = (Place::new(), Lane::new());
    let rotate = Some(Rotate { size: Some(4), ..Rotate::default() });
    let mut sink = place.open(FileConfig { fsync: Fsync::Interval(MINUTE), rotate, ..place.config() }).lane();
    for body in ["one", "two", "six"] {
        sink.deliver(lane.batch(&[Line::new(body)])).unwrap();
    }
    assert_eq!((lane.returned(), place.files().len()), (vec![], 3));
    sink.flush().unwrap();
    assert_eq!(lane.returned(), [false; 3]);
}

/// Takes everything, but its disk has failed once.
struct Failing {
    syncs: usize,
}

impl Write for Failing {
    fn write(&mut self, bytes: &[u8]) -> IoResult<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> IoResult<()> {
        Ok(())
    }
}

impl Medium for Failing {
    fn sync(&mut self) -> Result<(), Failure> {
        self.syncs += 1;
        if self.syncs == 1 { Err(Failure::of("sync")(Error::from(ErrorKind::StorageFull))) } else { Ok(()) }
    }
}

#[test]
fn what_could_not_be_synced_is_not_confirmed() {
    for fsync in [Fsync::Batch, Fsync::Interval(MINUTE)] {
        let mut lane = Lane::new();
        let medium: Box<dyn Medium + Send> = Box::new(Failing { syncs: 0 });
        let output = Arc::new(Output::new("disk".into(), medium, true, false));
        let way = Way::Inline {
            output,
            meter: Arc::default(),
            encoding: Encoding::Raw,
            fsync,
            name: "out".into(),
            retry: RETRY,
        };
        let mut sink = way.lane(Flush::AT_ONCE);
        let delivered = sink.deliver(lane.batch(&[Line::new("one")])).and_then(|()| sink.flush());
        assert_eq!((delivered.unwrap_err().to_string(), lane.returned()), ("disk: sync".into(), vec![]));
        drop(sink);
        assert_eq!(lane.returned(), [true], "{fsync:?}");
    }
}
