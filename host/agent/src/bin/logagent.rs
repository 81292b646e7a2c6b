//! `logagent`: the agent.

use std::process::ExitCode;

fn main() -> ExitCode {
    logagent::obey()
}
