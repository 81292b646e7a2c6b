//! The runtime of filters, and the process that it compiles in: this program once more.

use crate::exit::Failure;
use logagent_wasm::{Runtime, RuntimeError};
use std::path::{Path, PathBuf};

/// This very file, also where another has taken its place since: what one version compiles, another doesn't load.
const OWN_PROGRAM: &str = "/proc/self/exe";

/// As the command line has it.
const COMMAND: &str = "compile-component";

/// A runtime that keeps compiled components in `cache_dir`, where there is one.
///
/// # Errors
/// [`RuntimeError`] where this machine can't run components.
pub fn runtime(cache_dir: Option<&Path>) -> Result<Runtime, RuntimeError> {
    Ok(Runtime::new(cache_dir)?.compiling_apart(PathBuf::from(OWN_PROGRAM), &[COMMAND]))
}

/// Compiles what standard input holds to standard output.
///
/// # Errors
/// [`Failure::Config`] with what is wrong with the component, in the words that the agent is to use.
pub fn compile() -> Result<(), Failure> {
    let compiled = logagent_wasm::compile(std::io::stdin().lock(), std::io::stdout().lock());
    compiled.map_err(|error| Failure::Config(format!("{:#}", anyhow::Error::new(error))))
}
