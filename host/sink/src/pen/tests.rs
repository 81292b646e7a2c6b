//! That what is written is what the records say, whatever the runs, the room and the writer.

use super::*;
use crate::fixture::{Lane, Line, Stingy, raw as expected};
use proptest::prelude::*;

/// What `raw::write` makes of the deliveries with a room and a threshold.
fn raw_bytes(deliveries: &[Delivery], room: usize, collect_below: usize) -> Vec<u8> {
    let mut written = Vec::new();
    let put = |slices: &mut [IoSlice<'_>]| {
        assert!(!slices.is_empty());
        let before = written.len();
        slices.iter().for_each(|slice| written.extend_from_slice(slice));
        assert!(written.len() > before && written.ends_with(b"\n"), "each put holds whole records");
        Ok::<_, std::convert::Infallible>(())
    };
    let Ok(()) = raw::write(deliveries, &mut vec![0; room], collect_below, put);
    written
}

fn slices(deliveries: &[Delivery], collect_below: usize) -> usize {
    let mut count = 0;
    let put = |slices: &mut [IoSlice<'_>]| {
        count += slices.len();
        Ok::<_, std::convert::Infallible>(())
    };
    let Ok(()) = raw::write(deliveries, &mut vec![0; 1 << 16], collect_below, put);
    count
}

#[test]
fn records_that_lie_back_to_back_are_one_slice_of_the_ring() {
    let mut lane = Lane::new();
    let delivery = [lane.batch(&["one", "", "three"].map(Line::new))];
    assert_eq!((raw_bytes(&delivery, 9, 1), slices(&delivery, 1)), (b"one\n\nthree\n".to_vec(), 1));
}

#[test]
fn dropped_moved_and_unterminated_records_part_the_runs() {
    let mut lane = Lane::new();
    let mut lines: Vec<_> = "abcdefgh".chars().map(|body| Line::new(String::from(body))).collect();
    lines[1].is_dropped = true;
    lines[3].is_moved = true;
    lines[5].is_unterminated = true;
    let delivery = [lane.batch(&lines)];
    // a | c | d and newline | e f and newline | g h: each newline that is missing is a slice, collected.
    assert_eq!((raw_bytes(&delivery, 9, 1), slices(&delivery, 1)), (expected(&lines), 7));
}

#[test]
fn a_run_over_the_rings_end_is_one_slice() {
    let mut lane = Lane::new();
    drop(lane.batch(&[Line::new(vec![b'x'; 60 << 10])]));
    assert_eq!(lane.returned(), [true]);
    let lines = vec![Line::new("0123456789".repeat(90)); 10];
    let delivery = [lane.batch(&lines)];
    assert!(delivery[0].descriptors()[9].body_at > 64 << 10);
    assert_eq!((raw_bytes(&delivery, 9, 1), slices(&delivery, 1)), (expected(&lines), 1));
}

#[test]
fn more_runs_than_a_call_takes_make_more_calls() {
    let mut lane = Lane::of(1 << 20);
    let mut lines = vec![Line::new("kept"); 5000];
    lines.iter_mut().step_by(2).for_each(|line| line.is_dropped = true);
    let delivery = [lane.batch(&lines)];
    assert_eq!((raw_bytes(&delivery, 1, 1), slices(&delivery, 1)), (expected(&lines), 2500));
}

fn pen(encoding: Encoding, writer: Stingy) -> Pen<Stingy> {
    let output = Output::new("t".into(), writer, encoding.has_lines(), false);
    Pen::new(Arc::new(output), Arc::default(), encoding)
}

#[test]
fn what_was_written_whole_is_confirmed_and_counted() {
    let mut lane = Lane::new();
    let mut pen = pen(Encoding::Raw, Stingy::new(3, usize::MAX));
    let mut deliveries = vec![lane.batch(&[Line::new("one")]), lane.batch(&[]), lane.batch(&[Line::new("two")])];
    pen.write(&mut deliveries, Delivery::confirm).unwrap();
    assert_eq!((deliveries.len(), lane.returned()), (0, vec![false; 3]));
    assert_eq!((pen.meter.records.get(), pen.meter.bytes.get()), (2, 8));
}

#[test]
fn a_full_disk_keeps_what_does_not_fit_and_confirms_the_groups_before() {
    for encoding in [Encoding::Raw, Encoding::Json, Encoding::Msgpack] {
        let mut lane = Lane::of(2 << 20);
        let lines = vec![Line::new(vec![b'x'; 100 << 10]); 3];
        let mut pen = pen(encoding, Stingy::new(usize::MAX, 500 << 10));
        let mut deliveries = vec![lane.batch(&lines), lane.batch(&lines)];
        let error = pen.write(&mut deliveries, Delivery::confirm).unwrap_err();
        assert_eq!(error.source.kind(), std::io::ErrorKind::StorageFull, "{encoding:?}");
        assert_eq!((deliveries.len(), lane.returned(), pen.meter.records.get()), (1, vec![false], 3), "{encoding:?}");
        drop(deliveries);
        assert_eq!(lane.returned(), [true], "{encoding:?}");
    }
}

#[test]
fn large_deliveries_are_groups_of_their_own_and_small_ones_share() {
    let mut lane = Lane::of(2 << 20);
    let (large, small) = (Line::new(vec![0; 300 << 10]), Line::new("x"));
    let sizes = [&small, &small, &large, &large, &small];
    let deliveries: Vec<_> = sizes.iter().map(|&line| lane.batch(std::slice::from_ref(line))).collect();
    assert_eq!([0, 3, 4].map(|from| group(&deliveries[from..])), [3, 1, 1]);
}

fn line() -> impl Strategy<Value = Line> {
    let body = prop_oneof![Just(vec![]), prop::collection::vec(any::<u8>(), 0..20), Just(vec![b'l'; 300])];
    let flags = (prop::bool::weighted(0.2), prop::bool::weighted(0.3), prop::bool::weighted(0.2));
    (body, flags).prop_map(|(body, (is_unterminated, is_dropped, is_moved))| Line {
        body,
        is_unterminated,
        is_dropped,
        is_moved,
        ..Line::default()
    })
}

/// A disk that is made larger bit by bit, and takes back what a failed write has left.
struct Growing(Stingy);

impl std::io::Write for Growing {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write(bytes)
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> std::io::Result<usize> {
        self.0.write_vectored(slices)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Medium for Growing {
    fn make_way(&mut self, _bytes: u64) -> Result<Option<crate::medium::Begun>, Failure> {
        self.0.space += 97;
        Ok(None)
    }

    fn undo(&mut self, bytes: u64) -> bool {
        let left = self.0.written.len() - usize::try_from(bytes).unwrap();
        self.0.written.truncate(left);
        true
    }
}

fn growing(space: usize, encoding: Encoding) -> Pen<Growing> {
    let output = Output::new("t".into(), Growing(Stingy::new(100 << 10, space)), encoding.has_lines(), false);
    Pen::new(Arc::new(output), Arc::default(), encoding)
}

fn bytes(pen: Pen<Growing>) -> Vec<u8> {
    Arc::into_inner(pen.output).unwrap().into_writer().0.written
}

#[test]
fn a_group_of_several_writes_goes_on_behind_those_that_went_well() {
    let mut lane = Lane::of(4 << 20);
    let lines = vec![Line::new(vec![b'x'; 100 << 10]); 5];
    let (mut first, mut second) = (vec![lane.batch(&lines)], vec![lane.batch(&lines)]);
    let mut pen = growing(350 << 10, Encoding::Json);
    assert!(pen.write(&mut first, Delivery::confirm).is_err());
    assert!(pen.written > 256 << 10, "{}", pen.written);
    while pen.write(&mut first, Delivery::confirm).is_err() {}
    let mut at_once = growing(1 << 30, Encoding::Json);
    at_once.write(&mut second, Delivery::confirm).unwrap();
    assert!(bytes(pen) == bytes(at_once));
}

proptest! {
    #[test]
    fn what_is_tried_again_is_written_once_while_more_comes(
        batches in prop::collection::vec(prop::collection::vec(line(), 0..30), 1..6),
        encoding in prop_oneof![Just(Encoding::Raw), Just(Encoding::Json), Just(Encoding::Msgpack)],
    ) {
        let mut lane = Lane::new();
        let mut pen = growing(0, encoding);
        let mut waiting = Vec::new();
        let mut others = Vec::new();
        for lines in &batches {
            waiting.push(lane.batch(lines));
            others.push(lane.batch(lines));
            drop(pen.write(&mut waiting, Delivery::confirm));
        }
        while !waiting.is_empty() {
            drop(pen.write(&mut waiting, Delivery::confirm));
        }
        let mut at_once = growing(1 << 30, encoding);
        at_once.write(&mut others, Delivery::confirm).unwrap();
        prop_assert_eq!(pen.meter.bytes.get(), at_once.meter.bytes.get());
        prop_assert_eq!(bytes(pen), bytes(at_once));
    }

    #[test]
    fn raw_is_every_body_and_a_newline(
        batches in prop::collection::vec(prop::collection::vec(line(), 0..30), 0..4),
        room in 1_usize..2000,
        collect_below in 0_usize..1000,
    ) {
        let mut lane = Lane::new();
        let deliveries: Vec<_> = batches.iter().map(|lines| lane.batch(lines)).collect();
        prop_assert_eq!(raw_bytes(&deliveries, room, collect_below), expected(&batches.concat()));
    }
}
