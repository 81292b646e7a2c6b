//! `make bench`: measures what the project claims about speed and memory, each claim beside the thing it is compared
//! with, in the same run, and prints one table. Reports only: a target that is missed is no failure, a measurement
//! that went wrong (a record too few, a process that died) is.

mod cli;
mod place;

mod agent;
mod input;
mod process;

mod rows;

use clap::Parser;
use cli::Cli;
use logagent_measure::machine::{self, Ticks};
use logagent_measure::{stats, table};
use place::Place;
use rows::Group;
use std::process::ExitCode;
use table::Table;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let chosen = rows::chosen(&cli.rows).unwrap_or_else(|problem| cli::refuse(&problem));
    match run(&cli, chosen) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(failures) => {
            eprintln!("{failures} measurements failed");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Answers how many measurements failed: one that does is no reason to keep the others back.
fn run(cli: &Cli, chosen: Vec<Group>) -> anyhow::Result<usize> {
    let place = Place::open(cli.quick)?;
    if cli.calls {
        println!("{}", serde_json::to_string(&rows::CallFigures::measure(&place)?)?);
        return Ok(0);
    }
    eprintln!("{}", machine::describe());
    let mut table = Table::default();
    let mut failures = 0;
    let started = Ticks::now();
    for group in chosen {
        eprintln!("{}:", group.name);
        let before = Ticks::now();
        match (group.measure)(&place) {
            Ok(rows) => table.extend(rows),
            Err(error) => {
                eprintln!("  failed: {error:#}");
                failures += 1;
            }
        }
        eprintln!("  {}", Ticks::now().since(before));
    }
    println!("\n{}\n{}\n{table}", machine::describe(), Ticks::now().since(started));
    eprintln!("inputs are kept for the next run in {}", place.kept().display());
    Ok(failures)
}
