//! Files that are renamed: by size, by time, by someone else.

use super::*;

const BOTH: [Mode; 2] = [Mode::Writev, Mode::Mmap];

fn rotated(place: &Place, mode: Mode, rotate: Rotate) -> FileTarget {
    place.open(FileConfig { mode, rotate: Some(rotate), ..place.config() })
}

fn texts(place: &Place) -> Vec<String> {
    place.files().into_iter().map(|bytes| String::from_utf8(bytes).unwrap()).collect()
}

#[test]
fn a_file_is_renamed_before_it_grows_too_large() {
    for mode in BOTH {
        let (place, mut lane) = (Place::new(), Lane::new());
        let target = rotated(&place, mode, Rotate { size: Some(8), ..Rotate::default() });
        let mut sink = target.lane();
        for body in ["one", "two", "three", "a long one", "x"] {
            deliver(&mut *sink, &mut lane, &[body]);
        }
        drop((target, sink));
        assert_eq!(texts(&place), ["one\ntwo\n", "three\n", "a long one\n", "x\n"], "{mode:?}");
    }
}

#[test]
fn a_file_is_renamed_when_the_next_period_has_its_first_record() {
    let hour = Duration::from_secs(3600);
    for mode in BOTH {
        let (place, mut lane) = (Place::new(), Lane::new());
        let target = rotated(&place, mode, Rotate { every: Some(hour), ..Rotate::default() });
        let mut sink = target.lane();
        // The clock stands at 22:13:20 UTC.
        for (body, passes_min) in [("one", 46), ("two", 1), ("three", 60), ("four", 300), ("five", 0)] {
            deliver(&mut *sink, &mut lane, &[body]);
            place.pass(passes_min * 60_000);
        }
        drop((target, sink));
        assert_eq!(texts(&place), ["one\ntwo\n", "three\n", "four\n", "five\n"], "{mode:?}");
        assert!(place.directory.path().join("out.log.20231114T230020.000Z").exists(), "{mode:?}");
    }
}

#[test]
fn a_restart_does_not_put_off_a_rotation() {
    let (place, mut lane) = (Place::new(), Lane::new());
    let every = Some(Duration::from_secs(3600));
    write(place.path(), "old\n").unwrap();
    let yesterday = UNIX_EPOCH + Duration::from_millis(place.ms.load(Relaxed)) - Duration::from_secs(86_400);
    File::options().write(true).open(place.path()).unwrap().set_modified(yesterday).unwrap();
    let target = rotated(&place, Mode::Writev, Rotate { every, ..Rotate::default() });
    deliver(&mut *target.lane(), &mut lane, &["new"]);
    assert_eq!(texts(&place), ["old\n", "new\n"]);
}

#[test]
fn a_torn_record_is_ended_in_the_file_that_it_is_in() {
    let (place, mut lane) = (Place::new(), Lane::new());
    write(place.path(), "to").unwrap();
    let target = rotated(&place, Mode::Writev, Rotate { size: Some(4), ..Rotate::default() });
    deliver(&mut *target.lane(), &mut lane, &["one"]);
    assert_eq!(texts(&place), ["to\n", "one\n"]);
}

#[test]
fn only_the_newest_files_are_kept() {
    let (place, mut lane) = (Place::new(), Lane::new());
    let target = rotated(&place, Mode::Writev, Rotate { size: Some(1), keep: Some(2), every: None });
    let mut sink = target.lane();
    for body in ["1", "2", "3", "4", "5"] {
        deliver(&mut *sink, &mut lane, &[body]);
    }
    assert_eq!(texts(&place), ["3\n", "4\n", "5\n"]);
}

#[test]
fn the_files_true_length_decides_where_someone_has_cut_it() {
    let (place, mut lane) = (Place::new(), Lane::new());
    let target = rotated(&place, Mode::Writev, Rotate { size: Some(8), ..Rotate::default() });
    let mut sink = target.lane();
    deliver(&mut *sink, &mut lane, &["12345"]);
    File::options().write(true).open(place.path()).unwrap().set_len(0).unwrap();
    deliver(&mut *sink, &mut lane, &["123"]);
    assert_eq!(texts(&place), ["123\n"]);
}

#[test]
fn a_file_that_was_moved_away_is_written_until_it_is_opened_anew() {
    for mode in BOTH {
        let (place, mut lane) = (Place::new(), Lane::new());
        let target = place.open(FileConfig { mode, ..place.config() });
        let mut sink = target.lane();
        deliver(&mut *sink, &mut lane, &["one"]);
        target.reopen().unwrap();
        deliver(&mut *sink, &mut lane, &["two"]);
        let moved = place.directory.path().join("out.log.1");
        std::fs::rename(place.path(), moved).unwrap();
        deliver(&mut *sink, &mut lane, &["three"]);
        write(place.path(), "torn").unwrap();
        target.reopen().unwrap();
        deliver(&mut *sink, &mut lane, &["four"]);
        drop((target, sink));
        assert_eq!(texts(&place), ["one\ntwo\nthree\n", "torn\nfour\n"], "{mode:?}");
    }
}

#[test]
fn a_rotation_after_someone_elses_renames_nothing_and_mends_what_it_finds() {
    let (place, mut lane) = (Place::new(), Lane::new());
    let target = rotated(&place, Mode::Writev, Rotate { size: Some(1), ..Rotate::default() });
    let mut sink = target.lane();
    deliver(&mut *sink, &mut lane, &["one"]);
    std::fs::rename(place.path(), place.directory.path().join("out.log.1")).unwrap();
    write(place.path(), "torn").unwrap();
    deliver(&mut *sink, &mut lane, &["two"]);
    assert_eq!(texts(&place), ["one\n", "torn\ntwo\n"]);
}

#[test]
fn a_directory_that_is_gone_is_waited_for() {
    let (place, mut lane) = (Place::new(), Lane::new());
    let (inner, aside) = (place.directory.path().join("inner"), place.directory.path().join("aside"));
    std::fs::create_dir(&inner).unwrap();
    let path = inner.join("out.log");
    let rotate = Some(Rotate { size: Some(1), ..Rotate::default() });
    let mut sink = place.open(FileConfig { rotate, path: path.clone(), ..place.config() }).lane();
    deliver(&mut *sink, &mut lane, &["one"]);
    std::fs::rename(&inner, &aside).unwrap();
    sink.deliver(lane.batch(&[Line::new("two")])).unwrap();
    assert_eq!(lane.returned(), [false; 0]);
    std::fs::rename(&aside, &inner).unwrap();
    let mut returned = Vec::new();
    while returned.is_empty() {
        sink.flush().unwrap();
        returned = lane.returned();
    }
    assert_eq!((read(path).unwrap(), returned), (b"two\n".to_vec(), vec![false]));
}
