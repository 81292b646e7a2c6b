//! Commands that do what a filter does. Their output goes where it costs least; grep counts, since it stops at the first
//! match when its output is /dev/null.

use super::{Rival, Run};
use crate::agent::{Setup, blackhole};
use crate::place::Place;
use crate::process;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Runs over the file, which is its last argument.
fn command(program: &'static str, arguments: &'static [&'static str]) -> Run {
    Box::new(move |input: &Path| {
        let mut command = Command::new(program);
        process::run_unread(command.env("LC_ALL", "C").args(arguments).arg(input).stdout(Stdio::null()))
    })
}

/// `grep -cv` and these arguments.
pub(super) fn grep(name: &'static str, arguments: &'static [&'static str], target: Option<f64>) -> Rival {
    let run: Run = Box::new(move |input: &Path| {
        let mut command = Command::new("grep");
        Ok(process::run(command.env("LC_ALL", "C").arg("-cv").args(arguments).arg(input))?.0)
    });
    Rival { name, run, target, is_slow: false }
}

pub(super) fn sed(arguments: &'static [&'static str], target: Option<f64>) -> Rival {
    Rival { name: "sed -E", run: command("sed", arguments), target, is_slow: true }
}

/// None where there is no jq.
pub(super) fn jq(arguments: &'static [&'static str]) -> Option<Rival> {
    let is_there = Command::new("jq").arg("--version").output().is_ok();
    is_there.then(|| Rival { name: "jq -c", run: command("jq", arguments), target: None, is_slow: true })
}

/// The agent without a filter: what reading and framing alone cost.
pub(super) fn no_filter(place: &Place, target: Option<f64>) -> Rival {
    Rival { name: "no filter", run: agent(place, "no-filter", Vec::new(), json!({})), target, is_slow: false }
}

/// The agent with a test guest that does the same by itself.
pub(super) fn guest(place: &Place, mode: &'static str) -> Rival {
    let filters = vec![(place.test_guests.clone(), json!({"mode": mode}))];
    Rival {
        name: "the same search in the guest",
        run: agent(place, mode, filters, json!({"alerts": ["out"]})),
        target: None,
        is_slow: false,
    }
}

fn agent(place: &Place, name: &str, filters: Vec<(PathBuf, Value)>, routes: Value) -> Run {
    let setup = Setup { filters, routes, ..Setup::new(place, PathBuf::new(), blackhole()) };
    let (program, config) = (place.agent.clone(), place.scratch(&format!("{name}.yaml")));
    Box::new(move |input: &Path| {
        let setup = Setup { inputs: vec![input.to_owned()], ..setup.clone() };
        std::fs::write(&config, setup.document().to_string())?;
        let mut command = Command::new(&program);
        Ok(process::run(command.arg("run").arg("--config").arg(&config).arg("--once"))?.0)
    })
}
