//! `logagentctl`: what a person does beside the agent.

use clap::Parser;
use logagent_config::Config;
use logagent_control::{Cli, run};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    match run(&Cli::parse(), &data_dir_of, &mut std::io::stdout().lock(), &mut std::io::stderr().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(error.exit_code())
        }
    }
}

fn data_dir_of(config: &Path) -> Result<PathBuf, String> {
    Config::load(config).map(|config| config.data_dir).map_err(|error| error.to_string())
}
