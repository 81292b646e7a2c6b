//! Buffers that are encrypted.

use super::{bodies, deliver, repeated};
use crate::fixture::{Behind, Lane, Mood, Rig, config};
use crate::{BufferConfig, BufferError, inspect, verify};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

fn encrypted(directory: &Path, key: u8) -> BufferConfig {
    let path = directory.join(format!("{key}.key"));
    std::fs::write(&path, format!("{key:02x}").repeat(32)).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    BufferConfig { key_file: Some(path), ..config(directory) }
}

/// Leaves a batch behind that did not arrive.
fn leave(directory: &Path, config: BufferConfig, behind: &Behind) {
    behind.set(Mood::Stalls);
    let (rig, mut lane) = (Rig::open(config, behind).unwrap(), Lane::new());
    let mut end = rig.target.lane();
    deliver(&mut lane, &mut *end, &bodies(20, 50));
    deliver(&mut lane, &mut *end, &bodies(20, 50));
    drop(end);
    rig.end();
    behind.set(Mood::Takes);
    assert_eq!(inspect(&directory.join("buffer")).unwrap().backlog, 40);
}

#[test]
fn nothing_of_a_record_can_be_read_without_the_key_and_all_with_it() {
    let (directory, behind) = (tempfile::tempdir().unwrap(), Behind::default());
    leave(directory.path(), encrypted(directory.path(), 1), &behind);
    let bytes = std::fs::read(directory.path().join("buffer/00000001.seg")).unwrap();
    assert!(["yyy", "a.log", "app"].iter().all(|word| memchr::memmem::find(&bytes, word.as_bytes()).is_none()));
    let rig = Rig::open(encrypted(directory.path(), 1), &behind).unwrap();
    rig.drained();
    assert_eq!(behind.bodies(), repeated(2, 20, 50));
}

#[test]
fn a_wrong_key_and_a_missing_one_are_told_and_change_nothing() {
    let (directory, behind) = (tempfile::tempdir().unwrap(), Behind::default());
    leave(directory.path(), encrypted(directory.path(), 1), &behind);
    let refused = |config| Rig::open(config, &behind).err().unwrap();
    assert!(matches!(refused(encrypted(directory.path(), 2)), BufferError::WrongKey { .. }));
    assert!(matches!(refused(config(directory.path())), BufferError::NoKey { .. }));
    let missing = BufferConfig { key_file: Some("/nowhere".into()), ..config(directory.path()) };
    assert!(matches!(refused(missing), BufferError::KeyFile { .. }));
    Rig::open(encrypted(directory.path(), 1), &behind).unwrap().drained();
    assert_eq!(behind.bodies().len(), 40);
}

#[test]
fn a_verification_looks_into_encrypted_entries_only_with_the_key() {
    let directory = tempfile::tempdir().unwrap();
    leave(directory.path(), encrypted(directory.path(), 1), &Behind::default());
    let buffer = directory.path().join("buffer");
    let key = |number: u8| directory.path().join(format!("{number}.key"));
    encrypted(directory.path(), 2);
    assert!(!verify(&buffer, None).unwrap().is_bad() && !verify(&buffer, Some(&key(1))).unwrap().is_bad());
    let found = verify(&buffer, Some(&key(2))).unwrap();
    assert_eq!(found.segments[0].problems, ["2 entries can't be decrypted with this key"]);
}
