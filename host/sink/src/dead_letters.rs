//! The dead-letter file: the records that filters failed on, one JSON object a line, with all that is needed to find
//! out why and to put them back. Not a sink: it is given records by lanes, not by pipelines.

use crate::failure::failed;
use crate::file::is_torn;
use crate::json::{attributes, field, quoted, scalar, text_or_bytes};
use logagent_component::{DeadLetter, DeadLetters, SinkError};
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{Error, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

/// The file. It is made with the first letter, and readable by its owner alone: what is in it was not meant to be seen
/// before the filter had seen it.
#[derive(Debug)]
pub struct DeadLetterFile {
    path: PathBuf,
    max_bytes: u64,
    /// What is being written; held so that letters of several lanes don't mix.
    lines: Mutex<Vec<u8>>,
}

impl DeadLetterFile {
    /// The file at this path, which may hold so many bytes.
    #[must_use]
    pub fn new(path: PathBuf, max_bytes: u64) -> Self {
        Self { path, max_bytes, lines: Mutex::default() }
    }

    /// Opened for each batch: letters are rare, and a file that was moved away must not get any more.
    fn open(&self) -> std::io::Result<File> {
        if let Some(dir) = self.path.parent() {
            DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
        }
        let is_new = !self.path.exists();
        let mut file = OpenOptions::new().append(true).create(true).mode(0o600).open(&self.path)?;
        if is_new {
            sync_directory(&self.path)?;
        }
        if is_torn(&self.path) {
            // A letter that a crash cut off must not swallow the next.
            file.write_all(b"\n")?;
        }
        Ok(file)
    }

    fn append(&self, lines: &[u8]) -> Result<(), (&'static str, Error)> {
        let mut file = self.open().map_err(|error| ("open", error))?;
        let length = file.metadata().map_err(|error| ("stat", error))?.len();
        if length + lines.len() as u64 > self.max_bytes {
            let full = format!("it is full: {} bytes at most (dead_letters.max_bytes); move it away", self.max_bytes);
            return Err(("append", Error::new(ErrorKind::QuotaExceeded, full)));
        }
        file.write_all(lines).map_err(|error| ("write", error))?;
        file.sync_data().map_err(|error| ("sync", error))
    }
}

/// Makes a new file's name durable (fsync(2): syncing the file does not).
fn sync_directory(path: &Path) -> std::io::Result<()> {
    File::open(path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new(".")))?.sync_all()
}

impl DeadLetters for DeadLetterFile {
    fn put(&self, letters: &[DeadLetter<'_>]) -> Result<(), SinkError> {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.clear();
        let time = humantime::format_rfc3339_micros(SystemTime::now()).to_string();
        for letter in letters {
            push(&mut lines, &time, letter);
        }
        let target = self.path.display().to_string();
        self.append(&lines).map_err(|(action, source)| failed(&target, action)(source))
    }
}

/// Appends a letter and a newline.
fn push(out: &mut Vec<u8>, time: &str, letter: &DeadLetter<'_>) {
    out.push(b'{');
    for (name, text) in [
        ("time", time),
        ("kind", letter.kind),
        ("reason", letter.reason),
        ("pipeline", letter.pipeline),
        ("filter", letter.filter),
        ("component", letter.component),
    ] {
        field(out, name);
        scalar(out, text);
    }
    field(out, "generation");
    scalar(out, letter.generation);
    if let Some(origin) = &letter.origin {
        field(out, "source");
        scalar(out, &*origin.stream.source_name);
        field(out, "stream");
        scalar(out, &*origin.stream.name);
        field(out, "position");
        scalar(out, origin.position);
    }
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
    attributes(out, &[], letter.attributes);
    out.extend_from_slice(b"}\n");
}

#[cfg(test)]
mod tests;
