//! `logagentctl`: what each command prints, and what it fails with.

use crate::agent::{Double, Running, fixed};
use clap::Parser;
use logagent_control::{Cli, CtlError, Limits, ReloadAnswer, ReloadRefusal, run};
use serde_json::{Value, to_value};
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::Path;
use tempfile::tempdir;

/// Data, remarks, and what it failed with.
#[derive(Debug, PartialEq)]
pub struct Done {
    pub out: String,
    pub notes: String,
    pub failure: Option<(u8, String)>,
}

/// A "configuration" here holds its `data_dir` and nothing else.
pub fn logagentctl(arguments: &[&str]) -> Done {
    let cli = Cli::try_parse_from(["logagentctl"].iter().chain(arguments)).unwrap();
    let data_dir_of = |config: &Path| match fs::read_to_string(config) {
        Ok(text) => Ok(text.into()),
        Err(_) => Err("a.yaml:1:1: found nothing".to_owned()),
    };
    let (mut out, mut notes) = (Vec::new(), Vec::new());
    let failure = run(&cli, &data_dir_of, &mut out, &mut notes).err();
    let [out, notes] = [out, notes].map(|bytes| String::from_utf8(bytes).unwrap());
    Done { out, notes, failure: failure.map(|error| (error.exit_code(), error.to_string())) }
}

pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn a_status_is_shown_for_people_and_for_scripts_wherever_the_agent_is_named() {
    let running = Running::start();
    let config = running.dir.path().join("a.yaml");
    fs::write(&config, text(running.dir.path())).unwrap();
    let socket = running.path();
    for address in [["--data-dir", text(running.dir.path())], ["--socket", text(&socket)], ["--config", text(&config)]]
    {
        let done = logagentctl(&["status", address[0], address[1]]);
        assert_eq!(done.failure, None);
        assert!(done.out.starts_with("logagent 0.1.0, process 4242, up 1h 2m 3s, "), "{}", done.out);
        let json: Value =
            serde_json::from_str(&logagentctl(&["status", "--json", address[0], address[1]]).out).unwrap();
        assert_eq!(json, to_value(fixed()).unwrap());
    }
}

#[test]
fn a_reload_prints_what_changed_or_fails_with_all_problems() {
    let changed = || Ok(ReloadAnswer { changes: "filters: ~quiet".into(), generations: [("quiet".into(), 4)].into() });
    let refused = || Err(ReloadRefusal { problems: vec!["a.yaml:1:1: one".into(), "a.yaml:2:1: two".into()] });
    let reload = |reload| {
        let running = Running::with(Double { reload, ..Double::default() }, Limits::default());
        logagentctl(&["reload", "--data-dir", text(running.dir.path())])
    };
    assert_eq!(reload(Box::new(changed)).out, "filters: ~quiet\nquiet: generation 4\n");
    let expected = "logagentctl: the reload is refused, and nothing has changed:\na.yaml:1:1: one\na.yaml:2:1: two";
    assert_eq!(reload(Box::new(refused)).failure, Some((1, expected.into())));
}

#[test]
fn a_missing_agent_is_a_failure_that_says_what_was_tried_and_what_would_help() {
    let dir = tempdir().unwrap();
    let (code, message) = logagentctl(&["status", "--data-dir", text(dir.path())]).failure.unwrap();
    assert_eq!(code, 1);
    let tried =
        format!("logagentctl: no agent answers at {}/control.sock: there is no such socket\n", dir.path().display());
    assert!(message.starts_with(&tried) && message.contains("--data-dir DIR"), "{message}");
    drop(std::os::unix::net::UnixListener::bind(dir.path().join("control.sock")).unwrap());
    let (_, message) = logagentctl(&["status", "--data-dir", text(dir.path())]).failure.unwrap();
    assert!(message.contains("it is left from an agent that was killed\n"), "{message}");
}

#[test]
fn a_wrong_configuration_has_the_exit_code_of_one() {
    let done = logagentctl(&["status", "--config", "/nonexistent/a.yaml"]);
    assert_eq!(done.failure, Some((78, "a.yaml:1:1: found nothing".into())));
}

#[test]
fn an_agent_is_named_in_one_way_at_most() {
    for pair in [["--data-dir", "--config"], ["--data-dir", "--socket"], ["--socket", "--config"]] {
        let parsed = Cli::try_parse_from(["logagentctl", "status", pair[0], "a", pair[1], "b"]);
        assert_eq!(parsed.unwrap_err().exit_code(), 2);
    }
}

#[test]
fn dead_letters_are_sent_in_rounds_until_one_is_lost() {
    let running = Running::start();
    let replay = |arguments: &[&str]| {
        logagentctl(&[&["dead-letter", "replay", "--socket", text(&running.path())], arguments].concat())
    };
    let all = replay(&["--where", "reason=trap"]);
    assert_eq!((all.out.as_str(), all.failure), ("sent: 9, done: 9\n", None));
    assert_eq!(all.notes, "sent before, and perhaps arrived (--again sends them, too): 3\n");
    let lossy = replay(&["--again"]);
    assert_eq!(lossy.out, "sent: 3, done: 2\n");
    let (code, message) = lossy.failure.unwrap();
    assert!(
        code == 1 && message.starts_with("logagentctl: 1 letters were sent, and are not known to have"),
        "{message}"
    );
    let (code, message) = replay(&["--through", "other"]).failure.unwrap();
    assert_eq!((code, &*message), (1, "logagentctl: the agent has no pipeline other, but main"));
    let parsed = Cli::try_parse_from(["logagentctl", "dead-letter", "replay", "--where", "body=x"]);
    assert_eq!(parsed.unwrap_err().exit_code(), 2);
}

#[test]
fn dead_letters_are_listed_and_shown_without_an_agent() {
    let dir = tempdir().unwrap();
    let address = ["--data-dir", text(dir.path())];
    let letters = |arguments: &[&str]| logagentctl(&[&["dead-letter"], arguments, &address].concat());
    let none = letters(&["list"]);
    assert!(none.out.is_empty() && none.notes.starts_with("no dead letters: there is no "), "{none:?}");
    let (code, message) = letters(&["show", "1"]).failure.unwrap();
    let says = "dead_letters.jsonl: there is no letter 1: there is no such file, so there are no dead letters yet";
    assert!(code == 1 && message.ends_with(says), "{message}");
    let line = "{\"time\":\"t\",\"kind\":\"trap\",\"filter\":\"quiet\",\"body\":\"secret\"}\n{\"ti";
    fs::write(dir.path().join("dead_letters.jsonl"), line).unwrap();
    let list = letters(&["list"]);
    assert!(list.out.contains("quiet") && !list.out.contains("secret"), "{list:?}");
    assert_eq!(list.notes, "lines that are no letters (cut off by a crash, or just being written): 1\n");
    assert!(letters(&["list", "--show-records"]).out.contains("secret"));
    assert!(letters(&["show", "1"]).out.contains("\"body\": \"secret\""));
    let (code, message) = letters(&["show", "7"]).failure.unwrap();
    assert_eq!(code, 1);
    assert!(message.ends_with("dead_letters.jsonl: there is no letter 7: there are 2 lines"), "{message}");
}

/// A disk without space.
struct Full;

impl Write for Full {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(ErrorKind::StorageFull.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn an_answer_has_to_be_written_and_a_remark_need_not() {
    let dir = tempdir().unwrap();
    let unheard = |arguments: &[&str]| {
        let address = ["--data-dir", text(dir.path())];
        let cli = Cli::try_parse_from([&["logagentctl", "dead-letter"], arguments, &address].concat()).unwrap();
        match run(&cli, &|_| unreachable!("no --config"), &mut Full, &mut Full) {
            Ok(()) => false,
            Err(CtlError::Unheard(error)) => error.kind() == ErrorKind::StorageFull,
            Err(other) => panic!("{other}"),
        }
    };
    assert!(!unheard(&["list"]));
    let line = "{\"time\":\"t\",\"kind\":\"trap\",\"filter\":\"quiet\",\"body\":\"a\"}\n";
    fs::write(dir.path().join("dead_letters.jsonl"), line).unwrap();
    assert!(unheard(&["list"]) && unheard(&["show", "1"]));
}
