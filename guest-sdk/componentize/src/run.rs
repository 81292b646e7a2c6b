//! The command's behaviour, apart from the process: arguments in, what went wrong out.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::{fs, io};

use thiserror::Error;

use crate::{EncodeError, encode, write_atomically};

/// The command line was not understood.
#[derive(Debug, Error)]
#[error("{0}\nusage: logagent-componentize CORE.wasm -o OUT.wasm")]
pub struct Usage(String);

/// Why the command stopped.
#[derive(Debug, Error)]
pub enum Failure {
    /// Exit code 2.
    #[error(transparent)]
    Usage(#[from] Usage),
    /// The core module can't be read.
    #[error("{}: {error}", path.display())]
    Read {
        /// What was to be read.
        path: PathBuf,
        /// The system's reason.
        error: io::Error,
    },
    /// The core module can't be made a component.
    #[error("{}: {error}", path.display())]
    Encode {
        /// Where the core module is.
        path: PathBuf,
        /// What is wrong with it.
        error: EncodeError,
    },
    /// The component can't be written.
    #[error("{}: {error}", path.display())]
    Write {
        /// What was to be written.
        path: PathBuf,
        /// The system's reason.
        error: io::Error,
    },
}

/// Reads the core module that the arguments name (without the program's own name) and writes the component.
///
/// # Errors
/// On wrong usage, on a file that can't be read or written, and on a module that is no component's core.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Result<(), Failure> {
    let (core, out) = parse(arguments)?;
    let bytes = fs::read(&core).map_err(|error| Failure::Read { path: core.clone(), error })?;
    let component = encode(&bytes).map_err(|error| Failure::Encode { path: core, error })?;
    write_atomically(Path::new(&out), &component).map_err(|error| Failure::Write { path: out, error })
}

fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<(PathBuf, PathBuf), Usage> {
    let mut core = None;
    let mut out = None;
    let mut arguments = arguments.into_iter();
    while let Some(argument) = arguments.next() {
        let place = if argument == "-o" {
            let value = arguments.next().ok_or_else(|| Usage("-o needs a file name".into()))?;
            out.replace(value)
        } else if argument.to_string_lossy().starts_with('-') {
            return Err(Usage(format!("unknown option {}", argument.display())));
        } else {
            core.replace(argument)
        };
        if let Some(first) = place {
            return Err(Usage(format!("one file too many: {}", first.display())));
        }
    }
    let core = core.ok_or_else(|| Usage("no core module given".into()))?;
    let out = out.ok_or_else(|| Usage("no -o OUT.wasm given".into()))?;
    Ok((core.into(), out.into()))
}
