//! `logagentctl dead-letter`: shows letters from their files, and has the agent send them again.

use super::cli::{Address, DataDir, DeadLetterCommand};
use super::{CtlError, DataDirOf, connect, directory};
use crate::ReplayAnswer;
use crate::dead_letters::{self, DeadLetterError};
use logagent_component::DEAD_LETTERS;
use logagent_letters::{Marks, Wanted, lines};
use std::io::{ErrorKind, Write};
use std::path::Path;

pub(super) fn carry_out(
    command: &DeadLetterCommand,
    data_dir_of: DataDirOf<'_>,
    out: &mut dyn Write,
    notes: &mut dyn Write,
) -> Result<(), CtlError> {
    match command {
        DeadLetterCommand::List { data_dir, show_records } => {
            list(&directory(data_dir, data_dir_of)?, *show_records, out, notes)
        }
        DeadLetterCommand::Show { number, data_dir } => show(*number, data_dir, data_dir_of, out),
        DeadLetterCommand::Replay { address, through, conditions, again } => {
            let (through, conditions) = (through.clone(), conditions.clone());
            replay(address, Wanted { through, conditions, again: *again, ..Wanted::default() }, data_dir_of, out, notes)
        }
    }
}

fn failed(data_dir: &Path) -> impl Fn(DeadLetterError) -> CtlError {
    move |source| CtlError::DeadLetters { path: data_dir.join(DEAD_LETTERS), source }
}

fn list(data_dir: &Path, with_records: bool, out: &mut dyn Write, notes: &mut dyn Write) -> Result<(), CtlError> {
    let letters = match lines(data_dir) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Ok(writeln!(notes, "no dead letters: there is no {}", data_dir.join(DEAD_LETTERS).display())?);
        }
        lines => lines.map_err(|source| failed(data_dir)(source.into()))?,
    };
    let marks = Marks::read(data_dir).map_err(|source| failed(data_dir)(source.into()))?;
    let torn = dead_letters::list(letters, &marks, with_records, out)?.torn;
    if torn > 0 {
        writeln!(notes, "lines that are no letters (cut off by a crash, or just being written): {torn}")?;
    }
    Ok(())
}

fn show(number: u64, named: &DataDir, data_dir_of: DataDirOf<'_>, out: &mut dyn Write) -> Result<(), CtlError> {
    let data_dir = directory(named, data_dir_of)?;
    let letters = lines(&data_dir).map_err(|error| match error.kind() {
        ErrorKind::NotFound => DeadLetterError::None { number },
        _ => DeadLetterError::from(error),
    });
    letters.and_then(|letters| dead_letters::show(letters, number, out)).map_err(failed(&data_dir))
}

/// Round after round, each of which the agent bounds.
fn replay(
    address: &Address,
    mut wanted: Wanted,
    data_dir_of: DataDirOf<'_>,
    out: &mut dyn Write,
    notes: &mut dyn Write,
) -> Result<(), CtlError> {
    let client = connect(address, data_dir_of)?;
    let mut all = ReplayAnswer::default();
    loop {
        all = client.replay(wanted.clone())?.after(&all);
        let Some(next) = all.next.filter(|_| all.done == all.sent) else { break };
        (wanted.after, wanted.until) = (next, Some(all.until));
    }
    writeln!(out, "sent: {}, done: {}", all.sent, all.done)?;
    for (count, what) in [
        (all.done_before, "replayed before"),
        (all.unknown, "sent before, and perhaps arrived (--again sends them, too)"),
        (all.unfit, "can't be sent: no such pipeline runs, or they are too long, or another version wrote them"),
    ] {
        if count > 0 {
            writeln!(notes, "{what}: {count}")?;
        }
    }
    let left = all.sent - all.done;
    if left == 0 { Ok(()) } else { Err(CtlError::Unfinished { left }) }
}
