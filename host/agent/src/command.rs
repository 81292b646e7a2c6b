//! What `logagent` does with its command line, in a binary of its own name and in the one that tests have die at points.

use crate::cli::{Cli, Command};
use crate::exit::Failure;
use crate::{log, run, validate};
use anyhow::Context as _;
use clap::Parser as _;
use std::io::{ErrorKind, Write as _};
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
        Command::Schema => print(&format!("{:#}", logagent_config::schema())),
        Command::Version => print(&format!("logagent {}", env!("CARGO_PKG_VERSION"))),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

/// A reader that has seen enough, such as `head`, is no failure.
fn print(text: &str) -> Result<(), Failure> {
    match writeln!(std::io::stdout(), "{text}") {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written.context("standard output can not be written")?),
    }
}
