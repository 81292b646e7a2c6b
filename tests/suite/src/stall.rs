//! One of three sinks stalls while input comes at full speed: a file, nowhere, and a FIFO whose reader has stopped. The
//! agent's memory is watched throughout; in the end the reader goes on, and every record is accounted for. `make stall`
//! runs it for a day's input, the tests for a little.

mod input;
mod watch;

use crate::{Agent, Place, Report, filter};
use input::Input;
use logagent_testkit::until;
use std::fs::{File, OpenOptions};
use std::io::Read;
use std::os::unix::fs::OpenOptionsExt;
use std::thread::JoinHandle;
use watch::Watch;

/// What becomes of the records that the stalled sink does not take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// They wait in the rings, and all else with them.
    Wait,
    /// They go to the disk; the oldest are dropped.
    Disk,
    /// What is no error is dropped, and all once the buffer is full.
    Shed,
}

/// What came of it.
#[derive(Debug)]
pub struct Outcome {
    /// How much was written for the agent to read.
    pub bytes: u64,
    /// The same in records.
    pub records: u64,
    /// What the stalled sink got in the end.
    pub arrived: u64,
    /// What it did not get, as the agent counts it.
    pub dropped: u64,
    /// The most memory that the agent had (PSS), in KiB.
    pub most_kib: u64,
    /// `memory.limit`, in KiB.
    pub limit_kib: u64,
    /// How often its memory was looked at.
    pub looks: u64,
}

impl Mode {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Wait, Self::Disk, Self::Shed];

    /// What the parts of the configuration may take: close to their sum, which the agent checks.
    fn limit_mib(self) -> u64 {
        match self {
            Self::Wait => 64,
            Self::Disk => 72,
            Self::Shed => 272,
        }
    }

    fn buffer(self) -> &'static str {
        match self {
            Self::Wait => "{ type: memory }",
            Self::Disk => "{ type: disk, max_bytes: 64MiB, when_full: drop_oldest, fsync: never }",
            Self::Shed => "{ type: memory, when_full: shed, shed: { keep: error, then: shed } }",
        }
    }

    /// Severities are in the records once a filter has found them.
    fn filters(self) -> (String, &'static str) {
        if self != Self::Shed {
            return (String::new(), "[]");
        }
        let component = filter("parse");
        let parse = format!("{{ component: {component}, config: {{ format: json }}, limits: {{ memory: 8MiB }} }}");
        (format!("filters: {{ parse: {parse} }}\n"), "[parse]")
    }

    fn config(self) -> String {
        let (filters, through) = self.filters();
        format!(
            "lanes: 2\n\
             memory: {{ ring_bytes: 8MiB, limit: {}MiB }}\n\
             sources: {{ app: {{ type: file, include: ['*.log', '*.log.1'] }} }}\n\
             {filters}\
             sinks:\n\
             \x20 file: {{ type: file, path: file.out, rotate: {{ size: 16MiB, keep: 1 }} }}\n\
             \x20 nowhere: {{ type: blackhole }}\n\
             \x20 stalled: {{ type: file, path: fifo, buffer: {} }}\n\
             pipelines: {{ main: {{ from: [app], through: {through}, to: [file, nowhere, stalled] }} }}\n",
            self.limit_mib(),
            self.buffer()
        )
    }
}

/// Runs an agent over so many bytes of input, or as many as make it wait.
///
/// # Panics
/// Where a record is not accounted for, or the agent does not go on.
#[must_use]
pub fn run(mode: Mode, bytes: u64) -> Outcome {
    let place = Place::new(&mode.config());
    place.make_fifo("fifo");
    let flags = i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).expect("a flag");
    // Open, so that the sink can begin to write, and never read.
    let stalled = OpenOptions::new().read(true).custom_flags(flags).open(place.path("fifo")).expect("a FIFO");
    let agent = Agent::follow(&place);
    let watch = Watch::start(agent.child.id());
    let mut input = Input::new(&place);
    match mode {
        Mode::Wait => {
            input.write(bytes.min(input::MORE_THAN_RINGS));
            agent.until_it_waits();
        }
        Mode::Disk | Mode::Shed => input.feed(bytes),
    }
    let reader = read_on(&place);
    drop(stalled);
    until_settled(&place, input.records());
    agent.terminate();
    let ended = agent.wait();
    let arrived = reader.join().expect("the FIFO is read");
    let (most_kib, looks) = watch.end();
    let report = ended.done();
    let dropped = account(report, input.records(), arrived);
    let (bytes, records, limit_kib) = (input.bytes(), input.records(), mode.limit_mib() << 10);
    Outcome { bytes, records, arrived, dropped, most_kib, limit_kib, looks }
}

/// Reads the FIFO to its end; answers how many lines there were.
fn read_on(place: &Place) -> JoinHandle<u64> {
    let mut fifo = File::open(place.path("fifo")).expect("a FIFO");
    std::thread::spawn(move || {
        let (mut bytes, mut lines) = (vec![0; 1 << 20], 0);
        while let Ok(count @ 1..) = fifo.read(&mut bytes) {
            lines += bytes[..count].iter().filter(|&&byte| byte == b'\n').count() as u64;
        }
        lines
    })
}

/// Waits until all that was written has been received, and nothing is on its way any more.
fn until_settled(place: &Place, records: u64) {
    until("nothing is on its way", || {
        let Some(report) = Report::of_running(place) else { return false };
        let backlog = report.find("sinks/stalled/buffer/backlog").unwrap_or_default();
        report.count("received") == records && report.count("in_flight") + backlog == 0
    });
}

/// Asserts that every sink got every record, or that the one that stalled says which it did not get; answers how many.
fn account(report: &Report, records: u64, arrived: u64) -> u64 {
    for name in ["received", "delivered", "sinks/file/records", "sinks/nowhere/records"] {
        assert_eq!(report.count(name), records, "{name}");
    }
    let dropped = ["sinks/stalled/dropped/shed", "sinks/stalled/buffer/dropped/buffer_full"];
    let dropped = dropped.iter().filter_map(|name| report.find(name)).sum();
    assert_eq!(arrived + dropped, records, "what the stalled sink got and did not get");
    dropped
}
