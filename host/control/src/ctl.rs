//! `logagentctl`: its commands, carried out. Not for reading a configuration, which the caller does.

mod cli;
mod dead_letter;
mod error;
mod state;
mod voice;

pub use cli::Cli;
pub use error::CtlError;

use crate::client::Client;
use crate::{show, socket_path};
use cli::{Address, BufferCommand, Command, DataDir};
use serde::Serialize;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use voice::{Answers, Remarks};

/// Finds a configuration's `data_dir`, or says what is wrong with it.
type DataDirOf<'a> = &'a dyn Fn(&Path) -> Result<PathBuf, String>;

/// Carries a command out: data goes to `out`, remarks to `notes`, which need not take them.
///
/// # Errors
/// [`CtlError`], which knows the process's exit code; [`CtlError::Unheard`] wherever `out` does not take an answer.
pub fn run(cli: &Cli, data_dir_of: DataDirOf<'_>, out: &mut dyn Write, notes: &mut dyn Write) -> Result<(), CtlError> {
    let mut answers = Answers::new(out);
    let done = carry_out(&cli.command, data_dir_of, &mut answers, &mut Remarks(notes));
    match answers.finish() {
        Some(error) => Err(CtlError::Unheard(error)),
        None => done,
    }
}

fn carry_out(
    command: &Command,
    data_dir_of: DataDirOf<'_>,
    out: &mut dyn Write,
    notes: &mut dyn Write,
) -> Result<(), CtlError> {
    match command {
        Command::Version => Ok(writeln!(out, "logagentctl {}", env!("CARGO_PKG_VERSION"))?),
        Command::Status { address, json } => {
            let status = connect(address, data_dir_of)?.status()?;
            if *json { print_json(&status, out) } else { Ok(write!(out, "{}", show::status(&status))?) }
        }
        Command::Reload { address } => {
            let answer = connect(address, data_dir_of)?.reload()?;
            Ok(write!(out, "{}", show::reloaded(&answer))?)
        }
        Command::State { command } => state::carry_out(command, data_dir_of, out),
        Command::DeadLetter { command } => dead_letter::carry_out(command, data_dir_of, out, notes),
        Command::Buffer { command } => buffer(command, out),
    }
}

fn print_json(data: &impl Serialize, out: &mut dyn Write) -> Result<(), CtlError> {
    Ok(writeln!(out, "{}", serde_json::to_string_pretty(data).map_err(io::Error::from)?)?)
}

fn connect(address: &Address, data_dir_of: DataDirOf<'_>) -> Result<Client, CtlError> {
    let path = match &address.socket {
        Some(path) => path.clone(),
        None => socket_path(&directory(&address.data_dir, data_dir_of)?),
    };
    Ok(Client::connect(&path)?)
}

fn directory(named: &DataDir, data_dir_of: DataDirOf<'_>) -> Result<PathBuf, CtlError> {
    match (&named.data_dir, &named.config) {
        (Some(path), _) => Ok(path.clone()),
        (None, Some(config)) => data_dir_of(config).map_err(CtlError::Config),
        // The configuration's default.
        (None, None) => Ok("./data".into()),
    }
}

fn buffer(command: &BufferCommand, out: &mut dyn Write) -> Result<(), CtlError> {
    let inspection = match command {
        BufferCommand::Inspect { directory } => logagent_buffer::inspect(directory)?,
        BufferCommand::Verify { directory, key_file } => logagent_buffer::verify(directory, key_file.as_deref())?,
    };
    write!(out, "{}", show::buffer(&inspection))?;
    match command {
        BufferCommand::Verify { directory, .. } if inspection.is_bad() => {
            Err(CtlError::DamagedBuffer { path: directory.clone() })
        }
        _ => Ok(()),
    }
}
