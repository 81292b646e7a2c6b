//! `logagent validate`: every problem of a configuration, components included, without running anything.

use crate::exit::Failure;
use crate::speech::{answer, remark};
use crate::wiring;
use logagent_config::Config;
use logagent_wasm::Runtime;
use std::path::Path;

/// Prints what is wrong with the configuration, or that nothing is.
///
/// # Errors
/// [`Failure::Config`] with all problems; [`Failure::Unheard`] where it can't be said that there are none.
pub fn validate(path: &Path) -> Result<(), Failure> {
    let config = load(path)?;
    wiring::check(config, &Runtime::new(None)?)?;
    answer(&format!("{}: no problem found", path.display()))
}

/// Reads a configuration; its warnings go to stderr.
///
/// # Errors
/// [`Failure::Config`] with all problems.
pub fn load(path: &Path) -> Result<Config, Failure> {
    let config = Config::load(path).map_err(|error| Failure::Config(error.to_string()))?;
    for warning in &config.warnings {
        remark(&format!("warning: {warning}"));
    }
    Ok(config)
}
