//! `logagentctl`: what a person does beside the agent.

use clap::{Parser, Subcommand};

/// What a person does beside the agent.
#[derive(Debug, Parser)]
#[command(name = "logagentctl", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Prints the version
    Version,
}

fn main() {
    match Cli::parse().command {
        Command::Version => println!("logagentctl {}", env!("CARGO_PKG_VERSION")),
    }
}
