//! The command line.

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};

/// Measures the state map beside other maps, and prints one table for each group.
#[derive(Debug, Parser)]
#[command(
    after_help = "Exit codes: 0 measured, whether or not bars are reached; 1 a measurement failed; 2 wrong usage."
)]
pub(crate) struct Cli {
    /// Only these groups: mixed, hot, batched, latency, choice, locks, allocations, memory (or a part of such a name)
    pub(crate) groups: Vec<String>,
    /// One short round: shows that all of it works, no figures to quote
    #[arg(long)]
    pub(crate) quick: bool,
    /// What `memory` runs in processes of their own: prints the bytes that this map's entries take
    #[arg(long, hide = true, value_name = "MAP")]
    pub(crate) bytes_of: Option<String>,
    /// How many entries that map gets
    #[arg(long, hide = true, default_value_t = crate::workload::ENTRIES)]
    pub(crate) entries: usize,
}

/// Says what is wrong with an argument, and exits as clap does.
pub(crate) fn refuse(problem: &str) -> ! {
    Cli::command().error(ErrorKind::InvalidValue, problem).exit()
}
