//! The sink `file`: a path that records are appended to. Regular files are written on the lanes' threads; anything
//! that can stall (FIFO, terminal) on one of its own. Doesn't rotate, compress or sync.

use crate::Flush;
use crate::detached::{Detached, Patient};
use crate::held::Held;
use crate::inline::Inline;
use crate::output::{Output, failed};
use crate::pen::{Encoding, Pen};
use logagent_component::{Sink, SinkError};
use logagent_telemetry::SinkMeter;
use rustix::fs::{OFlags, major, minor};
use std::fs::{File, Metadata, OpenOptions};
use std::io::{Error, ErrorKind, Result as IoResult};
use std::os::unix::fs::{FileExt, FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[cfg(test)]
mod tests;

/// What a file sink is told.
#[derive(Clone, Debug)]
pub struct FileConfig {
    /// The sink's name.
    pub name: String,
    /// Made where it is missing; its directory must be there.
    pub path: PathBuf,
    /// How a record is written.
    pub encoding: Encoding,
    /// How long records may be held back.
    pub flush: Flush,
}

/// A configured file, opened once for all lanes.
pub struct FileTarget {
    flush: Flush,
    way: Way,
}

/// How bytes get to a destination.
pub(crate) enum Way {
    Inline { output: Arc<Output<File>>, meter: Arc<SinkMeter>, encoding: Encoding },
    Detached(Arc<Detached>),
}

impl Way {
    pub(crate) fn lane(&self, flush: Flush) -> Box<dyn Sink> {
        match self {
            Self::Inline { output, meter, encoding } => {
                let pen = Pen::new(output.clone(), meter.clone(), *encoding);
                Box::new(Held::new(Inline { pen }, flush))
            }
            Self::Detached(detached) => Box::new(Held::new(detached.clone(), flush)),
        }
    }
}

impl FileTarget {
    /// Opens the file for appending, so that neither lanes nor restarts overwrite each other. A regular file whose
    /// last line was torn (by a full disk, or a kill in the middle of a write) gets a newline before the first
    /// record, which would else become part of that line. A FIFO is opened by its thread, which waits for the
    /// reader there: opened for reading too it would never stall, but neither fail when its reader is gone.
    ///
    /// # Errors
    /// [`SinkError::Write`] where the file can't be opened, or its thread not started.
    pub fn open(config: FileConfig, meter: Arc<SinkMeter>) -> Result<Self, SinkError> {
        let FileConfig { name, path, encoding, flush } = config;
        let target = path.display().to_string();
        let found = match std::fs::metadata(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            found => Some(found.map_err(failed(&target, "open"))?),
        };
        let way = if found.as_ref().is_some_and(can_stall) {
            Way::Detached(Arc::new(detach(target, &name, path, encoding, meter)?))
        } else {
            let file = append(&path, found.is_none()).map_err(failed(&target, "open"))?;
            let is_torn = encoding.has_lines() && is_torn(&path);
            Way::Inline { output: Arc::new(Output::new(target, file, encoding.has_lines(), is_torn)), meter, encoding }
        };
        Ok(Self { flush, way })
    }

    /// A lane's end of it.
    #[must_use]
    pub fn lane(&self) -> Box<dyn Sink> {
        self.way.lane(self.flush)
    }
}

fn detach(
    target: String,
    name: &str,
    path: PathBuf,
    encoding: Encoding,
    meter: Arc<SinkMeter>,
) -> Result<Detached, SinkError> {
    let output_target = target.clone();
    let open = move || {
        let output = Output::new(output_target, Patient(append(&path, false)?), encoding.has_lines(), false);
        Ok::<_, Error>(Pen::new(Arc::new(output), meter, encoding))
    };
    Detached::start(target, name, open)
}

/// Whether opening or writing it may wait for someone else.
pub(crate) fn can_stall(metadata: &Metadata) -> bool {
    let kind = metadata.file_type();
    let is_null = (major(metadata.rdev()), minor(metadata.rdev())) == (1, 3);
    kind.is_fifo() || kind.is_block_device() || (kind.is_char_device() && !is_null)
}

fn append(path: &Path, is_new: bool) -> IoResult<File> {
    // Asked for more often, O_CREAT is refused for others' FIFOs and files in /tmp (fs.protected_fifos).
    // A terminal must not become the one whose hang-up ends the agent.
    let flags = OFlags::NOCTTY.bits().cast_signed();
    OpenOptions::new().append(true).create(is_new).custom_flags(flags).open(path)
}

/// Whether the file's last byte ends no line. One that we may write but not read is taken as whole.
pub(crate) fn is_torn(path: &Path) -> bool {
    let last_byte = || {
        let file = File::open(path)?;
        let mut last = [b'\n'];
        if let Some(at) = file.metadata()?.len().checked_sub(1) {
            file.read_exact_at(&mut last, at)?;
        }
        IoResult::Ok(last[0])
    };
    last_byte().is_ok_and(|last| last != b'\n')
}
