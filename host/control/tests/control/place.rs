//! The socket in the file system: whose it is, and what may be there before.

use crate::agent::{Double, Running};
use logagent_control::{Client, ControlError, Server, socket_path};
use std::fs;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::sync::Arc;
use tempfile::tempdir;

fn start(data_dir: &Path) -> Result<Server, ControlError> {
    Server::start(&socket_path(data_dir), Arc::new(Double::default()))
}

#[test]
fn the_socket_is_its_owners_alone() {
    let running = Running::start();
    let metadata = fs::metadata(running.path()).unwrap();
    assert!(metadata.file_type().is_socket());
    assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
    let mut names: Vec<_> = fs::read_dir(running.dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["control.lock", "control.sock"]);
}

#[test]
fn a_data_dir_that_is_not_there_is_made_for_its_owner_alone() {
    let dir = tempdir().unwrap();
    let server = start(&dir.path().join("a/data")).unwrap();
    assert_eq!(fs::metadata(dir.path().join("a/data")).unwrap().permissions().mode() & 0o777, 0o700);
    drop(server);
}

#[test]
fn a_dead_agents_socket_is_replaced() {
    let dir = tempdir().unwrap();
    drop(UnixListener::bind(socket_path(dir.path())).unwrap());
    // Killed while it started, too.
    fs::create_dir(dir.path().join("control.new")).unwrap();
    drop(UnixListener::bind(dir.path().join("control.new/sock")).unwrap());
    let _server = start(dir.path()).unwrap();
    Client::connect(&socket_path(dir.path())).unwrap().status().unwrap();
}

#[test]
fn a_living_agents_socket_is_refused_and_left_alone() {
    let running = Running::start();
    let error = start(running.dir.path()).unwrap_err();
    assert!(matches!(&error, ControlError::Taken { .. }), "{error}");
    assert!(error.to_string().starts_with("another agent runs with this data_dir: it holds "), "{error}");
    Client::connect(&running.path()).unwrap().status().unwrap();
    // Without its lock it is known by its answering.
    fs::remove_file(running.dir.path().join("control.lock")).unwrap();
    assert!(matches!(start(running.dir.path()), Err(ControlError::Taken { .. })));
    Client::connect(&running.path()).unwrap().status().unwrap();
}

#[test]
fn a_living_agent_holds_its_place_also_where_its_socket_is_gone() {
    let running = Running::start();
    fs::remove_file(running.path()).unwrap();
    assert!(matches!(start(running.dir.path()), Err(ControlError::Taken { .. })));
}

#[test]
fn the_place_is_free_after_the_end() {
    let mut running = Running::start();
    for _ in 0..3 {
        drop(running.server.take());
        running.server = Some(start(running.dir.path()).unwrap());
        Client::connect(&running.path()).unwrap().status().unwrap();
    }
}

#[test]
fn of_agents_that_start_at_once_one_runs() {
    let dir = tempdir().unwrap();
    drop(UnixListener::bind(socket_path(dir.path())).unwrap());
    let started = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..8).map(|_| scope.spawn(|| start(dir.path()))).collect();
        starts.into_iter().map(|start| start.join().unwrap()).collect::<Vec<_>>()
    });
    assert_eq!(started.iter().filter(|server| server.is_ok()).count(), 1);
    Client::connect(&socket_path(dir.path())).unwrap().status().unwrap();
}

#[test]
fn what_is_no_socket_is_not_replaced() {
    let dir = tempdir().unwrap();
    fs::write(socket_path(dir.path()), "precious").unwrap();
    let error = start(dir.path()).unwrap_err();
    assert!(matches!(error, ControlError::NotASocket { .. }), "{error}");
    assert_eq!(fs::read(socket_path(dir.path())).unwrap(), b"precious");
}

#[test]
fn an_end_leaves_the_socket_of_an_agent_that_came_after() {
    let mut running = Running::start();
    fs::remove_file(running.path()).unwrap();
    let _other = UnixListener::bind(running.path()).unwrap();
    drop(running.server.take());
    assert!(running.path().exists());
}

#[test]
fn a_path_longer_than_an_address_will_do() {
    let dir = tempdir().unwrap();
    let data_dir = dir.path().join("d".repeat(100)).join("e".repeat(100));
    let server = start(&data_dir).unwrap();
    Client::connect(&socket_path(&data_dir)).unwrap().status().unwrap();
    assert!(matches!(start(&data_dir), Err(ControlError::Taken { .. })));
    drop(server);
    assert!(!socket_path(&data_dir).exists());
}
