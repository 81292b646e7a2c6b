//! `logagent`: the agent.

use clap::Parser;
use logagent::cli::{Cli, Command};
use logagent::{log, run, validate};
use std::process::ExitCode;

fn main() -> ExitCode {
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
