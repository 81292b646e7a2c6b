//! The agent as a process that a test starts, signals, measures and waits for, never for ever.

use crate::artifacts;
use crate::{Place, Report};
use logagent_failpoint::Point;
use logagent_testkit::{Patience, until};
use rustix::process::{Pid, Signal, kill_process};
use std::fs::File;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// What `logagentctl` says where it had to wait for the answer for longer than it waits.
const LATE: &str = "no whole message within";

/// Runs `logagentctl` in the place; answers its exit code and what it said on stdout and stderr. Asks again where the
/// answer was late.
///
/// # Panics
/// Where it was not built, or ends by a signal.
#[must_use]
pub fn ctl(place: &Place, arguments: &[&str]) -> (i32, String, String) {
    let mut patience = Patience::default();
    loop {
        let output = ctl_command(place, arguments).output().expect("logagentctl starts");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let stderr = text(&output.stderr);
        if !(stderr.contains(LATE) && patience.lasts()) {
            return (output.status.code().expect("no signal"), text(&output.stdout), stderr);
        }
    }
}

/// `logagentctl` with these arguments in the place, to be started.
#[must_use]
pub fn ctl_command(place: &Place, arguments: &[&str]) -> Command {
    let mut command = Command::new(artifacts::ctl());
    command.current_dir(place.path("")).args(arguments);
    command
}

/// A running agent; killed where the test ends before it does.
pub struct Agent<'a> {
    place: &'a Place,
    /// Its process, with the pipes that were asked for.
    pub child: Child,
}

/// What is left of an agent.
#[derive(Debug)]
pub struct Ended {
    /// Its exit code.
    pub code: i32,
    /// Its standard output, unless that was a pipe.
    pub stdout: Vec<u8>,
    /// Its standard error.
    pub stderr: String,
    report: Option<Report>,
}

impl<'a> Agent<'a> {
    /// Starts it with these arguments.
    ///
    /// # Panics
    /// Where it was not built, or can't be started.
    #[must_use]
    pub fn start(place: &'a Place, arguments: &[&str]) -> Self {
        Self::start_as(place, arguments, |_| {})
    }

    /// The same, with these ends.
    ///
    /// # Panics
    /// As for `start`.
    #[must_use]
    pub fn start_with(place: &'a Place, arguments: &[&str], stdin: Stdio, stdout: Stdio) -> Self {
        Self::start_as(place, arguments, |command| {
            command.stdin(stdin).stdout(stdout);
        })
    }

    /// The same, of a command that `prepare` has changed.
    ///
    /// # Panics
    /// As for `start`.
    #[must_use]
    pub fn start_as(place: &'a Place, arguments: &[&str], prepare: impl FnOnce(&mut Command)) -> Self {
        Self::start_binary(place, artifacts::agent(), arguments, prepare)
    }

    /// Starts `run` on the place's configuration in an agent that dies at a point: in its pass of this number.
    ///
    /// # Panics
    /// As for `start`; and where cargo can't build such an agent.
    #[must_use]
    pub fn start_dying(place: &'a Place, point: Point, pass: u64) -> Self {
        let arguments = ["run", "--config", "agent.yaml"];
        Self::start_binary(place, artifacts::dying_agent(), &arguments, |command| {
            command.env(logagent_failpoint::VARIABLE, format!("{}:{pass}", point.name()));
        })
    }

    fn start_binary(place: &'a Place, binary: PathBuf, arguments: &[&str], prepare: impl FnOnce(&mut Command)) -> Self {
        let file = |name| File::create(place.path(name)).expect("a file");
        let mut command = Command::new(binary);
        command.current_dir(place.path("")).args(arguments).stdin(Stdio::null());
        command.stdout(file("stdout")).stderr(file("stderr"));
        prepare(&mut command);
        Self { place, child: command.spawn().expect("the agent starts") }
    }

    /// Starts `run` on the place's configuration, with a report.
    #[must_use]
    pub fn follow(place: &'a Place) -> Self {
        Self::start(place, &["run", "--config", "agent.yaml", "--report", "report.json"])
    }

    /// Runs `run --once` on the place's configuration to its end.
    #[must_use]
    pub fn once(place: &'a Place) -> Ended {
        Self::start(place, &["run", "--config", "agent.yaml", "--once", "--report", "report.json"]).wait()
    }

    /// Runs it with these arguments to its end.
    #[must_use]
    pub fn run(place: &'a Place, arguments: &[&str]) -> Ended {
        Self::start(place, arguments).wait()
    }

    /// Asks it to drain.
    ///
    /// # Panics
    /// Where it is gone.
    pub fn terminate(&self) {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, Signal::TERM).expect("it runs");
    }

    /// Its proportional memory in bytes: the heap and the rings. The binary's own pages are left out: their share
    /// changes with every other agent that starts or ends.
    #[must_use]
    pub fn memory(&self) -> u64 {
        (self.proc("smaps_rollup", "Pss_Anon:") + self.proc("smaps_rollup", "Pss_Shmem:")) * 1024
    }

    /// A field of its `smaps_rollup` in KiB, such as `Rss:`.
    #[must_use]
    pub fn smaps(&self, field: &str) -> u64 {
        self.proc("smaps_rollup", field)
    }

    /// Asks it to reload, and its sinks to open their files anew.
    ///
    /// # Panics
    /// Where it is gone.
    pub fn hang_up(&self) {
        kill_process(Pid::from_child(&self.child), Signal::HUP).expect("it runs");
    }

    /// How many bytes it has read so far, whatever from.
    #[must_use]
    pub fn bytes_read(&self) -> u64 {
        self.proc("io", "rchar:")
    }

    fn proc(&self, file: &str, field: &str) -> u64 {
        let path = format!("/proc/{}/{file}", self.child.id());
        let text = std::fs::read_to_string(&path).expect("a process of ours");
        let line = text.lines().find_map(|line| line.strip_prefix(field)).expect("a field of proc(5)");
        line.split_whitespace().next().and_then(|number| number.parse().ok()).expect("a number")
    }

    /// Waits until it has read nothing for a while in which it could have: its sources wait.
    pub fn until_it_waits(&self) {
        /// There is a millisecond between two at least.
        const LOOKS: u32 = 500;
        let (mut read, mut still) = (self.bytes_read(), 0);
        until("the source waits", || {
            let now = self.bytes_read();
            still = if now == read { still + u32::from(self.is_asleep()) } else { 0 };
            read = now;
            still >= LOOKS
        });
    }

    /// Whether each of its threads waits for something to happen: none for a processor, for the disk, or to go on after a
    /// stop.
    fn is_asleep(&self) -> bool {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.child.id())).expect("a process of ours");
        // A thread that ends meanwhile has none.
        let stats = tasks.flatten().filter_map(|task| std::fs::read_to_string(task.path().join("stat")).ok());
        // The state stands behind the name, which may hold anything (proc_pid_stat(5)).
        stats.into_iter().all(|stat| stat.rsplit_once(") ").is_some_and(|(_, behind)| behind.starts_with('S')))
    }

    /// Waits for its end.
    ///
    /// # Panics
    /// Where it does not end in time, or by a signal.
    #[must_use]
    pub fn wait(mut self) -> Ended {
        let mut patience = Patience::default();
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("a child of ours") {
                break status;
            }
            assert!(patience.lasts(), "the agent has not ended; stderr: {}", self.place.text("stderr"));
            std::thread::sleep(Duration::from_millis(2));
        };
        let stderr = self.place.text("stderr");
        let code = status.code().unwrap_or_else(|| panic!("the agent ended by {status}; stderr: {stderr}"));
        let report = Report::parse(&self.place.read("report.json"));
        Ended { code, stdout: self.place.read("stdout"), stderr, report }
    }
}

impl Drop for Agent<'_> {
    fn drop(&mut self) {
        // Both fail where it has ended, which is as well.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Ended {
    /// The report, whose law holds.
    ///
    /// # Panics
    /// Where there is none, or the law does not hold.
    #[must_use]
    pub fn report(&self) -> &Report {
        let report = self.report.as_ref().unwrap_or_else(|| panic!("no report; {}", self.stderr));
        report.assert_law();
        report
    }

    /// The report of a run that did all it had to.
    ///
    /// # Panics
    /// Where it did not.
    #[expect(clippy::must_use_candidate, reason = "most callers want it only to have done all")]
    pub fn done(&self) -> &Report {
        assert_eq!(self.code, 0, "{}", self.stderr);
        assert_eq!(self.report().count("in_flight"), 0);
        self.report()
    }
}
