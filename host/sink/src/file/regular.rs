//! A regular file under a name, and those that follow it there: written, synced, renamed when it has had its time,
//! opened anew when someone else has renamed it. Doesn't know of records; rotates only where it is told that one ends.

use super::mapped::Mapped;
use super::series::Series;
use super::{Mode, OnBegun, Rotate, append, is_torn, plain};
use crate::clock::Clock;
use crate::failure::Failure;
use crate::medium::{Begun, Medium};
use logagent_failpoint::{self as failpoint, Point};
use std::fs::File;
use std::io::{ErrorKind, IoSlice, Result as IoResult, Write};
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::time::SystemTime;

/// What doesn't change from file to file.
pub(super) struct Plan {
    pub(super) path: PathBuf,
    pub(super) mode: Mode,
    pub(super) rotate: Option<Rotate>,
    /// Told of each file but the first.
    pub(super) begun: Option<OnBegun>,
    /// Files and their names must survive a power cut.
    pub(super) is_durable: bool,
    /// A last record without a newline is torn.
    pub(super) has_lines: bool,
    pub(super) clock: Clock,
}

pub(super) struct Regular {
    plan: Plan,
    body: Body,
    written_at: SystemTime,
    is_dirty: bool,
    /// What the disk refused to take is forgotten by the system: to ask again would answer that all is well.
    refusal: Option<Failure>,
}

enum Body {
    Plain { file: File, len: u64 },
    Mapped(Mapped),
}

impl Regular {
    /// Opens the file, or makes it.
    pub(super) fn open(plan: Plan) -> Result<(Self, Begun), Failure> {
        let (body, begun, written_at) = plan.open()?;
        Ok((Self { plan, body, written_at, is_dirty: false, refusal: None }, begun))
    }

    fn is_due(&mut self, rotate: &Rotate, bytes: u64, now: SystemTime) -> Result<bool, Failure> {
        if !rotate.is_due(self.body.len(), bytes, self.written_at, now) {
            return Ok(false);
        }
        // Others may have appended to the file, or cut it.
        self.body.measure().map_err(Failure::of("look at"))?;
        Ok(rotate.is_due(self.body.len(), bytes, self.written_at, now))
    }

    fn rotate(&mut self, rotate: &Rotate, now: SystemTime) -> Result<Begun, Failure> {
        self.finish()?;
        if self.is_current().map_err(Failure::of("look at"))? {
            failpoint::pass(Point::OutputRenameBefore);
            Series::of(&self.plan.path).and_then(|series| series.put_aside(now)).map_err(Failure::of("rename"))?;
            failpoint::pass(Point::OutputRenameAfter);
        }
        let begun = self.begin()?;
        if let Some(keep) = rotate.keep {
            Series::of(&self.plan.path).and_then(|series| series.prune(keep)).map_err(Failure::of("prune"))?;
        }
        Ok(begun)
    }

    /// Leaves the file as it is to stay.
    fn finish(&mut self) -> Result<(), Failure> {
        self.is_dirty |= self.body.cut().map_err(Failure::of("cut"))?;
        if self.plan.is_durable { self.sync() } else { Ok(()) }
    }

    /// Opens what is found under the name, or makes it.
    fn begin(&mut self) -> Result<Begun, Failure> {
        let (body, begun, written_at) = self.plan.open()?;
        if let Some(OnBegun(tell)) = &self.plan.begun {
            tell(&self.plan.path);
        }
        (self.body, self.written_at, self.is_dirty) = (body, written_at, false);
        Ok(begun)
    }

    /// Whether the name still leads to this file.
    fn is_current(&self) -> IoResult<bool> {
        let ours = self.body.file().metadata()?;
        match self.plan.path.metadata() {
            Ok(found) => Ok((found.dev(), found.ino()) == (ours.dev(), ours.ino())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn check(&self) -> Result<(), Failure> {
        self.refusal.as_ref().map_or(Ok(()), |refusal| Err(refusal.copy()))
    }
}

impl Medium for Regular {
    fn make_way(&mut self, bytes: u64) -> Result<Option<Begun>, Failure> {
        self.check()?;
        let Some(rotate) = self.plan.rotate else { return Ok(None) };
        let now = self.plan.clock.now();
        let is_due = self.is_due(&rotate, bytes, now)?;
        let begun = if is_due { Some(self.rotate(&rotate, now)?) } else { None };
        self.written_at = self.written_at.max(now);
        Ok(begun)
    }

    fn undo(&mut self, bytes: u64) -> bool {
        let Body::Plain { file, len } = &mut self.body else { return false };
        let is_last = file.metadata().is_ok_and(|found| found.len() == *len);
        let is_cut = is_last && file.set_len(*len - bytes).is_ok();
        *len -= if is_cut { bytes } else { 0 };
        is_cut
    }

    fn sync(&mut self) -> Result<(), Failure> {
        self.check()?;
        if self.is_dirty
            && let Err(error) = self.body.sync()
        {
            self.refuse(Failure::of("sync")(error));
        }
        self.check()?;
        self.is_dirty = false;
        Ok(())
    }

    fn file(&self) -> IoResult<File> {
        self.check().map_err(|refusal| refusal.source)?;
        self.body.file().try_clone()
    }

    fn refuse(&mut self, refusal: Failure) {
        self.refusal.get_or_insert(refusal);
    }

    fn reopen(&mut self) -> Result<Option<Begun>, Failure> {
        // Opened a second time, the same file would find itself locked.
        if self.is_current().map_err(Failure::of("look at"))? {
            return Ok(None);
        }
        self.finish()?;
        self.begin().map(Some)
    }
}

impl Write for Regular {
    fn write(&mut self, bytes: &[u8]) -> IoResult<usize> {
        self.write_vectored(&[IoSlice::new(bytes)])
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> IoResult<usize> {
        self.is_dirty = true;
        match &mut self.body {
            Body::Plain { file, len } => plain::write(file, slices).inspect(|written| *len += *written as u64),
            Body::Mapped(mapped) => mapped.write_vectored(slices),
        }
    }

    fn flush(&mut self) -> IoResult<()> {
        Ok(())
    }
}

impl Plan {
    fn open(&self) -> Result<(Body, Begun, SystemTime), Failure> {
        let is_new = !self.path.try_exists().map_err(Failure::of("open"))?;
        // Before zeros are cut off, which is no writing of records.
        let written_at = self.path.metadata().and_then(|found| found.modified());
        let body = self.body(is_new).map_err(Failure::of("open"))?;
        if self.is_durable {
            Series::of(&self.path).and_then(|series| series.sync()).map_err(Failure::of("sync the directory of"))?;
        }
        let begun = Begun { is_torn: self.has_lines && is_torn(&self.path) };
        Ok((body, begun, written_at.unwrap_or_else(|_| self.clock.now())))
    }

    fn body(&self, is_new: bool) -> IoResult<Body> {
        match self.mode {
            Mode::Writev => {
                let file = append(&self.path, is_new)?;
                let len = file.metadata()?.len();
                Ok(Body::Plain { file, len })
            }
            Mode::Mmap => Mapped::open(&self.path).map(Body::Mapped),
        }
    }
}

impl Body {
    fn file(&self) -> &File {
        match self {
            Self::Plain { file, .. } => file,
            Self::Mapped(mapped) => mapped.file(),
        }
    }

    fn len(&self) -> u64 {
        match self {
            Self::Plain { len, .. } => *len,
            Self::Mapped(mapped) => mapped.len(),
        }
    }

    /// Asks the system how long the file is.
    fn measure(&mut self) -> IoResult<()> {
        if let Self::Plain { file, len } = self {
            *len = file.metadata()?.len();
        }
        Ok(())
    }

    fn sync(&mut self) -> IoResult<()> {
        match self {
            Self::Plain { file, .. } => plain::sync(file),
            Self::Mapped(mapped) => mapped.sync(),
        }
    }

    /// Gives back what was taken ahead; answers whether there was any.
    fn cut(&mut self) -> IoResult<bool> {
        match self {
            Self::Plain { .. } => Ok(false),
            Self::Mapped(mapped) => mapped.cut(),
        }
    }
}
