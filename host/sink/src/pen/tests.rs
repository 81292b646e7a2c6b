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

proptest! {
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
