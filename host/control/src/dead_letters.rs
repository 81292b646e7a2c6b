//! The dead letters, shown: which letters there are, and one of them in full. They are read as they
//! stand, also while the agent appends to them and where no agent runs. Not for sending them again.

use crate::show::clean;
use logagent_letters::{Fate, Letter, Marks};
use serde_json::Value;
use std::io::{self, BufRead, Write};

/// As much of a body as a list shows, in characters.
const EXCERPT: usize = 60;

/// What a list left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    /// Letters shown.
    pub(crate) letters: u64,
    /// Lines that are no letters: cut off by a crash, or just being written.
    pub(crate) torn: u64,
}

/// Why a letter can't be shown.
#[derive(Debug, thiserror::Error)]
pub enum DeadLetterError {
    /// There is no file, as before the first letter.
    #[error("there is no letter {number}: there is no such file, so there are no dead letters yet")]
    None {
        /// The letter.
        number: u64,
    },
    /// There is no such line.
    #[error("there is no letter {number}: there are {lines} lines")]
    Absent {
        /// The letter.
        number: u64,
        /// How many there are.
        lines: u64,
    },
    /// The line is none.
    #[error("line {number} is no letter, but torn: {source}")]
    Torn {
        /// The line.
        number: u64,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// The system refuses.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Writes a line for each letter. Its number is that of its line, counted over all files. The columns' widths are fixed, so that
/// a file of any length takes no memory, and its first letters are seen at once.
pub(crate) fn list(file: impl BufRead, marks: &Marks, with_records: bool, out: &mut dyn Write) -> io::Result<Listed> {
    let mut listed = Listed { letters: 0, torn: 0 };
    for (line, number) in file.split(b'\n').zip(1_u64..) {
        let line = line?;
        if line.is_empty() {
            continue;
        }
        let Ok(letter) = serde_json::from_slice::<Letter>(&line) else {
            listed.torn += 1;
            continue;
        };
        if listed.letters == 0 {
            let record = if with_records { "  record" } else { "" };
            writeln!(
                out,
                "{:>6}  {:<27}  {:<16}  {:<12}  {:<8}  from{record}",
                "letter", "time", "filter or sink", "kind", "replayed"
            )?;
        }
        listed.letters += 1;
        writeln!(out, "{}", row(number, &letter, marks, with_records))?;
    }
    Ok(listed)
}

fn row(number: u64, letter: &Letter, marks: &Marks, with_record: bool) -> String {
    let [time, filter, kind, origin] =
        [&letter.time, &culprit(letter), &letter.kind, &origin(letter)].map(|text| clean(text));
    let record = if with_record { format!("  {}", excerpt(&letter.body)) } else { String::new() };
    let replayed = match letter.id.map_or(Fate::Waiting, |id| marks.fate(id)) {
        Fate::Waiting => "",
        Fate::Sent => "perhaps",
        Fate::Done => "yes",
    };
    format!("{number:>6}  {time:<27}  {filter:<16}  {kind:<12}  {replayed:<8}  {origin}{record}")
}

/// Whoever could not do with it what is to be done.
fn culprit(letter: &Letter) -> String {
    match (&letter.filter, &letter.sink) {
        (Some(filter), _) => filter.clone(),
        (None, Some(sink)) => format!("sink {sink}"),
        (None, None) => String::new(),
    }
}

fn origin(letter: &Letter) -> String {
    match (&letter.source, &letter.stream, letter.position) {
        (Some(source), Some(stream), Some(position)) => format!("{source}: {stream} at byte {position}"),
        (Some(source), Some(stream), None) => format!("{source}: {stream}"),
        _ => "made by a filter".into(),
    }
}

/// The body's beginning; in base64 where it is no text.
fn excerpt(body: &Value) -> String {
    let (mark, text) = match body {
        Value::String(text) => ("", text.as_str()),
        other => ("base64:", other.get("bytesValue").and_then(Value::as_str).unwrap_or_default()),
    };
    let start: String = text.chars().take(EXCERPT).collect();
    let more = if start.len() < text.len() { "…" } else { "" };
    format!("{mark}{}{more}", clean(&start))
}

/// Writes one letter in full, as JSON.
pub(crate) fn show(file: impl BufRead, number: u64, out: &mut dyn Write) -> Result<(), DeadLetterError> {
    let mut lines = 0;
    for line in file.split(b'\n') {
        let line = line?;
        lines += 1;
        if lines == number {
            let letter: Letter =
                serde_json::from_slice(&line).map_err(|source| DeadLetterError::Torn { number, source })?;
            let text = serde_json::to_string_pretty(&letter).map_err(io::Error::from)?;
            return Ok(writeln!(out, "{}", inert(&text))?);
        }
    }
    Err(DeadLetterError::Absent { number, lines })
}

/// JSON without the control characters that it allows in strings, and that a terminal obeys.
fn inert(json: &str) -> String {
    let escaped = |character: char| match character {
        '\n' => "\n".into(),
        character if character.is_control() => format!("\\u{:04x}", u32::from(character)),
        character => character.to_string(),
    };
    json.chars().map(escaped).collect()
}

#[cfg(test)]
mod tests;
