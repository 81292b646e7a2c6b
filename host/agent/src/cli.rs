//! The command line of `logagent`.

use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// A log processor that users extend in WebAssembly.
#[derive(Debug, Parser)]
#[command(name = "logagent", version, after_help = EXIT_CODES)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 done; 1 a failure while running; 2 wrong usage; 78 a wrong configuration.\n\
    Signals: SIGTERM and SIGINT drain, for up to shutdown_timeout; a second one stops at once. SIGHUP reloads.";

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Runs the agent until it is told to stop, or its sources have ended
    Run(RunArguments),
    /// Reports every problem of a configuration, loads each component, and checks key files and memory.limit
    Validate(ConfigArgument),
    /// Prints the JSON Schema of the configuration, for editors
    Schema,
    /// Prints the version
    Version,
    /// Compiles the component on standard input, as the agent asks for it
    #[command(hide = true)]
    CompileComponent,
}

/// The configuration's file.
#[derive(Args, Debug)]
pub struct ConfigArgument {
    /// The configuration, YAML
    #[arg(long, value_name = "FILE")]
    pub config: PathBuf,
}

/// How to run.
#[derive(Args, Debug)]
pub struct RunArguments {
    /// What to run.
    #[command(flatten)]
    pub config: ConfigArgument,
    /// Read what the sources hold now to its end, deliver it, and exit
    #[arg(long)]
    pub once: bool,
    /// At the end, write a JSON document with all counts to this file
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// Let log lines about failures show the records themselves, up to 256 bytes of each
    #[arg(long)]
    pub show_records: bool,
    /// Show a line of counts while running, and a table at the end, on stderr
    #[arg(long)]
    pub progress: bool,
}
