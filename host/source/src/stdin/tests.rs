//! Standard input, played by a pipe or a file.

use super::*;
use crate::testing::{MiniLane, Running, split, text, until};
use logagent_component::{Read, Records};
use logagent_record::Descriptor;
use proptest::prelude::*;
use std::io::{PipeWriter, Write, pipe};

/// A stream of a pipe without its source's thread.
fn lane(max_record_bytes: usize) -> (PipeWriter, MiniLane) {
    let (reader, writer) = pipe().unwrap();
    let source = StdinSource::of(Arc::new(reader), "s".into(), 0, max_record_bytes);
    let shared = Arc::new(Shared { ready: Ready::new(), is_over: AtomicBool::new(false) });
    (writer, MiniLane::new(Box::new(StdinStream::new(&source, shared, Arc::default()))))
}

fn run(input: Input) -> Running {
    let mut running = Running::start(StdinSource::of(input, "s".into(), 0, 100));
    until("the stream", || {
        running.round();
        !running.lanes.is_empty()
    });
    running
}

#[test]
fn an_empty_pipe_does_not_hold_the_lane_up() {
    let (_writer, mut lane) = lane(100);
    assert_eq!(lane.read(100), Read::Idle);
    assert!(!lane.stream.is_ready());
}

#[test]
fn an_unfinished_line_is_kept_until_the_end_and_is_a_record_then() {
    let (mut writer, mut lane) = lane(100);
    writer.write_all(b"a\nb").unwrap();
    lane.read(100);
    lane.frame(10);
    assert_eq!(lane.take(), ["a"]);
    drop(writer);
    lane.drain();
    assert_eq!((lane.take(), lane.has_ended), (vec!["b".to_owned()], true));
}

#[test]
fn the_end_may_be_found_before_the_last_line_is_framed() {
    let (mut writer, mut lane) = lane(100);
    writer.write_all(b"a\nb").unwrap();
    drop(writer);
    assert_eq!((lane.read(100), lane.read(100)), (Read::Bytes(3), Read::Ended));
    lane.frame(1);
    assert_eq!(lane.take(), ["a", "b"]);
}

#[test]
fn an_unfinished_line_is_no_record_where_more_of_what_was_read_follows() {
    let (mut writer, mut lane) = lane(100);
    writer.write_all(b"ab").unwrap();
    drop(writer);
    assert_eq!((lane.read(100), lane.read(100)), (Read::Bytes(2), Read::Ended));
    let mut table = [Descriptor::default(); 2];
    let mut records = Records::new(&mut table);
    assert_eq!(lane.stream.frame(b"a", &mut records), 0);
    assert_eq!(lane.stream.frame(b"ab", &mut records), 2);
}

#[test]
fn an_unfinished_line_is_not_given_again_for_each_byte_that_comes() {
    let (mut writer, mut lane) = lane(4096);
    for _ in 0..1000 {
        writer.write_all(b"x").unwrap();
        lane.read(4096);
        lane.frame(10);
    }
    assert_eq!(lane.bytes, 1);
    writer.write_all(b"\n").unwrap();
    lane.drain();
    assert_eq!((lane.take(), lane.bytes), (vec!["x".repeat(1000)], 1 + 1001));
}

#[test]
fn the_source_wakes_the_lane_for_new_bytes_and_returns_at_the_end() {
    let (reader, mut writer) = pipe().unwrap();
    let mut running = run(Arc::new(reader));
    for line in ["a", "b", "c"] {
        until("the lane has read all", || {
            running.round();
            !running.lanes[0].stream.is_ready()
        });
        let wakes = running.wakes.count();
        writeln!(writer, "{line}").unwrap();
        until("a wake", || running.wakes.count() > wakes);
        running.expect(&[line]);
    }
    drop(writer);
    until("the end", || {
        running.round();
        running.lanes[0].has_ended
    });
    running.join();
}

#[test]
fn the_source_returns_when_it_is_stopped_or_its_stream_dropped() {
    let (reader, _writer) = pipe().unwrap();
    run(Arc::new(reader)).stop();

    let (reader, _writer) = pipe().unwrap();
    let mut running = run(Arc::new(reader));
    running.lanes.clear();
    running.join();
}

#[test]
fn a_regular_file_and_an_empty_input_are_read_to_their_end() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "a\nb").unwrap();
    for (path, expected) in [(file.path(), &["a", "b"][..]), ("/dev/null".as_ref(), &[])] {
        let mut running = run(Arc::new(std::fs::File::open(path).unwrap()));
        running.expect(expected);
        assert!(running.join()[0].has_ended, "{}", path.display());
    }
}

proptest! {
    #[test]
    fn any_order_of_writes_reads_and_framings_gives_the_same_records(
        bytes in text(),
        max in 1_usize..12,
        steps in proptest::collection::vec((0_usize..4, 1_usize..30), 0..60),
    ) {
        let (mut writer, mut lane) = lane(max);
        let mut rest = &bytes[..];
        for (step, amount) in steps {
            match step {
                0 => {
                    let (now, later) = rest.split_at(amount.min(rest.len()));
                    writer.write_all(now).unwrap();
                    rest = later;
                }
                1 => _ = lane.read(amount),
                2 => _ = lane.frame_some(amount),
                _ => lane.frame(amount),
            }
        }
        writer.write_all(rest).unwrap();
        drop(writer);
        for _ in 0..bytes.len() + 2 {
            lane.read(max + 1);
            lane.frame(1);
        }
        prop_assert!(lane.has_ended);
        prop_assert_eq!(lane.stream.position(), bytes.len() as u64);
        prop_assert_eq!((lane.lines, lane.truncated), split(&bytes, max));
    }
}
