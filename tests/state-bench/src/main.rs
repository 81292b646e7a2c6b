//! `make bench`'s second half: the state map beside its peers, in the same run, with the same keys. Reports only: a
//! bar that is missed is no failure. `tests/bench` measures the agent; this knows the map alone.

mod cli;
mod go;
mod grid;

mod bench;
mod workload;

mod drive;
mod peers;
mod store;

mod groups;

use bench::Bench;
use clap::Parser;
use cli::Cli;
use groups::Group;
use logagent_measure::machine::{self, Ticks};
use logagent_testkit::CountingAllocator;
use std::process::ExitCode;

/// Costs each allocation a count in the thread's own memory, about a nanosecond, which maps that allocate pay here.
#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let chosen = groups::chosen(&cli.groups).unwrap_or_else(|problem| cli::refuse(&problem));
    match run(&cli, chosen) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(failures) => {
            eprintln!("{failures} groups failed");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Answers how many groups failed: one that does is no reason to keep the others back.
fn run(cli: &Cli, chosen: Vec<Group>) -> anyhow::Result<usize> {
    if let Some(map) = &cli.bytes_of {
        println!("{}", groups::bytes_of(map, cli.entries)?);
        return Ok(0);
    }
    let bench = Bench::new(cli.quick)?;
    let mut shown = String::new();
    let mut failures = 0;
    let started = Ticks::now();
    for group in chosen {
        let before = Ticks::now();
        match (group.measure)(&bench) {
            Ok(grids) => grids.iter().for_each(|grid| shown += &format!("\n{grid}")),
            Err(error) => {
                eprintln!("{}: {error:#}", group.name);
                failures += 1;
            }
        }
        eprintln!("{}: {}", group.name, Ticks::now().since(before));
    }
    println!("\n{}\n{}\n{shown}", machine::describe(), Ticks::now().since(started));
    Ok(failures)
}
