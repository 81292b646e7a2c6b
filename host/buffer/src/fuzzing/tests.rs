//! What a buffer has written is what the fuzzer begins with: its seeds are made here, and must be read whole.

use super::{SEGMENT, read};
use crate::fixture::{Behind, Lane, Mood, Rig, config};
use crate::format::{DESCRIPTOR, ENTRY_HEADER, EntryHeader};
use std::fs;
use std::path::Path;

/// Where a segment's first entry lies.
const FIRST: usize = 128;

/// The file of a buffer that has taken these batches.
fn segment(batches: &[&[&str]], is_encrypted: bool) -> Vec<u8> {
    let (directory, behind, mut lane) = (tempfile::tempdir().unwrap(), Behind::default(), Lane::new());
    behind.set(Mood::Stalls);
    let mut config = config(directory.path());
    if is_encrypted {
        let key = tempfile::NamedTempFile::new_in(directory.path()).unwrap().keep().unwrap().1;
        fs::write(&key, "5a".repeat(32)).unwrap();
        config.key_file = Some(key);
    }
    let rig = Rig::open(config, &behind).unwrap();
    let mut end = rig.target.lane();
    batches.iter().for_each(|batch| end.deliver(lane.batch(batch)).unwrap());
    drop(end);
    rig.end();
    fs::read(directory.path().join("buffer/00000001.seg")).unwrap()
}

/// An entry's payload, as the fuzzer is given it.
fn payload(segment: &[u8]) -> Vec<u8> {
    let at = FIRST;
    let sync = segment[24..32].first_chunk().unwrap();
    let header = EntryHeader::decode(segment[at..].first_chunk().unwrap(), *sync, 1).unwrap();
    let places = [1, header.table_at / DESCRIPTOR, header.records].map(|number| u8::try_from(number).unwrap());
    let end = at + usize::try_from(header.total_bytes()).unwrap();
    [&places[..], &segment[at + ENTRY_HEADER..end]].concat()
}

/// By name: an input, and what is read of it.
fn seeds() -> Vec<(&'static str, Vec<u8>, u64)> {
    let many: Vec<&str> = "to be or not to be that is the question".split(' ').collect();
    let whole = |segment: Vec<u8>| [vec![SEGMENT], segment].concat();
    let few = segment(&[&["a record", "another"]], false);
    let mut torn = segment(&[&["one"], &["two"]], false);
    torn.truncate(torn.len() - 20);
    let mut damaged = segment(&[&["one"], &["two"], &["three"]], false);
    damaged[FIRST + 40] ^= 1;
    vec![
        ("payload", payload(&few), 17),
        ("payload-of-many", payload(&segment(&[&many], false)), 40),
        ("one-entry", whole(few), 2),
        ("several-entries", whole(segment(&[&["one"], &many, &["", "\u{e9}"]], false)), 13),
        ("encrypted", whole(segment(&[&["a secret"], &["another"]], true)), 2),
        ("torn", whole(torn), 1),
        ("damaged", whole(damaged), 2),
    ]
}

/// With LOGAGENT_FUZZ_SEEDS they are left in this directory.
#[test]
fn what_a_buffer_writes_is_read_whole_by_what_the_fuzzer_calls() {
    let kept = std::env::var_os("LOGAGENT_FUZZ_SEEDS");
    for (name, seed, found) in seeds() {
        assert_eq!(read(&seed), Some(found), "{name}");
        assert!(seed.len() <= 4096, "{name}: the fuzzer cuts off what is longer than {} bytes", seed.len());
        if let Some(directory) = &kept {
            fs::write(Path::new(directory).join(name), seed).unwrap();
        }
    }
}

#[test]
fn the_seeds_that_are_kept_are_of_the_format_that_is_written() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fuzz/corpus/buffer");
    for (name, _, found) in seeds() {
        let seed = fs::read(directory.join(name)).unwrap();
        assert_eq!(read(&seed), Some(found), "{name}: LOGAGENT_FUZZ_SEEDS makes them anew");
    }
}
