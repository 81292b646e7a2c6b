//! One file's stream, called as a lane calls it.

use super::*;
use crate::Multiline;
use crate::file::open::Owner;
use crate::testing::{MiniLane, Wakes, split, text, until};
use logagent_record::{Descriptor, Flags};
use proptest::prelude::*;
use std::fs::File;
use std::io::Write;
use std::time::Duration;
use tempfile::NamedTempFile;

const MAX_RECORD_BYTES: usize = 8;

struct Fixture {
    written: NamedTempFile,
    file: Arc<OpenFile>,
    lane: MiniLane,
}

/// A stream of a file that holds `bytes`.
fn fixture(bytes: &[u8], max_record_bytes: usize, once: bool) -> Fixture {
    fixture_of(bytes, Lines::new(max_record_bytes), once)
}

/// The same, where a record begins with a `>`.
fn joining(bytes: &[u8], timeout: Duration, once: bool) -> Fixture {
    fixture_of(bytes, Lines::new(100).joined(Some(Multiline::start("^>", timeout).unwrap())), once)
}

fn fixture_of(bytes: &[u8], lines: Lines, once: bool) -> Fixture {
    let mut written = NamedTempFile::new().unwrap();
    written.write_all(bytes).unwrap();
    let (file, _) = OpenFile::open(written.path(), &Owner::default()).unwrap().unwrap();
    let file = Arc::new(file);
    let lane = MiniLane::new(Box::new(FileStream::new(file.clone(), 0, lines, once)));
    Fixture { written, file, lane }
}

impl Fixture {
    /// Appends, as an event would tell.
    fn append(&mut self, bytes: &[u8]) {
        self.written.write_all(bytes).unwrap();
        self.file.ready.raise();
    }
}

#[test]
fn lines_come_as_the_file_grows_and_the_unfinished_one_waits() {
    let mut fixture = fixture(b"a\nb", MAX_RECORD_BYTES, false);
    fixture.lane.drain();
    assert_eq!((fixture.lane.take(), fixture.lane.stream.position()), (vec!["a".to_owned()], 2));
    assert!(!fixture.lane.stream.is_ready());
    fixture.append(b"c\n");
    fixture.lane.drain();
    assert_eq!((fixture.lane.take(), fixture.lane.stream.position()), (vec!["bc".to_owned()], 5));
}

#[test]
fn a_read_that_fills_its_space_stays_ready_and_one_that_comes_to_the_end_waits_for_more() {
    let mut fixture = fixture(b"a\nb\n", MAX_RECORD_BYTES, false);
    assert_eq!(fixture.lane.read(3), Read::Bytes(3));
    assert!(fixture.lane.stream.is_ready());
    assert_eq!(fixture.lane.read(100), Read::Bytes(1));
    assert!(!fixture.lane.stream.is_ready());
    let (wakes, waker) = Wakes::new();
    fixture.lane.stream.register(waker);
    fixture.append(b"b\n");
    assert_eq!((fixture.lane.stream.is_ready(), wakes.count()), (true, 1));
}

#[test]
fn an_unfinished_line_is_not_read_again_for_each_byte_that_comes() {
    let mut fixture = fixture(b"", 4096, false);
    for _ in 0..1000 {
        fixture.append(b"x");
        fixture.lane.drain();
    }
    assert_eq!(fixture.lane.bytes, 1, "only the first byte was given, then none until the line is finished");
    fixture.append(b"\n");
    fixture.lane.drain();
    assert_eq!((fixture.lane.take(), fixture.lane.bytes), (vec!["x".repeat(1000)], 1 + 1001));
}

#[test]
fn an_unfinished_line_is_split_as_soon_as_it_is_too_long() {
    let mut fixture = fixture(b"12345678", MAX_RECORD_BYTES, false);
    fixture.lane.drain();
    assert_eq!(fixture.lane.take(), [""; 0]);
    fixture.append(b"9");
    fixture.lane.drain();
    assert_eq!((&fixture.lane.lines[..], fixture.lane.truncated), (&[(b"12345678".to_vec(), Flags::CONTINUED)][..], 1));
    fixture.append(b"\n");
    fixture.lane.drain();
    assert_eq!((fixture.lane.lines[1].clone(), fixture.lane.truncated), ((b"9".to_vec(), Flags::TERMINATED), 1));
}

#[test]
fn the_last_line_of_a_file_that_is_read_once_is_a_record_in_either_order() {
    for reads in [1, 2, 3] {
        let mut fixture = fixture(b"a\nb", MAX_RECORD_BYTES, true);
        for _ in 0..4 {
            (0..reads).for_each(|_| _ = fixture.lane.read(100));
            fixture.lane.frame(10);
        }
        assert!(fixture.lane.has_ended);
        assert_eq!(fixture.lane.take(), ["a", "b"], "{reads} reads before each framing");
    }
}

#[test]
fn an_unfinished_line_is_no_record_where_more_of_what_was_read_follows() {
    let mut fixture = fixture(b"ab", MAX_RECORD_BYTES, true);
    assert_eq!((fixture.lane.read(100), fixture.lane.read(100)), (Read::Bytes(2), Read::Ended));
    let mut table = [Descriptor::default(); 2];
    let mut records = Records::new(&mut table);
    assert_eq!(fixture.lane.stream.frame(b"a", &mut records), 0);
    assert_eq!(fixture.lane.stream.frame(b"ab", &mut records), 2);
}

#[test]
fn an_empty_file_that_is_read_once_ends_at_once() {
    assert_eq!(fixture(b"", MAX_RECORD_BYTES, true).lane.read(100), Read::Ended);
}

#[test]
fn a_retired_file_ends_where_nothing_more_is_found() {
    let mut fixture = fixture(b"a\nb", MAX_RECORD_BYTES, false);
    fixture.lane.drain();
    fixture.append(b"c");
    fixture.file.retire();
    fixture.lane.drain();
    assert!(!fixture.lane.has_ended, "it was written after all");
    fixture.file.retire();
    fixture.lane.drain();
    assert_eq!((fixture.lane.take(), fixture.lane.has_ended), (vec!["a".to_owned(), "bc".to_owned()], true));
}

#[test]
fn a_truncated_file_is_read_from_its_start_and_the_position_still_grows() {
    let mut fixture = fixture(b"aaa\nbbb\n", MAX_RECORD_BYTES, false);
    fixture.lane.drain();
    std::fs::write(fixture.written.path(), "c\n").unwrap();
    fixture.file.ready.raise();
    fixture.lane.drain();
    assert_eq!(
        (fixture.lane.take(), fixture.lane.stream.position()),
        (["aaa", "bbb", "c"].map(String::from).to_vec(), 10)
    );
}

#[test]
fn a_file_that_was_cut_and_has_grown_beyond_its_old_place_starts_again() {
    for replaced in ["ccc\nddd\n", "ccc\nddd\neee\n"] {
        for unfinished in ["", "un"] {
            let mut fixture = fixture(format!("aaa\nbbb\n{unfinished}").as_bytes(), MAX_RECORD_BYTES, false);
            fixture.lane.drain();
            assert_eq!(fixture.lane.take(), ["aaa", "bbb"]);
            std::fs::write(fixture.written.path(), replaced).unwrap();
            fixture.file.ready.raise();
            fixture.lane.drain();
            assert_eq!(fixture.lane.take(), replaced.lines().collect::<Vec<_>>());
            let meter = &fixture.file.meter;
            assert_eq!((meter.restarted.get(), meter.lost_bytes.get()), (1, unfinished.len() as u64));
        }
    }
}

#[test]
fn a_file_that_was_cut_before_the_first_read_of_a_stream_that_goes_on_with_it_starts_again() {
    for at in [0, 4, 8] {
        let Fixture { written, file, lane: _other } = fixture(b"aaa\nbbb\n", MAX_RECORD_BYTES, false);
        let mut lane = MiniLane::new(Box::new(FileStream::new(file, at, Lines::new(MAX_RECORD_BYTES), false)));
        std::fs::write(written.path(), "cc\ndd\nee\nff\n").unwrap();
        lane.drain();
        assert_eq!(lane.take(), ["cc", "dd", "ee", "ff"], "it would have gone on at {at}");
    }
}

#[test]
fn a_file_whose_contents_are_replaced_while_it_is_read_once_ends_where_they_were() {
    let mut fixture = fixture(b"aaa\nbbb\n", MAX_RECORD_BYTES, true);
    fixture.lane.drain_until(|lane| !lane.lines.is_empty());
    std::fs::write(fixture.written.path(), "ccc\nddd\neee\n").unwrap();
    fixture.lane.drain();
    assert_eq!((fixture.lane.take(), fixture.lane.has_ended), (["aaa", "bbb"].map(String::from).to_vec(), true));
    assert_eq!(fixture.file.meter.restarted.get(), 1);
}

#[test]
fn a_closed_descriptor_is_asked_for_once_and_the_stream_waits_until_it_is_open() {
    let mut fixture = fixture(b"a\n", MAX_RECORD_BYTES, false);
    fixture.lane.drain();
    fixture.lane.stream.confirm(2);
    assert!(fixture.file.park());
    fixture.append(b"b\n");
    fixture.lane.drain();
    assert!(fixture.file.handle.is_wanted() && !fixture.lane.stream.is_ready());
    assert!(fixture.file.unpark(fixture.written.path()));
    fixture.lane.drain();
    assert_eq!(fixture.lane.take(), ["a", "b"]);
}

#[test]
fn a_descriptor_stays_open_until_what_was_read_is_delivered() {
    let mut fixture = fixture(b"a\n", MAX_RECORD_BYTES, false);
    fixture.lane.drain();
    assert!(!fixture.file.park());
    fixture.lane.stream.confirm(2);
    assert!(fixture.file.park());
}

#[test]
fn a_closed_descriptor_is_not_opened_for_another_file_of_its_name() {
    let mut fixture = fixture(b"a\n", MAX_RECORD_BYTES, false);
    fixture.lane.drain();
    fixture.lane.stream.confirm(2);
    assert!(fixture.file.park());
    let other = NamedTempFile::new().unwrap();
    assert!(!fixture.file.unpark(other.path()));
}

/// A stream of a container's log, whose lines stay open for as long as the test takes.
fn container(bytes: &[u8], once: bool) -> Fixture {
    fixture_of(bytes, Lines::new(100).in_parts(true).within(HOUR), once)
}

#[test]
fn parts_of_a_line_are_joined_when_the_last_has_come() {
    let mut fixture = container(b"1 stdout F a\n2 stdout P b\n3 stderr F x\n", false);
    fixture.lane.drain();
    assert_eq!((fixture.lane.take(), fixture.lane.stream.position()), (vec!["1 stdout F a".to_owned()], 13));
    assert!(!fixture.lane.stream.is_ready());
    fixture.append(b"4 stdout F c\n");
    fixture.lane.drain();
    assert_eq!(fixture.lane.take(), ["3 stderr F x", "2 stdout F bc"]);
    assert_eq!(fixture.lane.stream.position(), 4 * 13);
}

#[test]
fn a_part_whose_line_does_not_go_on_in_time_is_given_as_a_part() {
    let mut fixture = fixture_of(b"2 stdout P b\n", Lines::new(100).in_parts(true), false);
    until("its time is over", || {
        fixture.lane.drain();
        !fixture.lane.lines.is_empty()
    });
    assert_eq!((fixture.lane.take(), fixture.lane.truncated), (vec!["2 stdout P b".to_owned()], 1));
    fixture.append(b"4 stdout F c\n");
    fixture.lane.drain();
    assert_eq!(fixture.lane.take(), ["4 stdout F c"]);
}

#[test]
fn a_containers_log_that_is_read_once_ends_with_what_there_is() {
    let mut fixture = container(b"1 stdout P a\n2 stdout F b\n3 stdout P c\n4 stdout P d", true);
    fixture.lane.drain();
    assert!(fixture.lane.has_ended);
    assert_eq!(fixture.lane.take(), ["1 stdout F ab", "3 stdout P cd"]);
}

#[test]
fn a_line_of_a_container_that_is_longer_than_a_record_is_split() {
    let long = format!("1 stdout F {}", "x".repeat(150));
    let mut fixture = container(format!("0 stdout P a\n{long}\n2 stdout F b\n").as_bytes(), true);
    fixture.lane.drain();
    assert!(fixture.lane.has_ended);
    let lines = fixture.lane.take();
    assert_eq!(lines, ["0 stdout P a", &long[..100], &long[100..], "2 stdout F b"]);
}

#[test]
fn what_was_read_before_a_truncation_does_not_run_into_what_comes_after() {
    let mut fixture = fixture(b"a\nbb", MAX_RECORD_BYTES, false);
    fixture.lane.read(100);
    std::fs::write(fixture.written.path(), "c\n").unwrap();
    fixture.file.ready.raise();
    assert_eq!(fixture.lane.read(100), Read::Idle);
    assert!(!fixture.lane.stream.is_ready(), "the lane has to frame first");
    assert_eq!(fixture.lane.read(100), Read::Idle);
    fixture.lane.frame(10);
    fixture.lane.drain();
    assert_eq!(fixture.lane.take(), ["a", "bb", "c"]);
}

#[test]
fn a_file_that_shrinks_while_it_is_read_once_ends_all_the_same() {
    let mut fixture = fixture(b"aaa\nbbb", MAX_RECORD_BYTES, true);
    fixture.lane.drain_until(|lane| lane.lines.len() == 1);
    File::options().write(true).open(fixture.written.path()).unwrap().set_len(5).unwrap();
    fixture.lane.drain();
    assert!(fixture.lane.has_ended);
    assert_eq!(fixture.lane.take().first().map(String::as_str), Some("aaa"));
}

#[derive(Clone, Debug)]
enum Step {
    Append(usize),
    Read(usize),
    FrameSome(usize),
    Frame(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (1_usize..30).prop_map(Step::Append),
        (1_usize..30).prop_map(Step::Read),
        (1_usize..4).prop_map(Step::FrameSome),
        (1_usize..4).prop_map(Step::Frame),
    ];
    proptest::collection::vec(step, 0..60)
}

proptest! {
    #[test]
    fn any_order_of_writes_reads_and_framings_gives_the_same_records(
        bytes in text(),
        max in 1_usize..12,
        steps in steps(),
    ) {
        let mut fixture = fixture(b"", max, false);
        let mut rest = &bytes[..];
        for step in steps {
            match step {
                Step::Append(count) => {
                    let (now, later) = rest.split_at(count.min(rest.len()));
                    fixture.append(now);
                    rest = later;
                }
                Step::Read(space) => _ = fixture.lane.read(space + max),
                Step::FrameSome(table) => _ = fixture.lane.frame_some(table),
                Step::Frame(table) => fixture.lane.frame(table),
            }
        }
        fixture.append(rest);
        fixture.lane.drain();
        fixture.file.retire();
        fixture.lane.drain();
        prop_assert!(fixture.lane.has_ended);
        prop_assert_eq!(fixture.lane.stream.position(), bytes.len() as u64);
        prop_assert_eq!((fixture.lane.lines, fixture.lane.truncated), split(&bytes, max));
    }
}

/// Container log lines, in parts or not.
fn container_lines() -> impl Strategy<Value = String> {
    let line = ("[0-9]{1,3}", "stdout|stderr", "[PF]", "[a-c]{0,30}");
    let line = line.prop_map(|(time, stream, tag, content)| format!("{time} {stream} {tag} {content}\n"));
    proptest::collection::vec(line, 0..15).prop_map(|lines| lines.concat())
}

proptest! {
    #[test]
    fn any_order_of_writes_reads_and_framings_joins_the_same_parts(text in container_lines(), steps in steps()) {
        let mut whole = text.clone().into_bytes();
        let mut cri = Lines::new(100).in_parts(true).cri().unwrap();
        let given = cri.join(&mut whole, true).given;
        let expected = split(&whole[..given], 100).0;

        let mut fixture = container(b"", false);
        let mut rest = text.as_bytes();
        for step in steps {
            match step {
                Step::Append(count) => {
                    let (now, later) = rest.split_at(count.min(rest.len()));
                    fixture.append(now);
                    rest = later;
                }
                Step::Read(space) => _ = fixture.lane.read(space + fixture.lane.stream.wanted()),
                Step::FrameSome(table) => _ = fixture.lane.frame_some(table),
                Step::Frame(table) => fixture.lane.frame(table),
            }
        }
        fixture.append(rest);
        fixture.lane.drain();
        fixture.file.retire();
        fixture.lane.drain();
        prop_assert!(fixture.lane.has_ended);
        prop_assert_eq!(fixture.lane.stream.position(), text.len() as u64);
        prop_assert_eq!(fixture.lane.lines, expected);
    }
}

const HOUR: Duration = Duration::from_secs(3600);

#[test]
fn a_record_of_several_lines_waits_for_the_next_to_begin() {
    let mut fixture = joining(b">a\nb\n", HOUR, false);
    fixture.lane.drain();
    assert_eq!(fixture.lane.take(), Vec::<String>::new());
    fixture.append(b"c\n>d\n");
    fixture.lane.drain();
    assert_eq!((fixture.lane.take(), fixture.lane.stream.position()), (vec![">a\nb\nc".to_owned()], 7));
    assert!(!fixture.lane.stream.is_ready());
}

#[test]
fn a_record_to_which_nothing_is_added_in_time_is_whole_and_an_unfinished_line_behind_it_waits() {
    let mut fixture = joining(b">a\nb\nun", Duration::ZERO, false);
    fixture.lane.drain();
    assert_eq!((fixture.lane.take(), fixture.lane.stream.position()), (vec![">a\nb".to_owned()], 5));
    fixture.append(b"done\n");
    fixture.lane.drain();
    assert_eq!(fixture.lane.take(), ["undone"]);
    assert!(!fixture.lane.stream.is_ready());
}

#[test]
fn the_last_record_of_a_file_that_is_over_is_whole() {
    let mut fixture = joining(b">a\nb\n>c\nd", HOUR, true);
    fixture.lane.drain();
    assert_eq!(fixture.lane.take(), [">a\nb", ">c\nd"]);
    assert!(fixture.lane.has_ended);
}

#[test]
fn a_record_that_is_due_when_its_file_was_truncated_is_gone_and_the_new_beginning_read() {
    let mut fixture = joining(b">a\nb\n", HOUR, false);
    fixture.lane.drain();
    fixture.written.as_file().set_len(0).unwrap();
    fixture.file.ready.raise();
    fixture.lane.drain();
    std::fs::write(fixture.written.path(), ">c\n>d\n").unwrap();
    fixture.file.ready.raise();
    fixture.lane.drain();
    assert_eq!(fixture.lane.take(), [">c"]);
}
