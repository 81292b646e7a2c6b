//! What `logagent` does with its command line, in a binary of its own name and in the one that tests have die at points.

use crate::cli::{Cli, Command};
use crate::speech::{answer, parse};
use crate::{compiler, log, run, validate};
use std::process::ExitCode;

/// Does what the command line says; the process's exit code.
#[must_use]
pub fn obey() -> ExitCode {
    let cli: Cli = match parse() {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    let done = match cli.command {
        Command::Run(arguments) => {
            log::start();
            run::run(&arguments)
        }
        Command::Validate(arguments) => validate::validate(&arguments.config),
        Command::CompileComponent => compiler::compile(),
        Command::Schema => answer(&format!("{:#}", logagent_config::schema())),
        Command::Version => answer(&format!("logagent {}", env!("CARGO_PKG_VERSION"))),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
