//! The logs that the agent and its rivals read, the same bytes on every machine.

mod lines;
mod random;

use crate::place::Place;
use anyhow::Context;
use lines::Lines;
use std::fs::{File, copy, metadata, rename};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// What about half of the lines contain, in their middle. Nothing else in a line says DEBUG, so that the prototype's
/// shorter literal finds the same lines.
pub(crate) const LITERAL: &str = r#""level":"DEBUG""#;

/// More than the longest line that `Lines` makes.
const LONGEST_LINE: u64 = 256;

/// What lines an input has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// JSON of a service, half of it DEBUG; about 210 bytes.
    Service,
    /// JSON with a user, an e-mail address and an IPv4 address in each line; about 200 bytes.
    People,
    /// nginx's `combined` access log; about 150 bytes.
    Nginx,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Service => "input",
            Self::People => "people",
            Self::Nginx => "nginx",
        }
    }
}

/// The service's log of this run's size.
pub(crate) fn ensure(place: &Place) -> anyhow::Result<PathBuf> {
    ensure_kind(place, Kind::Service, place.scale.input_bytes)
}

/// An input: made by the first run that wants it, found again by all others.
pub(crate) fn ensure_kind(place: &Place, kind: Kind, bytes: u64) -> anyhow::Result<PathBuf> {
    let path = place.kept().join(format!("{}-{}MiB.log", kind.name(), bytes >> 20));
    // Renamed into place when complete; the size tells of one that another version made.
    if !metadata(&path).is_ok_and(|found| (bytes..bytes + LONGEST_LINE).contains(&found.len())) {
        write(&path, kind, bytes).with_context(|| format!("write {}", path.display()))?;
    }
    Ok(path)
}

/// The same bytes in another file: a source takes a second name of one file for what it is.
pub(crate) fn ensure_copy(place: &Place) -> anyhow::Result<PathBuf> {
    let path = place.scratch("second-input.jsonl");
    if !path.exists() {
        copy(ensure(place)?, &path).with_context(|| format!("write {}", path.display()))?;
    }
    Ok(path)
}

fn write(path: &Path, kind: Kind, bytes: u64) -> anyhow::Result<()> {
    eprintln!("  writing {} MiB of input to {}", bytes >> 20, path.display());
    let partial = path.with_extension(format!("{}.partial", std::process::id()));
    let mut file = BufWriter::with_capacity(1 << 20, File::create(&partial)?);
    let mut lines = Lines::new(kind);
    let mut line = Vec::new();
    let mut written = 0;
    while written < bytes {
        line.clear();
        lines.next_into(&mut line)?;
        file.write_all(&line)?;
        written += line.len() as u64;
    }
    file.flush()?;
    rename(&partial, path)?;
    Ok(())
}
