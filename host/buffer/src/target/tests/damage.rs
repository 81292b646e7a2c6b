//! Files that were torn, damaged, or never were any.

use super::{bodies, deliver};
use crate::fixture::{Behind, Lane, Mood, Rig, config};
use crate::format::Seal;
use crate::{inspect, verify};
use proptest::prelude::*;
use std::path::{Path, PathBuf};

fn segment(directory: &Path) -> PathBuf {
    directory.join("buffer/00000001.seg")
}

/// Leaves five entries behind that did not arrive, as a kill leaves them: without what the segment came to.
fn leave(directory: &Path) -> Vec<u8> {
    let behind = Behind::default();
    behind.set(Mood::Stalls);
    let (rig, mut lane) = (Rig::open(config(directory), &behind).unwrap(), Lane::new());
    let mut end = rig.target.lane();
    (0..5).for_each(|_| deliver(&mut lane, &mut *end, &bodies(3, 10)));
    drop(end);
    rig.end();
    let mut bytes = std::fs::read(segment(directory)).unwrap();
    bytes[64..128].fill(0);
    std::fs::write(segment(directory), &bytes).unwrap();
    bytes
}

/// What comes out of the buffer as it now is: how many records, and the counts of torn ends and damaged ranges.
fn drain(directory: &Path) -> (usize, u64, u64) {
    let behind = Behind::default();
    let rig = Rig::open(config(directory), &behind).unwrap();
    rig.drained();
    let (count, counts) = (behind.bodies().len(), rig.counts());
    assert_eq!(counts.recovered, counts.drained + counts.dropped_corrupt, "{counts:?}");
    assert!(behind.bodies().chunks(3).all(|batch| batch == bodies(3, 10)));
    rig.end();
    (count, counts.torn, counts.corrupt)
}

#[test]
fn a_torn_end_is_cut_off_and_counted_wherever_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let whole = leave(directory.path());
    let entry = (whole.len() - 128) / 5;
    let lengths = (128 + 3 * entry..whole.len()).filter(|length| length % 9 == 0 || (length - 128) % entry < 10);
    for length in lengths {
        let kept = tempfile::tempdir().unwrap();
        std::fs::create_dir(kept.path().join("buffer")).unwrap();
        std::fs::write(segment(kept.path()), &whole[..length]).unwrap();
        let is_torn = !(length - 128).is_multiple_of(entry);
        assert_eq!(verify(&kept.path().join("buffer"), None).unwrap().is_bad(), is_torn, "{length}");
        assert_eq!(drain(kept.path()), (3 * ((length - 128) / entry), u64::from(is_torn), 0), "{length}");
    }
}

#[test]
fn a_damaged_entry_is_skipped_counted_and_kept_aside() {
    let directory = tempfile::tempdir().unwrap();
    let whole = leave(directory.path());
    let entry = (whole.len() - 128) / 5;
    // Every byte of the second entry in turn, in steps that meet each field.
    for at in (128 + entry..128 + 2 * entry).step_by(11) {
        let kept = tempfile::tempdir().unwrap();
        std::fs::create_dir(kept.path().join("buffer")).unwrap();
        let mut bytes = whole.clone();
        bytes[at] ^= 0x10;
        std::fs::write(segment(kept.path()), &bytes).unwrap();
        assert_eq!(drain(kept.path()), (12, 0, 1), "{at}");
        let aside = kept.path().join(format!("buffer/quarantine/00000001-{:012}.bad", 128 + entry));
        assert_eq!(std::fs::read(aside).unwrap(), bytes[128 + entry..128 + 2 * entry], "{at}");
    }
}

#[test]
fn a_damaged_header_of_a_segment_costs_no_record() {
    let directory = tempfile::tempdir().unwrap();
    let mut bytes = leave(directory.path());
    bytes[..64].fill(0xff);
    std::fs::write(segment(directory.path()), &bytes).unwrap();
    assert_eq!(inspect(&directory.path().join("buffer")).unwrap().backlog, 15);
    assert_eq!(drain(directory.path()), (15, 0, 0));
}

#[test]
fn a_file_that_is_no_segment_is_taken_away() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir(directory.path().join("buffer")).unwrap();
    std::fs::write(segment(directory.path()), [7; 5000]).unwrap();
    assert!(verify(&directory.path().join("buffer"), None).unwrap().is_bad());
    assert_eq!(drain(directory.path()), (0, 0, 1));
    assert!(!segment(directory.path()).exists());
}

/// Leaves five segments of three records behind that did not arrive, changes them, and answers what a verification says.
fn verify_after(directory: &Path, change: impl Fn(&dyn Fn(u64) -> PathBuf)) -> Vec<String> {
    let behind = Behind::default();
    behind.set(Mood::Stalls);
    let (rig, mut lane) = (Rig::open(config(directory), &behind).unwrap(), Lane::new());
    let mut end = rig.target.lane();
    (0..5).for_each(|_| deliver(&mut lane, &mut *end, &bodies(3, 20_000)));
    drop(end);
    rig.end();
    change(&|id| directory.join(format!("buffer/{id:08}.seg")));
    verify(&directory.join("buffer"), None).unwrap().segments.into_iter().flat_map(|segment| segment.problems).collect()
}

/// How many records come out, and how many segments were found torn or damaged.
fn found(directory: &Path) -> (usize, u64, u64) {
    let behind = Behind::default();
    let rig = Rig::open(config(directory), &behind).unwrap();
    rig.drained();
    let counts = rig.counts();
    rig.end();
    (behind.bodies().len(), counts.torn, counts.corrupt)
}

#[test]
fn segments_that_are_missing_between_others_are_named_and_counted() {
    for (last, left, problem) in
        [(2, 12, "segment 2 before it is missing"), (3, 9, "segments 2 to 3 before it are missing")]
    {
        let directory = tempfile::tempdir().unwrap();
        let remove = |path: &dyn Fn(u64) -> PathBuf| (2..=last).for_each(|id| std::fs::remove_file(path(id)).unwrap());
        assert_eq!(verify_after(directory.path(), remove), [problem]);
        assert_eq!(found(directory.path()), (left, 0, last - 1));
    }
}

#[test]
fn an_empty_segment_is_named_and_counted() {
    for (id, torn, corrupt) in [(2, 0, 1), (5, 1, 0)] {
        let directory = tempfile::tempdir().unwrap();
        let problems = verify_after(directory.path(), |path| drop(std::fs::File::create(path(id)).unwrap()));
        assert_eq!((problems, found(directory.path())), (vec!["is empty".into()], (12, torn, corrupt)));
    }
}

#[test]
fn a_kill_while_a_segment_is_made_leaves_no_gap_that_looks_like_a_loss() {
    let directory = tempfile::tempdir().unwrap();
    verify_after(directory.path(), |path| drop(std::fs::File::create(path(6)).unwrap()));
    let problems = verify_after(directory.path(), |_| {});
    assert_eq!((problems, found(directory.path())), (vec![], (30, 0, 0)));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn whatever_is_done_to_a_file_the_rest_comes_out(
        changes in proptest::collection::vec((0.0..1.0, any::<u8>(), 1_usize..400), 1..5),
        length in 0.0..1.2,
        is_sealed: bool,
    ) {
        let directory = tempfile::tempdir().unwrap();
        let mut bytes = leave(directory.path());
        if is_sealed {
            let seal = Seal { end: bytes.len() as u64, entries: 5, records: 15, first: 1, last: 2 };
            bytes[64..128].copy_from_slice(&seal.encode());
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
        let part = |share: f64, whole: usize| (share * whole as f64) as usize;
        for (at, byte, count) in changes {
            let start = part(at, bytes.len());
            let end = (start + count).min(bytes.len());
            bytes[start..end].fill(byte);
        }
        bytes.resize(part(length, bytes.len()), 0xa5);
        std::fs::write(segment(directory.path()), &bytes).unwrap();
        let _ = (inspect(&directory.path().join("buffer")), verify(&directory.path().join("buffer"), None));
        let (count, _, _) = drain(directory.path());
        prop_assert!(count <= 15);
    }

    #[test]
    fn random_bytes_make_no_walk_panic(bytes in proptest::collection::vec(any::<u8>(), 0..3000)) {
        prop_assert_eq!(crate::fuzzing::survey(&bytes, 1), 0);
    }
}
