//! Clients that say what they shouldn't, or nothing. After each of them the server serves the next.

use crate::agent::{ATTEMPTS, DEADLINE, Double, Running, impatient, patient};
use logagent_control::{Client, Limits, MAX_REQUEST_BYTES};
use serde_json::{Value, json};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

fn connect(path: &Path) -> UnixStream {
    let stream = UnixStream::connect(path).unwrap();
    // No test waits for ever on a server that fails it.
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    stream
}

/// Whoever is cut off already, being slow, notices by the answer.
fn send(stream: &mut UnixStream, payload: &[u8]) {
    let length = u32::try_from(payload.len()).unwrap().to_le_bytes();
    let _ = stream.write_all(&[&length, payload].concat());
}

/// The answer, as JSON; `Null` where the connection was closed instead.
fn answer(stream: &mut UnixStream) -> Value {
    let mut length = [0; 4];
    if stream.read_exact(&mut length).is_err() {
        return Value::Null;
    }
    let mut payload = vec![0; u32::from_le_bytes(length) as usize];
    stream.read_exact(&mut payload).unwrap();
    rmp_serde::from_slice::<Value>(&payload).unwrap()["answer"].take()
}

fn asked(path: &Path, request: &Value) -> Value {
    let mut stream = connect(path);
    send(&mut stream, &rmp_serde::to_vec_named(request).unwrap());
    answer(&mut stream)
}

#[test]
fn a_request_in_the_documented_form_is_answered() {
    let running = Running::start();
    let answer = asked(&running.path(), &json!({"version": 1, "command": "status"}));
    assert_eq!(answer["status"]["pid"], 4242);
}

#[test]
fn another_version_and_an_unknown_command_are_refused_by_name() {
    let running = Running::start();
    let refused = |request| asked(&running.path(), &request)["refused"].take();
    let version = refused(json!({"version": 2, "command": "status"}));
    assert_eq!(version, json!({"version": {"asked": 2, "spoken": 1}}));
    let command = refused(json!({"version": 1, "command": "dance"}));
    let expected =
        json!({"command": "dance", "known": ["status", "reload", "state", "replay"], "asked": 1, "spoken": 1});
    assert_eq!(command, json!({ "command": expected }));
}

#[test]
fn garbage_is_refused_and_ends_the_connection() {
    let running = Running::start();
    for garbage in [&b""[..], b"\0", b"\xc1\xc1\xc1", b"\xdf\xff\xff\xff\xff", &[0x91; 60_000], b"{\"version\":1}"] {
        let mut stream = connect(&running.path());
        send(&mut stream, garbage);
        assert!(answer(&mut stream)["refused"]["malformed"]["problem"].is_string(), "{garbage:?}");
        assert_eq!(answer(&mut stream), Value::Null);
    }
    Client::connect(&running.path()).unwrap().status().unwrap();
}

#[test]
fn a_length_beyond_the_limit_is_refused_before_it_is_read() {
    let running = Running::start();
    let bytes = u32::try_from(MAX_REQUEST_BYTES + 1).unwrap();
    for (head, bytes) in [(bytes.to_le_bytes(), bytes), (*b"GET ", u32::from_le_bytes(*b"GET "))] {
        let mut stream = connect(&running.path());
        stream.write_all(&head).unwrap();
        let expected = json!({"refused": {"too_long": {"bytes": bytes, "most": MAX_REQUEST_BYTES}}});
        assert_eq!(answer(&mut stream), expected);
        assert_eq!(answer(&mut stream), Value::Null);
    }
    Client::connect(&running.path()).unwrap().status().unwrap();
}

#[test]
fn whoever_stalls_is_cut_off() {
    let running = Running::with(Double::default(), impatient());
    for half in [&b""[..], b"\x10", b"\x10\0\0\0", b"\x10\0\0\0\x82\xa7"] {
        let mut stream = connect(&running.path());
        // It may be too late for it.
        let _ = stream.write_all(half);
        let cut = stream.read(&mut [0]);
        assert!(!matches!(&cut, Ok(1..)) && !cut.is_err_and(|error| error.kind() == ErrorKind::WouldBlock), "{half:?}");
    }
}

#[test]
fn clients_that_take_all_connections_and_stall_hold_nobody_off_for_long() {
    let running = Running::with(Double::default(), impatient());
    let stalled: Vec<UnixStream> = (0..100).map(|_| connect(&running.path())).collect();
    // Who is slow to ask is cut off as well.
    let ask = || Client::connect(&running.path()).and_then(|client| client.status());
    assert!((0..ATTEMPTS).any(|_| ask().is_ok()));
    drop(stalled);
}

#[test]
fn a_client_beyond_the_limit_waits_until_another_ends() {
    let running = Running::with(Double::default(), Limits { connections: 1, ..patient() });
    let first = Client::connect(&running.path()).unwrap();
    first.status().unwrap();
    let mut second = connect(&running.path());
    send(&mut second, &rmp_serde::to_vec_named(&json!({"version": 1, "command": "status"})).unwrap());
    second.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    assert_eq!(second.read(&mut [0]).unwrap_err().kind(), ErrorKind::WouldBlock);
    drop(first);
    second.set_read_timeout(Some(DEADLINE)).unwrap();
    assert!(answer(&mut second)["status"].is_object());
}

#[test]
fn a_client_that_takes_no_answer_is_cut_off() {
    let mut double = Double::default();
    // Longer than what a socket's buffer takes.
    double.status.config = "c".repeat(8 << 20);
    let running = Running::with(double, Limits { connections: 1, ..impatient() });
    let mut stream = connect(&running.path());
    send(&mut stream, &rmp_serde::to_vec_named(&json!({"version": 1, "command": "status"})).unwrap());
    // There is one place, so that this is answered when that one has been cut off.
    let ask = || asked(&running.path(), &json!({"version": 2, "command": "status"}));
    assert!((0..ATTEMPTS).any(|_| ask()["refused"]["version"].is_object()));
    let mut taken = Vec::new();
    // What has come before the cut may be read, or not.
    let _ = stream.read_to_end(&mut taken);
    assert!(taken.len() < 8 << 20, "{}", taken.len());
}
