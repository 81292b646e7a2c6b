//! Commands and their answers, rates, many clients, and the end.

use crate::agent::{ATTEMPTS, DEADLINE, Double, Running, fixed, patient};
use logagent_control::{Client, ClientError, Limits, ReloadAnswer, ReloadRefusal};
use serde_json::to_value;
use std::io::Read;
use std::os::unix::net::UnixStream;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

#[test]
fn a_status_comes_as_the_agent_gave_it() {
    let running = Running::start();
    let client = Client::connect(&running.path()).unwrap();
    for _ in 0..3 {
        let status = client.status().unwrap();
        assert_eq!(to_value(&status).unwrap(), to_value(fixed()).unwrap());
    }
}

#[test]
fn a_reload_answers_what_changed_or_all_that_is_wrong() {
    let answer = ReloadAnswer { changes: "filters: ~quiet".into(), generations: [("quiet".into(), 4)].into() };
    let refusal = ReloadRefusal { problems: vec!["a.yaml:1:1: one".into(), "a.yaml:2:1: two".into()] };
    let answers = Mutex::new(vec![Err(refusal.clone()), Ok(answer.clone())]);
    let reload = Box::new(move || answers.lock().unwrap().pop().unwrap());
    let running = Running::with(Double { reload, ..Double::default() }, patient());
    let client = Client::connect(&running.path()).unwrap();
    assert_eq!(client.reload().unwrap(), answer);
    assert!(matches!(client.reload(), Err(ClientError::Reload(found)) if found == refusal));
    client.status().unwrap();
}

#[test]
fn rates_are_what_passed_between_two_samples() {
    let double = Double { shows_rates: true, ..Double::default() };
    let samples = double.samples();
    let limits = Limits { sample_every: Duration::from_millis(10), ..patient() };
    let running = Running::with(double, limits);
    // Dropped before the server, which waits for its sampler.
    let samples = samples;
    let client = Client::connect(&running.path()).unwrap();
    assert_eq!(samples.recv().unwrap(), 0);
    assert!(client.status().unwrap().rates.is_empty(), "one sample says nothing");
    // The third is begun when the rates of the first two stand.
    while samples.recv().unwrap() < 2 {}
    let rate = client.status().unwrap().rates["main"];
    assert!((rate.records_in * rate.seconds - 100.0).abs() < 1e-6 && rate.seconds >= 0.01, "{rate:?}");
}

#[test]
fn a_hundred_clients_are_all_answered_but_no_more_at_once_than_allowed() {
    let running = Running::start();
    std::thread::scope(|scope| {
        for _ in 0..100 {
            let ask = || Client::connect(&running.path()).and_then(|client| client.status());
            // Where so many wait for each other, one may be too late for the client's patience.
            scope.spawn(move || assert!((0..ATTEMPTS).any(|_| ask().is_ok())));
        }
    });
    let most = running.double.at_once[1].load(Ordering::SeqCst);
    assert!((1..=Limits::default().connections).contains(&most), "{most}");
}

#[test]
fn the_end_removes_the_socket_and_cuts_connections_off() {
    let mut running = Running::start();
    let mut stream = UnixStream::connect(running.path()).unwrap();
    let client = Client::connect(&running.path()).unwrap();
    client.status().unwrap();
    drop(running.server.take());
    // Those that serve would wait for an hour for another request.
    let end = Instant::now() + DEADLINE;
    while Arc::strong_count(&running.double) > 1 {
        assert!(Instant::now() < end, "connections go on after the server's end");
        std::thread::yield_now();
    }
    assert!(!running.path().exists());
    assert_eq!(stream.read(&mut [0]).unwrap_or(0), 0);
    assert!(matches!(client.status(), Err(ClientError::Broken { .. })));
    assert!(matches!(Client::connect(&running.path()), Err(ClientError::Absent { .. })));
}

/// A server in whose reload somebody waits, until the sender is dropped.
fn with_a_reload_that_waits() -> (Running, JoinHandle<Result<ReloadAnswer, ClientError>>, Sender<()>) {
    let ((begun, has_begun), (end, ended)) = (channel(), channel::<()>());
    let ended = Mutex::new(ended);
    let reload = Box::new(move || {
        begun.send(()).unwrap();
        // What ends the server may be what the reload waits for.
        let _ = ended.lock().unwrap().recv();
        Ok(ReloadAnswer::default())
    });
    let running = Running::with(Double { reload, ..Double::default() }, patient());
    let client = Client::connect(&running.path()).unwrap();
    let reloading = std::thread::spawn(move || client.reload());
    has_begun.recv().unwrap();
    (running, reloading, end)
}

#[test]
fn the_end_does_not_wait_for_a_reload() {
    let (mut running, reloading, end) = with_a_reload_that_waits();
    drop(running.server.take());
    assert!(matches!(reloading.join().unwrap(), Err(ClientError::Broken { .. })));
    drop(end);
}

#[test]
fn a_status_is_answered_while_a_reload_runs() {
    let (running, reloading, end) = with_a_reload_that_waits();
    Client::connect(&running.path()).unwrap().status().unwrap();
    drop(end);
    reloading.join().unwrap().unwrap();
}
