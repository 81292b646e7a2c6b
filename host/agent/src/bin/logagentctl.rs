//! `logagentctl`: what a person does beside the agent.

use logagent::speech::{parse, remark, unheard};
use logagent_config::Config;
use logagent_control::{Cli, CtlError, run};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli: Cli = match parse() {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    match run(&cli, &data_dir_of, &mut std::io::stdout().lock(), &mut std::io::stderr().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(CtlError::Unheard(error)) => unheard("logagentctl", &error),
        Err(error) => {
            remark(&error.to_string());
            ExitCode::from(error.exit_code())
        }
    }
}

fn data_dir_of(config: &Path) -> Result<PathBuf, String> {
    Config::load(config).map(|config| config.data_dir).map_err(|error| error.to_string())
}
