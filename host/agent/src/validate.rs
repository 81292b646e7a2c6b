//! `logagent validate`: every problem of a configuration, components included, without running anything.

use crate::compiler::runtime;
use crate::exit::{Failure, Refused};
use crate::speech::{answer, remark};
use crate::wiring;
use logagent_config::{Config, Examined};
use std::path::Path;

/// Prints what is wrong with the configuration, or that nothing is.
///
/// # Errors
/// [`Failure::Config`] with all problems; [`Failure::Unheard`] where it can't be said that there are none.
pub fn validate(path: &Path) -> Result<(), Failure> {
    let config = load(path)?;
    wiring::check(config, &runtime(None)?)?;
    answer(&format!("{}: no problem found", path.display()))
}

/// Reads a configuration; its warnings go to stderr.
///
/// # Errors
/// [`Failure::Config`] with all problems.
pub fn load(path: &Path) -> Result<Config, Failure> {
    let examined = Config::examine(path).map_err(|error| Failure::Config(error.to_string()))?;
    let config = sound(examined)?;
    for warning in &config.warnings {
        remark(&format!("warning: {warning}"));
    }
    Ok(config)
}

/// A configuration whose text has no problem. Of one that has, what else is wrong is told as well, as far as can be seen.
fn sound(Examined { config, problems }: Examined) -> Result<Config, Failure> {
    let known = problems.as_slice();
    match problems.count() {
        0 => return Ok(config),
        // More than anyone reads at once.
        count if count > known.len() => return Err(Failure::Config(problems.to_string())),
        _ => {}
    }
    let more = wiring::problems(config, &runtime(None)?).into_iter();
    let more = more.filter(|problem| !known.iter().any(|other| problem.may_follow_from(other)));
    Err(Refused::of(known.iter().cloned().chain(more).collect()).into())
}
