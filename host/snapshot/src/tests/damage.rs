//! Files that are refused.

use super::*;
use crate::format::{HEADER_START_BYTES, block_head, checksum};
use crate::replace::Replacement;

/// The parts of a snapshot of one name, without blocks.
fn header_and_end() -> (Vec<u8>, Vec<u8>) {
    let map = map();
    map.namespace("seen", quota(1)).unwrap();
    let mut bytes = saved(&map);
    let end = bytes.split_off(bytes.len() - 20);
    (bytes, end)
}

fn end(blocks: u32, entries: u64) -> Vec<u8> {
    [&block_head(0, blocks, &entries.to_le_bytes())[..], &entries.to_le_bytes()].concat()
}

/// A whole file with this block, whose checksums are all right.
fn with_block(entries: u32, payload: &[u8]) -> Vec<u8> {
    let head = block_head(u32::try_from(payload.len()).unwrap(), entries, payload);
    [&header_and_end().0[..], &head, payload, &end(1, entries.into())].concat()
}

#[test]
fn a_file_that_was_cut_off_anywhere_is_refused() {
    let bytes = saved(&example());
    for length in 0..bytes.len() {
        let error = refusal(&bytes[..length]);
        let is_right = match error {
            DamageError::Foreign => length < HEADER_START_BYTES,
            DamageError::Torn { at } => at <= length as u64,
            _ => false,
        };
        assert!(is_right, "{length}: {error}");
    }
}

#[test]
fn a_file_with_a_wrong_bit_anywhere_is_refused() {
    let bytes = saved(&example());
    for bit in 0..bytes.len() * 8 {
        let mut wrong = bytes.clone();
        wrong[bit / 8] ^= 1 << (bit % 8);
        refusal(&wrong);
    }
}

#[test]
fn what_is_no_snapshot_is_told_from_one_of_another_version() {
    for foreign in [&b""[..], b"LAstate", b"{\"state\": 1}\n{\"state\": 2}\n", &[0; 4096]] {
        assert!(matches!(refusal(foreign), DamageError::Foreign));
    }
    let mut bytes = saved(&example());
    bytes[8] = 2;
    assert_eq!(refusal(&bytes).to_string(), "it is of version 2, and this logagent reads version 1");
}

#[test]
fn lengths_that_can_not_be_are_refused_before_memory_is_asked_for() {
    let (header, _) = header_and_end();
    let mut long = header.clone();
    long[12..16].copy_from_slice(&u32::MAX.to_le_bytes());
    assert_eq!(refusal(&long).to_string(), "at byte 0 there is a header of an impossible length");
    let long = [&header[..], &u32::MAX.to_le_bytes(), &[0; 8]].concat();
    assert!(refusal(&long).to_string().ends_with("there is a block of an impossible length"));
}

#[test]
fn what_stands_behind_the_end_or_counts_otherwise_is_refused() {
    let (header, good) = header_and_end();
    assert!(fill(&map(), &[&header[..], &good].concat()[..], NOW, &wanted).is_ok());
    for (rest, expected) in [
        ([&good[..], b"\0"].concat(), "an end that something comes behind"),
        (end(1, 0), "an end that counts otherwise"),
        (end(0, 1), "an end that counts otherwise"),
    ] {
        let text = refusal(&[&header[..], &rest].concat()).to_string();
        assert!(text.ends_with(expected), "{text}");
    }
}

#[test]
fn a_block_that_makes_no_sense_is_refused_though_its_checksum_is_right() {
    let entry = |name: u16, key_bytes: u16, value_bytes: u32| {
        let lengths = [&name.to_le_bytes()[..], &key_bytes.to_le_bytes(), &value_bytes.to_le_bytes()].concat();
        [&lengths[..], &0_u64.to_le_bytes(), b"kv"].concat()
    };
    let good = entry(0, 1, 1);
    assert_eq!(restored(&with_block(1, &good), NOW).1.entries, 1);
    for (entries, payload, what) in [
        (1, entry(1, 1, 1), "no namespace"),
        (1, entry(0, 1, 0), "no sense"),
        (1, entry(0, 1, u32::MAX), "no sense"),
        (1, entry(0, u16::MAX, 0), "no sense"),
        (2, good.clone(), "no sense"),
        (0, good.clone(), "no sense"),
        (1, good[..10].to_vec(), "no sense"),
    ] {
        let text = refusal(&with_block(entries, &payload)).to_string();
        assert!(text.ends_with(what), "{text}");
    }
}

#[test]
fn a_header_that_makes_no_sense_is_refused_though_its_checksum_is_right() {
    let header = |rest: &[u8]| {
        let start = [&saved(&map())[..12], &u32::try_from(rest.len()).unwrap().to_le_bytes(), rest].concat();
        [&start[..], &checksum(&start, &[]).to_le_bytes(), &end(0, 0)].concat()
    };
    let time = [0; 8];
    assert!(fill(&map(), &header(&[&time[..], b"\x01\0\x01\0a"].concat())[..], NOW, &wanted).is_ok());
    for names in [&b""[..], b"\x01\0", b"\x01\0\x02\0a", b"\x01\0\x01\0\xff", b"\0\0a"] {
        let text = refusal(&header(&[&time[..], names].concat())).to_string();
        assert_eq!(text, "at byte 0 there is a header that makes no sense", "{names:?}");
    }
}

proptest! {
    #[test]
    fn no_block_makes_the_reader_panic(
        payload in prop::collection::vec(any::<u8>(), 1..200),
        entries in 0..5_u32,
    ) {
        drop(fill(&map(), &with_block(entries, &payload)[..], NOW, &wanted));
    }
}

#[test]
fn a_file_that_is_not_finished_leaves_the_one_before_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state.snapshot");
    std::fs::write(&path, "before").unwrap();
    let mut unfinished = Replacement::begin(&path).unwrap();
    write(&example(), NOW, &mut unfinished).unwrap();
    drop(unfinished);
    assert_eq!(std::fs::read(&path).unwrap(), b"before");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
}
