//! Compressed files, called as a lane calls them.

use super::*;
use crate::file::open::Owner;
use crate::file::unpack::INPUT_BYTES;
use crate::testing::{MiniLane, split, text};
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use std::io::Write;
use tempfile::NamedTempFile;

const BOTH: [Packing; 2] = [Packing::Gzip, Packing::Zstd];

fn pack(packing: Packing, bytes: &[u8]) -> Vec<u8> {
    match packing {
        Packing::Gzip => {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(bytes).unwrap();
            encoder.finish().unwrap()
        }
        Packing::Zstd => zstd::encode_all(bytes, 1).unwrap(),
    }
}

struct Fixture {
    written: NamedTempFile,
    file: Arc<OpenFile>,
    lane: MiniLane,
}

fn fixture(packed: &[u8], skipped: u64, lines: Lines, once: bool) -> Fixture {
    let mut written = NamedTempFile::new().unwrap();
    written.write_all(packed).unwrap();
    let owner = Owner { unpacks: true, ..Owner::default() };
    let (file, _) = OpenFile::open(written.path(), &owner).unwrap().unwrap();
    let (file, packing) = (Arc::new(file), Packing::of(written.as_file()).unwrap().unwrap());
    let from = file.handle.get().unwrap();
    let stream = PackedStream::new((file.clone(), packing), from, skipped, lines, once).unwrap();
    Fixture { written, file, lane: MiniLane::new(Box::new(stream)) }
}

#[test]
fn a_file_is_unpacked_to_its_end_with_all_of_its_members_and_its_last_line() {
    for packing in BOTH {
        let packed = [pack(packing, b"a\nb"), pack(packing, b""), pack(packing, b"b\nc")].concat();
        let mut fixture = fixture(&packed, 0, Lines::new(100), true);
        fixture.lane.drain();
        assert!(fixture.lane.has_ended, "{packing:?}");
        assert_eq!(
            (fixture.lane.take(), fixture.lane.stream.position()),
            (["a", "bb", "c"].map(String::from).to_vec(), 6)
        );
    }
}

#[test]
fn what_was_delivered_before_is_unpacked_and_not_given() {
    for packing in BOTH {
        let lines: String = (0..20_000).map(|number| format!("line {number}\n")).collect();
        let skipped = lines.find("line 19998").unwrap() as u64;
        let mut fixture = fixture(&pack(packing, lines.as_bytes()), skipped, Lines::new(100), true);
        fixture.lane.drain();
        assert_eq!(
            (fixture.lane.take(), fixture.lane.has_ended),
            (["line 19998", "line 19999"].map(String::from).to_vec(), true)
        );
    }
}

#[test]
fn a_file_that_is_still_being_written_waits_for_the_rest() {
    for packing in BOTH {
        let packed = pack(packing, b"a\nb\n");
        for cut in Packing::BYTES..packed.len() {
            let mut fixture = fixture(&packed[..cut], 0, Lines::new(100), false);
            fixture.lane.drain();
            assert!(!fixture.lane.has_ended);
            fixture.written.write_all(&packed[cut..]).unwrap();
            fixture.file.ready.raise();
            fixture.lane.drain();
            assert!(!fixture.lane.has_ended, "another member may follow");
            fixture.file.retire();
            fixture.lane.drain();
            assert_eq!(
                (fixture.lane.take(), fixture.lane.has_ended),
                (["a", "b"].map(String::from).to_vec(), true),
                "{packing:?} {cut}"
            );
            assert_eq!(fixture.file.meter.damaged.get(), 0);
        }
    }
}

#[test]
fn a_file_that_is_cut_or_damaged_ends_there_and_says_so() {
    for packing in BOTH {
        let first = pack(packing, b"a\nb");
        let mut damaged = pack(packing, b"c\nd\n");
        *damaged.last_mut().unwrap() ^= 0xff;
        damaged[6] ^= 0xff;
        for rest in [&damaged[..], &damaged[..5], b"rubbish", &[0x28, 0xb5, 0x2f, 0xfd, 0xff, 0xff]] {
            let mut fixture = fixture(&[&first[..], rest].concat(), 0, Lines::new(100), true);
            fixture.lane.drain();
            let lines = fixture.lane.take();
            assert!(fixture.lane.has_ended && lines[0] == "a" && lines[1].starts_with('b'), "{packing:?}: {lines:?}");
            assert_eq!(fixture.file.meter.damaged.get(), 1, "{packing:?} {rest:?}");
        }
    }
}

#[test]
fn a_file_that_holds_very_much_is_unpacked_into_the_space_there_is_and_no_further() {
    for packing in BOTH {
        let line = [&[b'x'; 99][..], b"\n"].concat();
        let packed = pack(packing, &line.repeat(200_000));
        let mut fixture = fixture(&packed, 0, Lines::new(100), true);
        assert_eq!(fixture.lane.read(4096), Read::Bytes(4096));
        assert_eq!(fixture.lane.read(4096), Read::Bytes(4096));
        assert!(fixture.file.read_to() <= INPUT_BYTES as u64, "a piece of the file is all that is read");
    }
}

#[test]
fn the_parts_of_a_containers_lines_are_joined() {
    let text = b"1 stdout P a\n2 stderr F x\n3 stdout F b\n4 stdout P c\n5 stdout F d";
    let mut fixture = fixture(&pack(Packing::Gzip, text), 0, Lines::new(100).in_parts(true), true);
    fixture.lane.drain();
    assert!(fixture.lane.has_ended);
    assert_eq!(fixture.lane.take(), ["2 stderr F x", "1 stdout F ab", "4 stdout F cd"]);
    assert_eq!(fixture.lane.stream.position(), text.len() as u64);
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Read(usize),
    FrameSome(usize),
    Frame(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (1_usize..30).prop_map(Step::Read),
        (1_usize..4).prop_map(Step::FrameSome),
        (1_usize..4).prop_map(Step::Frame),
    ];
    proptest::collection::vec(step, 0..60)
}

proptest! {
    #[test]
    fn any_order_of_reads_and_framings_gives_the_same_records(bytes in text(), max in 1_usize..12, steps in steps()) {
        let mut fixture = fixture(&pack(Packing::Zstd, &bytes), 0, Lines::new(max), true);
        for step in steps {
            match step {
                Step::Read(space) => _ = fixture.lane.read(space + max),
                Step::FrameSome(table) => _ = fixture.lane.frame_some(table),
                Step::Frame(table) => fixture.lane.frame(table),
            }
        }
        // A lane frames what it has before it lets go of a stream that has ended.
        fixture.lane.frame(1000);
        fixture.lane.drain();
        prop_assert_eq!(fixture.lane.stream.position(), bytes.len() as u64);
        prop_assert_eq!((fixture.lane.lines, fixture.lane.truncated), split(&bytes, max));
    }
}
