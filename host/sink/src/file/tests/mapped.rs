//! Mapped files: what they look like while they are written, after a kill, and when someone else meddles.

use super::*;
use std::os::unix::fs::PermissionsExt;

fn config(place: &Place) -> FileConfig {
    FileConfig { mode: Mode::Mmap, ..place.config() }
}

fn refusal(config: FileConfig) -> String {
    let Err(SinkError::Write { action, source, .. }) = FileTarget::open(config, Arc::default()) else {
        panic!("it was opened")
    };
    format!("{action}: {source}")
}

#[test]
fn a_mapped_file_ends_in_zeros_only_while_it_is_open() {
    let (place, mut lane) = (Place::new(), Lane::new());
    let target = place.open(config(&place));
    let mut sink = target.lane();
    deliver(&mut *sink, &mut lane, &["one"]);
    let open = read(place.path()).unwrap();
    assert!(open.len() > 4 && open.starts_with(b"one\n\0") && open[4..].iter().all(|byte| *byte == 0));
    drop((sink, target));
    assert_eq!(read(place.path()).unwrap(), b"one\n");
}

#[test]
fn records_go_on_over_a_windows_end() {
    let (place, mut lane) = (Place::new(), Lane::of(4 << 20));
    let target = place.open(config(&place));
    let mut sink = target.lane();
    let lines: Vec<_> = (b'a'..=b'i').map(|byte| Line::new(vec![byte; 50_000])).collect();
    for _ in 0..2 {
        sink.deliver(lane.batch(&lines)).unwrap();
        assert_eq!(lane.returned(), [false]);
    }
    drop((sink, target));
    assert!(read(place.path()).unwrap() == crate::fixture::raw(&[lines.clone(), lines].concat()));
}

#[test]
fn what_a_killed_agent_has_left_is_gone_on_with_after_the_last_byte() {
    for (left, expected) in [
        (&b""[..], "new\n"),
        (b"\0\0\0\0", "new\n"),
        (b"one\n\0\0\0", "one\nnew\n"),
        (b"one\nto\0\0\0", "one\nto\nnew\n"),
        (b"o\0e\n\0", "o\0e\nnew\n"),
    ] {
        let (place, mut lane) = (Place::new(), Lane::new());
        // More than one block of zeros.
        let zeros = vec![0; if left.ends_with(b"\0") { 200_000 } else { 0 }];
        write(place.path(), [left, &zeros].concat()).unwrap();
        let target = place.open(config(&place));
        deliver(&mut *target.lane(), &mut lane, &["new"]);
        drop(target);
        assert_eq!(read(place.path()).unwrap(), expected.as_bytes());
    }
}

#[test]
fn a_file_that_others_may_write_is_refused() {
    let place = Place::new();
    write(place.path(), "").unwrap();
    for (mode, is_refused) in [(0o644, false), (0o664, true), (0o646, true), (0o600, false)] {
        std::fs::set_permissions(place.path(), std::fs::Permissions::from_mode(mode)).unwrap();
        if is_refused {
            assert_eq!(refusal(config(&place)), "open: mode mmap wants a file that group and others can't write");
        } else {
            drop(place.open(config(&place)));
        }
    }
}

#[test]
fn a_file_is_mapped_by_one_sink_at_a_time() {
    let place = Place::new();
    let target = place.open(config(&place));
    assert_eq!(refusal(config(&place)), "open: another sink writes to it");
    drop(target);
    drop(place.open(config(&place)));
}

#[test]
fn what_can_not_be_done_is_refused() {
    let place = Place::new();
    let encoding = Encoding::Msgpack;
    assert_eq!(refusal(FileConfig { encoding, ..config(&place) }), "open: mode mmap wants an encoding with lines");
    let null = FileConfig::new("null", "/dev/null");
    for config in [
        FileConfig { mode: Mode::Mmap, ..null.clone() },
        FileConfig { fsync: Fsync::Batch, ..null.clone() },
        FileConfig { rotate: Some(Rotate::default()), ..null },
    ] {
        assert_eq!(refusal(config), "open: only a regular file can be rotated, synced, mapped or written exactly once");
    }
}

#[test]
fn a_file_that_another_process_has_cut_is_an_error_and_stays_cut() {
    let (place, mut lane) = (Place::new(), Lane::new());
    let target = place.open(config(&place));
    let mut sink = target.lane();
    deliver(&mut *sink, &mut lane, &["one"]);
    File::options().write(true).open(place.path()).unwrap().set_len(1).unwrap();
    let SinkError::Write { source, .. } = sink.deliver(lane.batch(&[Line::new("two")])).unwrap_err();
    assert_eq!(source.to_string(), "another process has cut it");
    drop((sink, target));
    assert_eq!(read(place.path()).unwrap(), b"o");
}
