//! What `logagent` does with its command line, in a binary of its own name and in the one that tests have die at points.

use crate::cli::{Cli, Command};
use crate::{log, run, validate};
use clap::Parser as _;
use std::process::ExitCode;

/// Does what the command line says; the process's exit code. Ends the process where the command line is wrong.
#[must_use]
pub fn obey() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Run(arguments) => {
            log::start();
            run::run(&arguments)
        }
        Command::Validate(arguments) => validate::validate(&arguments.config),
        Command::Version => {
            println!("logagent {}", env!("CARGO_PKG_VERSION"));
            Ok(())
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
