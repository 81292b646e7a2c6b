//! `logagentctl state`: which question each command asks, and where the answer goes.

use super::cli::{Asked, Key, StateCommand};
use super::{CtlError, DataDirOf, connect, print_json};
use crate::{StateAnswer, StateQuestion, show};
use logagent_state::heat_svg;
use std::io::Write;
use std::path::Path;

pub(super) fn carry_out(
    command: &StateCommand,
    data_dir_of: DataDirOf<'_>,
    out: &mut dyn Write,
) -> Result<(), CtlError> {
    let (question, Asked { address, json }) = question(command);
    let answer = connect(address, data_dir_of)?.state(question)?;
    if let (StateCommand::Heat { svg: Some(path), .. }, StateAnswer::Heat(heat)) = (command, &answer) {
        write(path, &heat_svg(&show::heat_of(heat)))?;
    }
    if !json {
        return Ok(write!(out, "{}", show::state(&answer))?);
    }
    match &answer {
        StateAnswer::Namespaces(all) => print_json(all, out),
        StateAnswer::Entry(entry) => print_json(entry, out),
        StateAnswer::Top(all) => print_json(all, out),
        StateAnswer::Hottest(all) => print_json(all, out),
        StateAnswer::Heat(heat) => print_json(heat, out),
        StateAnswer::Slow(all) => print_json(all, out),
    }
}

fn question(command: &StateCommand) -> (StateQuestion, &Asked) {
    match command {
        StateCommand::Namespaces { asked } => (StateQuestion::Namespaces, asked),
        StateCommand::Get { namespace, key: Key(key), asked } => {
            (StateQuestion::Get { namespace: namespace.clone(), key: key.clone() }, asked)
        }
        StateCommand::Top { count, by, asked } => (by.question(*count), asked),
        StateCommand::Heat { asked, .. } => (StateQuestion::Heat, asked),
        StateCommand::Slow { asked } => (StateQuestion::Slow, asked),
    }
}

fn write(path: &Path, text: &str) -> Result<(), CtlError> {
    std::fs::write(path, text).map_err(|source| CtlError::File { path: path.to_owned(), source })
}
