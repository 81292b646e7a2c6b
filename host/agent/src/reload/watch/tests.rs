//! Each way to change a file, on real directories.

use super::*;
use logagent_testkit::receive;
use std::fs;
use std::os::unix::fs::symlink;

fn noticed(prepare: impl FnOnce(&Path), file: &str, change: impl FnOnce(&Path)) {
    let dir = tempfile::tempdir().unwrap();
    prepare(dir.path());
    let (requests, requested) = channel();
    let _watch = Watch::start(Seen::default(), vec![dir.path().join(file)], By::Events, requests);
    change(dir.path());
    let request = receive(&requested).expect("the change is noticed");
    assert!(matches!(request, Request::Files));
}

fn write(dir: &Path) {
    fs::write(dir.join("f"), "one").unwrap();
}

#[test]
fn a_file_that_is_written_in_place_is_noticed() {
    noticed(write, "f", |dir| fs::write(dir.join("f"), "other").unwrap());
}

#[test]
fn a_change_is_noticed_without_events() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path());
    let (requests, requested) = channel();
    let _watch = Watch::start(Seen::default(), vec![dir.path().join("f")], By::Looks, requests);
    fs::write(dir.path().join("f"), "other").unwrap();
    assert!(matches!(receive(&requested), Ok(Request::Files)));
}

#[test]
fn a_file_that_is_replaced_by_a_rename_is_noticed() {
    noticed(write, "f", |dir| {
        fs::write(dir.join("new"), "one").unwrap();
        fs::rename(dir.join("new"), dir.join("f")).unwrap();
    });
}

#[test]
fn a_file_that_is_removed_and_put_back_is_noticed() {
    noticed(write, "f", |dir| {
        fs::remove_file(dir.join("f")).unwrap();
        fs::write(dir.join("f"), "other").unwrap();
    });
}

#[test]
fn a_link_to_a_directory_that_is_turned_elsewhere_is_noticed() {
    // As Kubernetes mounts a ConfigMap: f → ..data/f, ..data → ..1
    let mount = |dir: &Path| {
        for version in ["..1", "..2"] {
            fs::create_dir(dir.join(version)).unwrap();
            fs::write(dir.join(version).join("f"), version).unwrap();
        }
        symlink("..1", dir.join("..data")).unwrap();
        symlink("..data/f", dir.join("f")).unwrap();
    };
    noticed(mount, "f", |dir| {
        symlink("..2", dir.join("..data_tmp")).unwrap();
        fs::rename(dir.join("..data_tmp"), dir.join("..data")).unwrap();
    });
}

#[test]
fn a_file_that_a_link_leads_to_is_noticed_where_it_lies() {
    let link = |dir: &Path| {
        fs::create_dir(dir.join("elsewhere")).unwrap();
        fs::write(dir.join("elsewhere/f"), "one").unwrap();
        symlink("elsewhere/f", dir.join("f")).unwrap();
    };
    noticed(link, "f", |dir| fs::write(dir.join("elsewhere/f"), "other").unwrap());
}

#[test]
fn what_happens_to_other_files_is_not_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path());
    let (requests, requested) = channel();
    let _watch = Watch::start(Seen::default(), vec![dir.path().join("f")], By::Events, requests);
    for number in 0..10 {
        fs::write(dir.path().join("other"), number.to_string()).unwrap();
    }
    fs::write(dir.path().join("new"), "other").unwrap();
    fs::rename(dir.path().join("new"), dir.path().join("f")).unwrap();
    receive(&requested).expect("the change is noticed");
    // A look a second: another request would come with the next.
    assert!(requested.recv_timeout(2 * POLL).is_err(), "the file has changed once");
}

#[test]
fn a_change_between_reading_a_file_and_watching_it_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path());
    let mut seen = Seen::default();
    seen.look([dir.path().join("f")]);
    fs::write(dir.path().join("f"), "other").unwrap();
    let (requests, requested) = channel();
    let _watch = Watch::start(seen, vec![dir.path().join("f")], By::Events, requests);
    receive(&requested).expect("the change is noticed");
}
