//! The sink `file`: a path that records are appended to. Regular files are written on the lanes' threads; anything
//! that can stall (FIFO, terminal) on one of its own. Doesn't compress what it has rotated.

mod exact;
mod mapped;
mod plain;
mod regular;
mod rotate;
mod series;
mod stamp;
mod torn;

pub(crate) use plain::sync;
pub use rotate::Rotate;
pub use series::put_aside_name;
pub(crate) use torn::is_torn;

use crate::attempts::{Attempts, RETRY};
use crate::clock::Clock;
use crate::detached::{Detached, Patient};
use crate::failure::failed;
use crate::held::Held;
use crate::inline::Inline;
use crate::medium::{Begun, Medium};
use crate::output::Output;
use crate::pen::{Encoding, Pen};
use crate::{Flush, Fsync};
use logagent_component::{Appended, Extent, Retry, Sink, SinkError};
use logagent_telemetry::SinkMeter;
use regular::{Plan, Regular};
use rustix::fs::{OFlags, major, minor};
use series::Series;
use std::fmt;
use std::fs::{File, Metadata, OpenOptions};
use std::io::{Error, ErrorKind, Result as IoResult};
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

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
    /// How long records may be held back; not with [`Fsync::Interval`], which writes them as they come.
    pub flush: Flush,
    /// When another file is begun; never where it is `None`.
    pub rotate: Option<Rotate>,
    /// What a record must have reached before it is confirmed.
    pub fsync: Fsync,
    /// How bytes get into the file.
    pub mode: Mode,
    /// When to try again what the disk did not take.
    pub retry: Retry,
    /// From this byte on, what is in the file was written by this sink: a torn line at its end is cut off.
    pub own_from: Option<u64>,
    /// No record twice, not after a kill either: what whoever opens it sees to, by [`FileTarget::appended`].
    pub exactly_once: bool,
    /// Told of each further file that is begun under the path, before a record is in it.
    pub begun: Option<OnBegun>,
    /// What the checkpoints know of it: whatever lies behind is cut off, since its records come again.
    pub kept: Option<Extent>,
}

impl FileConfig {
    /// A file that records are appended to as they come.
    #[must_use]
    pub fn new(name: &str, path: impl Into<PathBuf>) -> Self {
        Self {
            name: name.to_owned(),
            path: path.into(),
            encoding: Encoding::default(),
            flush: Flush::AT_ONCE,
            rotate: None,
            fsync: Fsync::default(),
            mode: Mode::default(),
            retry: RETRY,
            own_from: None,
            exactly_once: false,
            begun: None,
            kept: None,
        }
    }

    /// Files and their names must survive a power cut: what is kept of one must not lie behind what is left of it.
    fn is_durable(&self) -> bool {
        self.fsync != Fsync::Never || self.exactly_once
    }

    /// What only a regular file can do.
    fn wants_regular(&self) -> bool {
        self.rotate.is_some() || self.is_durable() || self.mode != Mode::Writev
    }
}

/// What is called with a path under which another file was begun.
#[derive(Clone)]
pub struct OnBegun(pub Arc<dyn Fn(&Path) + Send + Sync>);

impl fmt::Debug for OnBegun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OnBegun")
    }
}

/// Whether a rotation has renamed this file, which was under the path: whatever is there now was begun after it.
#[must_use]
pub fn has_rotated(path: &Path, file: &Extent) -> bool {
    Series::of(path).and_then(|series| series.has(file)).unwrap_or(false)
}

/// How bytes get into a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// By system calls: as fast or faster, whatever the size of the writes (`benches/file.rs`).
    #[default]
    Writev,
    /// By stores into a mapping of the file, which must belong to the agent alone. Only for encodings with lines: the
    /// zeros behind the records could not be told from the end of others.
    Mmap,
}

/// A configured file, opened once for all lanes.
pub struct FileTarget {
    flush: Flush,
    way: Way,
}

/// How bytes get to a destination.
pub(crate) enum Way {
    Inline {
        output: Arc<Output<Box<dyn Medium + Send>>>,
        meter: Arc<SinkMeter>,
        encoding: Encoding,
        fsync: Fsync,
        name: Arc<str>,
        retry: Retry,
    },
    Detached(Arc<Detached>),
}

impl Way {
    pub(crate) fn lane(&self, flush: Flush) -> Box<dyn Sink> {
        match self {
            Self::Inline { output, meter, encoding, fsync, name, retry } => {
                let pen = Pen::new(output.clone(), meter.clone(), *encoding);
                // A flush that is due by age must not ask the disk before the interval is over.
                let flush = if let Fsync::Interval(_) = fsync { Flush::AT_ONCE } else { flush };
                let attempts = Attempts::new(name.clone(), *retry, meter.clone());
                Box::new(Held::new(Inline::new(pen, *fsync), flush).trying_again(attempts))
            }
            Self::Detached(detached) => Box::new(Held::new(detached.clone(), flush)),
        }
    }
}

impl FileTarget {
    /// Opens the file for appending, so that neither lanes nor restarts overwrite each other. A regular file whose
    /// last line was torn (by a full disk, or a kill in the middle of a write) loses that part where it is known to be
    /// the sink's own; else it gets a newline before the first record, which would else become part of that line. A FIFO is opened by its thread, which waits for the
    /// reader there: opened for reading too it would never stall, but neither fail when its reader is gone.
    ///
    /// # Errors
    /// [`SinkError::Write`] where the file can't be opened, or its thread not started, or where it can't do what it
    /// is to do.
    pub fn open(config: FileConfig, meter: Arc<SinkMeter>) -> Result<Self, SinkError> {
        Self::open_by(Clock::new(SystemTime::now), config, meter)
    }

    fn open_by(clock: Clock, config: FileConfig, meter: Arc<SinkMeter>) -> Result<Self, SinkError> {
        let (flush, encoding, fsync, retry) = (config.flush, config.encoding, config.fsync, config.retry);
        let (target, name) = (config.path.display().to_string(), config.name.as_str().into());
        let found = match std::fs::metadata(&config.path) {
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            found => Some(found.map_err(failed(&target, "open"))?),
        };
        check(&config, found.as_ref()).map_err(failed(&target, "open"))?;
        if let Some(kept) = config.kept {
            exact::take_back(&config.path, kept).map_err(failed(&target, "cut back"))?;
        }
        if let Some(own_from) = config.own_from.filter(|_| encoding.has_lines() && config.mode == Mode::Writev) {
            torn::cut(&config.path, own_from).map_err(failed(&target, "cut the last line of"))?;
        }
        let way = if found.as_ref().is_some_and(can_stall) {
            Way::Detached(Arc::new(detach(target, &config, meter)?))
        } else {
            let (medium, begun) = open_medium(clock, config, found.as_ref(), &target)?;
            let output = Output::new(target, medium, encoding.has_lines(), begun.is_torn);
            Way::Inline { output: Arc::new(output), meter, encoding, fsync, name, retry }
        };
        Ok(Self { flush, way })
    }

    /// A lane's end of it.
    #[must_use]
    pub fn lane(&self) -> Box<dyn Sink> {
        self.way.lane(self.flush)
    }

    /// The file itself, for who keeps its length; `None` where it is no regular one.
    #[must_use]
    pub fn appended(&self) -> Option<Arc<dyn Appended>> {
        match &self.way {
            Way::Inline { output, .. } => Some(output.clone()),
            Way::Detached(_) => None,
        }
    }

    /// Goes on with the file that is now found under the path, or makes one: for when someone else has renamed the
    /// one that is written (logrotate's `postrotate`). The lanes' ends stay as they are, and no record is cut. What
    /// isn't a regular file stays open.
    ///
    /// # Errors
    /// [`SinkError::Write`] where the file can't be opened. The one that was written then goes on to be.
    pub fn reopen(&self) -> Result<(), SinkError> {
        match &self.way {
            Way::Inline { output, .. } => output.reopen().map_err(|failure| failure.at(&output.target)),
            Way::Detached(_) => Ok(()),
        }
    }
}

/// Refuses what the file or the encoding can't do.
fn check(config: &FileConfig, found: Option<&Metadata>) -> IoResult<()> {
    let refused = |reason| Err(Error::new(ErrorKind::InvalidInput, reason));
    if config.wants_regular() && found.is_some_and(|found| !found.is_file()) {
        return refused("only a regular file can be rotated, synced, mapped or written exactly once");
    }
    if config.exactly_once && (config.rotate.is_some() || config.mode == Mode::Mmap) {
        return refused("a file that is rotated or mapped can't be written exactly once");
    }
    if config.retry.give_up.is_some() && found.is_some_and(can_stall) {
        return refused("retry.give_up wants a regular file: what stalls is not tried again");
    }
    if config.mode == Mode::Mmap && !config.encoding.has_lines() {
        return refused("mode mmap wants an encoding with lines");
    }
    Ok(())
}

fn open_medium(
    clock: Clock,
    config: FileConfig,
    found: Option<&Metadata>,
    target: &str,
) -> Result<(Box<dyn Medium + Send>, Begun), SinkError> {
    if found.is_some_and(|found| !found.is_file()) {
        let file = append(&config.path, false).map_err(failed(target, "open"))?;
        return Ok((Box::new(file), Begun { is_torn: false }));
    }
    let (is_durable, has_lines) = (config.is_durable(), config.encoding.has_lines());
    let FileConfig { path, rotate, mode, begun, .. } = config;
    let opened = Regular::open(Plan { path, mode, rotate, begun, is_durable, has_lines, clock });
    let (regular, begun) = opened.map_err(|failure| failure.at(target))?;
    Ok((Box::new(regular), begun))
}

fn detach(target: String, config: &FileConfig, meter: Arc<SinkMeter>) -> Result<Detached, SinkError> {
    let (output_target, path, encoding) = (target.clone(), config.path.clone(), config.encoding);
    let open = move || {
        let output = Output::new(output_target, Patient(append(&path, false)?), encoding.has_lines(), false);
        Ok::<_, Error>(Pen::new(Arc::new(output), meter, encoding))
    };
    Detached::start(target, &config.name, open)
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
