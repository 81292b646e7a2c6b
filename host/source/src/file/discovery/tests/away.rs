//! Files that can't be found for a while, and come again.

use super::*;
use logagent_component::{Checkpoint, Checkpoints, Mark};

/// `d/a.log` and `d/b.log`, of which so many may be open. All of them was delivered, but for an unfinished line.
fn in_a_directory(most: usize) -> Fixture {
    let mut fixture = fixture_with(&["d/*.log", "*.log"], &[], |config| config.max_open_files = most);
    std::fs::create_dir(fixture.path("d")).unwrap();
    let mut lines = Vec::new();
    for name in ["a", "b"] {
        fixture.append(&format!("d/{name}.log"), &format!("{name}1\n"));
        lines.extend(fixture.look(SECOND));
        fixture.confirm();
    }
    assert_eq!(lines, ["a1", "b1"]);
    fixture
}

#[test]
fn files_of_a_directory_that_is_away_wait_for_it_and_go_on() {
    for most in [1, 10] {
        let mut fixture = in_a_directory(most);
        fixture.append("d/b.log", "b");
        fixture.look(SECOND);
        rename(fixture.path("d"), fixture.path("e")).unwrap();
        assert_eq!(fixture.outwait(), NOTHING);
        rename(fixture.path("e"), fixture.path("d")).unwrap();
        assert_eq!(fixture.outwait(), NOTHING);
        fixture.append("d/b.log", "2\n");
        assert_eq!(fixture.look(SECOND), ["b2"], "{most}");
        assert_eq!((fixture.discovery.owner.meter.restarted.get(), fixture.lanes.len()), (0, 2));
    }
}

#[test]
fn files_of_a_directory_that_is_away_are_read_and_make_room_for_others() {
    let mut fixture = in_a_directory(2);
    rename(fixture.path("d"), fixture.path("e")).unwrap();
    fixture.append("e/a.log", "a2\n");
    assert_eq!(fixture.outwait(), ["a2"], "its writer has it open still");
    fixture.confirm();
    fixture.append("c.log", "c1\n");
    assert_eq!((fixture.look(SECOND), fixture.open()), (vec!["c1".to_owned()], 2));
}

#[test]
fn files_behind_a_link_to_a_directory_that_leads_elsewhere_for_a_while_go_on() {
    for most in [1, 10] {
        let mut fixture = in_a_directory(most);
        rename(fixture.path("d"), fixture.path("one")).unwrap();
        std::fs::create_dir(fixture.path("two")).unwrap();
        fixture.append("two/a.log", "other\n");
        for (target, found) in [("one", &[][..]), ("two", &["other"][..]), ("one", &[])] {
            let _ = remove_file(fixture.path("d"));
            symlink(fixture.path(target), fixture.path("d")).unwrap();
            assert_eq!(fixture.outwait(), found, "{target}, {most}");
            fixture.confirm();
        }
        fixture.append("d/a.log", "a2\n");
        let lines = [fixture.look(SECOND), fixture.look(SECOND)].concat();
        assert_eq!(lines, ["a2"]);
    }
}

#[test]
fn a_file_that_is_renamed_and_renamed_back_goes_on_unless_others_have_its_inode() {
    for (now, expected) in [("a1\na2\n", ["a2"]), ("a3\n", ["a3"])] {
        let mut fixture = in_a_directory(10);
        rename(fixture.path("d/a.log"), fixture.path("away")).unwrap();
        assert_eq!(fixture.outwait(), NOTHING);
        assert_eq!((fixture.discovery.files.len(), fixture.discovery.resume.count_left()), (1, 1));
        write(fixture.path("away"), now).unwrap();
        rename(fixture.path("away"), fixture.path("d/a.log")).unwrap();
        assert_eq!(fixture.look(SECOND), expected);
        assert_eq!(fixture.discovery.resume.count_left(), 0);
    }
}

#[test]
fn what_becomes_of_a_file_that_is_parted_with_is_kept_for_the_next_run() {
    #[derive(Default)]
    struct Kept(std::sync::Mutex<Vec<Checkpoint>>);
    impl Checkpoints for Kept {
        fn kept(&self, _: &str) -> Vec<Checkpoint> {
            Vec::new()
        }
        fn keep(&self, _: Arc<dyn Mark>) {}
        fn carry(&self, checkpoint: Checkpoint) {
            self.0.lock().unwrap().push(checkpoint);
        }
    }
    let kept = Arc::<Kept>::default();
    let mut fixture = fixture_with(&["*.log"], &[], |config| config.checkpoints = Some(kept.clone()));
    for name in ["renamed.log", "deleted.log"] {
        fixture.append(name, "1\n");
    }
    fixture.look(SECOND);
    fixture.confirm();
    rename(fixture.path("renamed.log"), fixture.path("renamed")).unwrap();
    remove_file(fixture.path("deleted.log")).unwrap();
    fixture.outwait();
    let kept = kept.0.lock().unwrap();
    assert_eq!(
        kept.iter().map(|it| (it.path.clone(), it.offset)).collect::<Vec<_>>(),
        [(fixture.path("renamed.log"), 2)]
    );
}
