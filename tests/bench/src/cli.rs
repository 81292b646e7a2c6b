//! The command line of the benchmarks.

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};

/// Measures the agent beside what it is compared with, and prints one table.
#[derive(Debug, Parser)]
#[command(after_help = HELP)]
pub(crate) struct Cli {
    /// Only these measurements: call, state, blackhole, file, files, buffer, filters, poison, start, reload, memory, delay, lanes, checkpoints, recovery (or a part of such a name)
    pub(crate) rows: Vec<String>,
    /// Smaller inputs and fewer rounds: shows that all of it works, no figures to quote
    #[arg(long)]
    pub(crate) quick: bool,
    /// What `call` runs in processes of its own: prints figures for it
    #[arg(long, hide = true)]
    pub(crate) calls: bool,
}

/// Says what is wrong with an argument, and exits as clap does.
pub(crate) fn refuse(problem: &str) -> ! {
    Cli::command().error(ErrorKind::InvalidValue, problem).exit()
}

const HELP: &str = "Environment: BENCH_DIR: where inputs and outputs lie (default /dev/shm/logagent-bench; 4 GiB). \
    LOGAGENT_BENCH_PROTOTYPE and LOGAGENT_BENCH_PROTOTYPE_GUEST: the design's prototype, to be run as \
    `PROTOTYPE GUEST INPUT /dev/null epoch` beside `blackhole`.\n\
    Exit codes: 0 measured, whether or not targets are met; 1 a measurement failed; 2 wrong usage.";
