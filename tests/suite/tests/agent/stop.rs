//! SIGTERM, and sinks that never answer.

use logagent_testkit::until;
use logagent_tests::{Agent, Place, Report, json_logs, lines};
use std::fs::OpenOptions;
use std::io::Write;
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

#[test]
fn a_drain_delivers_everything_that_was_read() {
    let place = Place::new(
        r"
lanes: 2
sources: { app: { type: file, include: ['*.log'] } }
sinks: { out: { type: file, path: out, flush: { max_records: 100000, max_age: 10s } } }
pipelines: { main: { from: [app], to: [out] } }
",
    );
    let logs = json_logs(5, 30 << 20);
    place.write("a.log", &logs);
    let agent = Agent::follow(&place);
    until("the first lines", || !place.read("out").is_empty());
    agent.terminate();
    let ended = agent.wait();
    let out = place.read("out");
    assert!(logs.starts_with(&out), "the output is no beginning of the input");
    let report = ended.done();
    assert_eq!(report.count("received"), lines(&out).count() as u64);
    assert_eq!(report.count("delivered"), report.count("received"));
}

#[test]
fn a_mapped_output_ends_with_its_last_record_once_the_agent_has_ended() {
    let place = Place::new(
        r"
sources: { app: { type: file, include: ['*.log'] } }
sinks: { out: { type: file, path: out, mode: mmap } }
pipelines: { main: { from: [app], to: [out] } }
",
    );
    place.write("a.log", "one\n");
    let agent = Agent::follow(&place);
    until("the record", || place.read("out").starts_with(b"one\n"));
    agent.terminate();
    agent.wait().done();
    assert_eq!(place.text("out"), "one\n");
    place.append("a.log", "two\n");
    Agent::once(&place).done();
    assert_eq!(place.text("out"), "one\ntwo\n");
}

/// The sink never answers, and there is more input than fits: memory stays as it is, the source waits, and SIGTERM
/// ends the agent in time with what is in flight.
fn assert_that_it_waits(agent: Agent<'_>) {
    agent.until_it_waits();
    let (read, memory) = (agent.bytes_read(), agent.memory());
    let since = Instant::now();
    let mut highest = memory;
    while since.elapsed() < Duration::from_secs(3) {
        std::thread::sleep(Duration::from_millis(50));
        highest = highest.max(agent.memory());
    }
    assert!(highest < 32 << 20, "{highest} bytes for a ring of 8 MiB");
    assert!(highest < memory + (1 << 20), "from {memory} bytes to {highest} while nothing moves");
    assert!(agent.bytes_read() - read < 4096, "it still reads");
    let told = Instant::now();
    agent.terminate();
    let ended = agent.wait();
    let took = told.elapsed();
    assert!((SHUTDOWN_TIMEOUT..Duration::from_secs(60)).contains(&took), "after {took:?}");
    assert_eq!(ended.code, 1, "{}", ended.stderr);
    let report = ended.report();
    assert!(report.count("in_flight") > 0 && report.count("received") > 0);
    assert_eq!(report.count("delivered") + report.count("in_flight"), report.count("received"));
    assert!(ended.stderr.contains("in flight"), "{}", ended.stderr);
}

const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(1);

fn stalled(source: &str) -> Place {
    let place = Place::new(&format!(
        r"
lanes: 1
memory: {{ ring_bytes: 8MiB }}
shutdown_timeout: {}s
sources: {{ app: {source} }}
sinks: {{ out: {{ type: file, path: fifo }} }}
pipelines: {{ main: {{ from: [app], to: [out] }} }}
",
        SHUTDOWN_TIMEOUT.as_secs()
    ));
    place.make_fifo("fifo");
    place
}

#[test]
fn a_fifo_that_nobody_opens_makes_a_file_wait() {
    let place = stalled("{ type: file, include: ['*.log'] }");
    place.write("a.log", json_logs(6, 40 << 20));
    let agent = Agent::follow(&place);
    until("it reads", || agent.bytes_read() > 4 << 20);
    assert_that_it_waits(agent);
}

#[test]
fn short_lines_make_a_file_wait_as_well() {
    let place = stalled("{ type: file, include: ['*.log'] }");
    place.write("a.log", "\na\nbb\n".repeat(2 << 20));
    let agent = Agent::follow(&place);
    until("it reads", || agent.bytes_read() > 100_000);
    assert_that_it_waits(agent);
}

#[test]
fn a_fifo_whose_reader_never_reads_makes_endless_standard_input_wait() {
    let place = stalled("{ type: stdin }");
    // Opened without waiting for the writer, and never read.
    let flags = i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).unwrap();
    let reader = OpenOptions::new().read(true).custom_flags(flags).open(place.path("fifo")).unwrap();
    let arguments = ["run", "--config", "agent.yaml", "--report", "report.json"];
    let mut agent = Agent::start_with(&place, &arguments, Stdio::piped(), Stdio::null());
    let mut stdin = agent.child.stdin.take().unwrap();
    let written = Arc::new(AtomicU64::new(0));
    let counter = written.clone();
    let pipe = stdin.as_fd().try_clone_to_owned().unwrap();
    // Ends with the agent, whose end of the pipe goes then.
    std::thread::spawn(move || {
        let lines = json_logs(7, 1 << 16);
        while stdin.write_all(&lines).is_ok() {
            counter.fetch_add(lines.len() as u64, Ordering::Relaxed);
        }
    });
    until("it reads", || agent.bytes_read() > 4 << 20);
    // The writer is not what it waits for.
    until("the pipe is full", || {
        agent.until_it_waits();
        rustix::io::ioctl_fionread(&pipe).unwrap() > 0
    });
    assert_that_it_waits(agent);
    assert!(written.load(Ordering::Relaxed) < 16 << 20, "the writer had to wait");
    drop(reader);
}

#[test]
fn a_reader_that_comes_late_gets_everything() {
    let place = stalled("{ type: file, include: ['*.log'] }");
    let logs = json_logs(8, 20 << 20);
    place.write("a.log", &logs);
    let agent = Agent::start(&place, &["run", "--config", "agent.yaml", "--once", "--report", "report.json"]);
    until("it reads", || agent.bytes_read() > 4 << 20);
    agent.until_it_waits();
    assert!(std::fs::read(place.path("fifo")).unwrap() == logs, "the output differs");
    agent.wait().done();
}

#[test]
fn a_second_signal_stops_at_once() {
    let place = Place::new(
        r"
lanes: 1
shutdown_timeout: 1h
sources: { app: { type: file, include: ['*.log'] } }
sinks: { out: { type: file, path: fifo } }
pipelines: { main: { from: [app], to: [out] } }
",
    );
    place.make_fifo("fifo");
    place.write("a.log", "a\n");
    let agent = Agent::follow(&place);
    until("its record", || Report::of_running(&place).is_some_and(|report| report.count("in_flight") == 1));
    agent.terminate();
    agent.until_it_waits();
    agent.terminate();
    let ended = agent.wait();
    assert_eq!((ended.code, ended.report().count("in_flight")), (1, 1), "{}", ended.stderr);
}
