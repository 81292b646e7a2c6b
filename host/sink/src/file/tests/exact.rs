//! Files whose length is kept: what they say of themselves, and what a start cuts off.

use super::*;

fn exact(place: &Place) -> FileConfig {
    FileConfig { exactly_once: true, ..place.config() }
}

#[test]
fn a_file_says_how_long_it_is_and_the_next_start_cuts_back_to_that() {
    let (place, mut lane) = (Place::new(), Lane::new());
    write(place.path(), "theirs\n").unwrap();
    let target = place.open(exact(&place));
    deliver(&mut *target.lane(), &mut lane, &["one"]);
    let file = target.appended().unwrap();
    let kept = file.extent().unwrap();
    assert_eq!(kept, Extent::of(&place.path().metadata().unwrap()));
    file.sync().unwrap();
    deliver(&mut *target.lane(), &mut lane, &["two"]);
    drop(target);
    let target = place.open(FileConfig { kept: Some(kept), ..exact(&place) });
    assert_eq!(read(place.path()).unwrap(), b"theirs\none\n");
    deliver(&mut *target.lane(), &mut lane, &["two"]);
    assert_eq!(read(place.path()).unwrap(), b"theirs\none\ntwo\n");
}

#[test]
fn a_file_that_was_renamed_is_cut_back_and_another_is_begun() {
    let (place, mut lane) = (Place::new(), Lane::new());
    let target = place.open(exact(&place));
    let kept = target.appended().unwrap().extent().unwrap();
    deliver(&mut *target.lane(), &mut lane, &["one"]);
    drop(target);
    let other = place.directory.path().join("out.log.1");
    std::fs::rename(place.path(), &other).unwrap();
    place.open(FileConfig { kept: Some(kept), ..exact(&place) });
    assert_eq!((read(other).unwrap(), read(place.path()).unwrap()), (vec![], vec![]));
}

#[test]
fn what_the_disk_has_refused_to_others_is_refused_to_who_writes() {
    let place = Place::new();
    let config = exact(&place);
    let (mut regular, _) = Regular::open(Plan {
        path: config.path.clone(),
        mode: config.mode,
        rotate: None,
        begun: None,
        is_durable: true,
        has_lines: true,
        clock: Clock::new(SystemTime::now),
    })
    .unwrap();
    regular.make_way(1).unwrap();
    regular.refuse(crate::failure::Failure::of("sync")(Error::from_raw_os_error(5)));
    assert_eq!(regular.make_way(1).unwrap_err().action, "sync");
    regular.file().expect_err("asked again, the system would say that all is well");
}

#[test]
fn what_can_not_be_cut_back_is_refused() {
    let place = Place::new();
    let refusal = |config| match FileTarget::open(config, Arc::default()) {
        Err(SinkError::Write { source, .. }) => source.to_string(),
        Ok(_) => panic!("it is opened"),
    };
    let rotate = Some(Rotate { size: Some(1), ..Rotate::default() });
    for config in [FileConfig { rotate, ..exact(&place) }, FileConfig { mode: Mode::Mmap, ..exact(&place) }] {
        assert_eq!(refusal(config), "a file that is rotated or mapped can't be written exactly once");
    }
    let null = FileConfig { path: "/dev/null".into(), ..exact(&place) };
    assert_eq!(refusal(null), "only a regular file can be rotated, synced, mapped or written exactly once");
}
