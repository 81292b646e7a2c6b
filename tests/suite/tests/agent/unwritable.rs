//! Standard error and standard output that can't be written: a disk that is full, a reader that has gone away.

use logagent_testkit::until;
use logagent_tests::{Agent, Ended, Place, ctl, ctl_command};
use std::fs::File;
use std::process::Stdio;

const DONE: i32 = 0;
const FAILED: i32 = 1;
const USAGE: i32 = 2;
const CONFIG: i32 = 78;

const CONFIGURATION: &str = "
lanes: 1
sources: { app: { type: file, include: [app.log] } }
sinks: { out: { type: file, path: out.txt } }
pipelines: { main: { from: [app], to: [out] } }
";

/// What takes nothing: a full disk, and a pipe that nobody reads.
fn unwritable() -> [Stdio; 2] {
    let full = File::options().write(true).open("/dev/full").expect("a device of Linux");
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    [full.into(), writer.into()]
}

/// An agent with nowhere to log.
fn mute<'a>(place: &'a Place, arguments: &[&str], stderr: Stdio) -> Agent<'a> {
    Agent::start_as(place, arguments, |command| {
        command.stderr(stderr);
    })
}

#[test]
fn a_run_whose_log_can_not_be_written_delivers_all_and_reports_it() {
    for stderr in unwritable() {
        let place = Place::new(CONFIGURATION);
        place.write("app.log", "a\nb\n");
        let arguments = ["run", "--config", "agent.yaml", "--once", "--progress", "--report", "report.json"];
        assert_eq!(mute(&place, &arguments, stderr).wait().done().count("delivered"), 2);
        assert_eq!(place.text("out.txt"), "a\nb\n");
    }
}

#[test]
fn an_agent_whose_log_can_not_be_written_refuses_reloads_goes_on_and_stops_when_it_is_told_to() {
    for stderr in unwritable() {
        let place = Place::new(CONFIGURATION);
        let agent = mute(&place, &["run", "--config", "agent.yaml", "--report", "report.json"], stderr);
        place.write("app.log", "a\n");
        until("the first line arrives", || place.text("out.txt") == "a\n");
        place.write("agent.yaml", "lanes: none");
        for _ in 0..2 {
            let (code, _, stderr) = ctl(&place, &["reload"]);
            assert_eq!((code, stderr.contains("agent.yaml:1:8: lanes")), (FAILED, true), "{stderr}");
        }
        agent.hang_up();
        place.append("app.log", "b\n");
        until("the second line arrives", || place.text("out.txt") == "a\nb\n");
        agent.terminate();
        assert_eq!(agent.wait().done().count("delivered"), 2);
    }
}

#[test]
fn the_exit_code_is_the_same_where_nobody_can_be_told_why() {
    let place = Place::new("lanes: none");
    for (arguments, code) in [
        (&["run", "--config", "agent.yaml", "--once"][..], CONFIG),
        (&["validate", "--config", "agent.yaml"], CONFIG),
        (&["fly"], USAGE),
    ] {
        for stderr in unwritable() {
            assert_eq!(mute(&place, arguments, stderr).wait().code, code, "{arguments:?}");
        }
    }
    for (arguments, code) in [(&["status"][..], FAILED), (&["dead-letter", "list"], DONE), (&["fly"], USAGE)] {
        for stderr in unwritable() {
            let status = ctl_command(&place, arguments).stderr(stderr).status().unwrap();
            assert_eq!(status.code(), Some(code), "{arguments:?}");
        }
    }
}

#[test]
fn an_answer_that_can_not_be_written_is_a_failure_which_is_told_unless_the_reader_has_gone_away() {
    let place = Place::new(CONFIGURATION);
    let full = "standard output can not be written: No space left on device (os error 28)\n";
    let answers = [&["validate", "--config", "agent.yaml"][..], &["schema"], &["version"], &["--version"], &["--help"]];
    for arguments in answers {
        for (stdout, expected) in unwritable().into_iter().zip([format!("logagent: {full}"), String::new()]) {
            let Ended { code, stderr, .. } = Agent::start_with(&place, arguments, Stdio::null(), stdout).wait();
            assert_eq!((code, stderr), (FAILED, expected), "{arguments:?}");
        }
    }
    for arguments in [&["version"][..], &["--help"]] {
        for (stdout, expected) in unwritable().into_iter().zip([format!("logagentctl: {full}"), String::new()]) {
            let output = ctl_command(&place, arguments).stdout(stdout).stderr(Stdio::piped()).output().unwrap();
            let stderr = String::from_utf8(output.stderr).unwrap();
            assert_eq!((output.status.code(), stderr), (Some(FAILED), expected), "{arguments:?}");
        }
    }
}
