//! The dead-letter files: the records that filters failed on or sinks gave up, one JSON object a line, with all that is needed to find
//! out why and to put them back. Not a sink: it is given records by lanes, not by pipelines. Not for reading them.

mod series;

use crate::failure::failed;
use crate::file::is_torn;
use crate::json::{attributes, field, quoted, scalar, text_or_bytes};
use logagent_component::{Culprit, DEAD_LETTERS, DeadLetter, DeadLetters, SinkError, closed_name};
use logagent_failpoint::{self as failpoint, Point};
use std::fs::{DirBuilder, File, OpenOptions, rename};
use std::io::{Error, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

/// A file is closed once it has an eighth of the room, so that what was replayed can go in parts.
const FILES: u64 = 8;

/// Shorter files would be many.
const SHORTEST_FILE: u64 = 1 << 20;

/// The files. They are made with the first letter, and readable by their owner alone: what is in them was not meant to
/// be seen before the filter had seen it.
#[derive(Debug)]
pub struct DeadLetterFile {
    directory: PathBuf,
    max_bytes: u64,
    /// Held while letters are written, so that those of several lanes don't mix.
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// What is being written.
    lines: Vec<u8>,
    /// Of the last letter; 0 where none was put aside in this run.
    last_id: u64,
}

impl DeadLetterFile {
    /// Those in this directory, which is made where it is missing, and which may hold so many bytes.
    #[must_use]
    pub fn new(directory: PathBuf, max_bytes: u64) -> Self {
        Self { directory, max_bytes, state: Mutex::default() }
    }

    fn path(&self) -> PathBuf {
        self.directory.join(DEAD_LETTERS)
    }

    /// Opened for each batch: letters are rare, and a file that was moved away must not get any more.
    fn open(&self) -> std::io::Result<File> {
        DirBuilder::new().recursive(true).mode(0o700).create(&self.directory)?;
        let path = self.path();
        let is_new = !path.exists();
        let mut file = OpenOptions::new().append(true).create(true).mode(0o600).open(&path)?;
        if is_new {
            // Makes its name durable (fsync(2): syncing the file does not).
            File::open(&self.directory)?.sync_all()?;
        }
        if is_torn(&path) {
            // A letter that a crash cut off must not swallow the next.
            file.write_all(b"\n")?;
        }
        Ok(file)
    }

    /// The file that has room for so many bytes.
    fn open_for(&self, bytes: u64) -> Result<File, (&'static str, Error)> {
        let file = self.open().map_err(|error| ("open", error))?;
        let length = file.metadata().map_err(|error| ("stat", error))?.len();
        let closed = series::closed(&self.directory).map_err(|error| ("list", error))?;
        if closed.bytes + length + bytes > self.max_bytes {
            let full = format!(
                "it is full: {} bytes at most (dead_letters.max_bytes); replay the letters, or move them away",
                self.max_bytes
            );
            return Err(("append", Error::new(ErrorKind::QuotaExceeded, full)));
        }
        if length == 0 || length + bytes <= (self.max_bytes / FILES).max(SHORTEST_FILE) {
            return Ok(file);
        }
        let closed = self.directory.join(closed_name(closed.last + 1));
        rename(self.path(), closed).map_err(|error| ("rename", error))?;
        self.open().map_err(|error| ("open", error))
    }

    fn append(&self, lines: &[u8]) -> Result<(), (&'static str, Error)> {
        let mut file = self.open_for(lines.len() as u64)?;
        let length = file.metadata().map_err(|error| ("stat", error))?.len();
        failpoint::pass(Point::LetterWriteBefore);
        let written = file.write_all(lines).map_err(|error| ("write", error));
        failpoint::pass(Point::LetterWriteAfter);
        let synced = written.and_then(|()| file.sync_data().map_err(|error| ("sync", error))).inspect_err(|_| {
            // Whoever gave the letters gives them again: what is there of them now would be there twice.
            drop(file.set_len(length));
        });
        failpoint::pass(Point::LetterSyncAfter);
        synced
    }

    /// The first of so many ids that are above all others.
    fn next_ids(&self, last: &mut u64, count: u64) -> u64 {
        if *last == 0 {
            *last = series::last_id(&self.directory);
        }
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        // By the time, so that ids don't come again where someone has moved the files away.
        let first = u64::try_from(now.as_micros()).unwrap_or_default().max(*last + 1);
        *last = first + count - 1;
        first
    }
}

impl DeadLetters for DeadLetterFile {
    fn put(&self, letters: &[DeadLetter<'_>]) -> Result<(), SinkError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let State { lines, last_id } = &mut *state;
        lines.clear();
        let time = humantime::format_rfc3339_micros(SystemTime::now()).to_string();
        for (id, letter) in (self.next_ids(last_id, letters.len() as u64)..).zip(letters) {
            push(lines, id, &time, letter);
        }
        let target = self.path().display().to_string();
        self.append(lines).map_err(|(action, source)| failed(&target, action)(source))
    }
}

/// Appends a letter and a newline.
fn push(out: &mut Vec<u8>, id: u64, time: &str, letter: &DeadLetter<'_>) {
    out.push(b'{');
    // First, so that who looks for one finds it without reading the rest.
    field(out, "id");
    scalar(out, id);
    for (name, text) in
        [("time", time), ("kind", letter.kind), ("reason", letter.reason), ("pipeline", letter.pipeline)]
    {
        field(out, name);
        scalar(out, text);
    }
    push_culprit(out, letter.by);
    push_origin(out, letter);
    field(out, "body");
    text_or_bytes(out, letter.body);
    field(out, "ObservedTimestamp");
    quoted(out, letter.observed_unix_nano);
    if letter.time_unix_nano != 0 {
        field(out, "Timestamp");
        quoted(out, letter.time_unix_nano);
    }
    if letter.severity != 0 {
        field(out, "SeverityNumber");
        scalar(out, letter.severity);
    }
    attributes(out, "Attributes", &[], letter.attributes);
    out.extend_from_slice(b"}\n");
}

fn push_culprit(out: &mut Vec<u8>, culprit: Culprit<'_>) {
    match culprit {
        Culprit::Filter { name, component, generation } => {
            for (key, text) in [("filter", name), ("component", component)] {
                field(out, key);
                scalar(out, text);
            }
            field(out, "generation");
            scalar(out, generation);
        }
        Culprit::Sink(name) => {
            field(out, "sink");
            scalar(out, name);
        }
    }
}

fn push_origin(out: &mut Vec<u8>, letter: &DeadLetter<'_>) {
    let Some(stream) = letter.stream else { return };
    field(out, "source");
    scalar(out, &*stream.source_name);
    field(out, "stream");
    scalar(out, &*stream.name);
    if let Some(position) = letter.position {
        field(out, "position");
        scalar(out, position);
    }
    attributes(out, "StreamAttributes", &[], &stream.attributes);
}

#[cfg(test)]
mod tests;
