//! A file sink over a disk that is not the system's: for a test that has to know what was written, what was synced, and
//! what a crash leaves of both. Opens, rotates and names nothing; what fails is tried again by the clock that it is given.

use crate::attempts::Attempts;
use crate::clock::Steady;
use crate::failure::Failure;
use crate::held::Held;
use crate::inline::Inline;
use crate::medium::{Begun, Medium};
use crate::output::Output;
use crate::pen::Pen;
use crate::{Encoding, Flush, Fsync};
use logagent_component::{Retry, Sink};
use logagent_telemetry::SinkMeter;
use std::io::{Error, Result, Write};
use std::sync::Arc;

/// A file that is appended to. Its `write` takes as many bytes as it likes, and fails only where it took none.
pub trait Disk: Write + Send {
    /// Brings all that was written to where it survives a power cut.
    ///
    /// # Errors
    /// Where it can't.
    fn sync(&mut self) -> Result<()>;

    /// Takes back the last bytes, of a write that failed in its middle; answers whether it could.
    fn undo(&mut self, bytes: u64) -> bool;

    /// Whether its machine has stopped: then no attempt is of use.
    fn is_gone(&self) -> bool;
}

/// What is known of such a file, and how it is written.
pub struct Over {
    /// The sink's name.
    pub name: Arc<str>,
    /// How a record is written.
    pub encoding: Encoding,
    /// How long records may be held back.
    pub flush: Flush,
    /// What a record must have reached before it is confirmed.
    pub fsync: Fsync,
    /// The last line may be torn.
    pub is_torn: bool,
    /// When to try again what failed, and when to give it up.
    pub retry: Retry,
    /// The time.
    pub clock: Steady,
}

struct On<D>(D);

/// A lane's end of a sink that appends to this.
pub fn sink_over(disk: impl Disk + 'static, over: Over, meter: Arc<SinkMeter>) -> Box<dyn Sink> {
    let Over { name, encoding, flush, fsync, is_torn, retry, clock } = over;
    let medium: Box<dyn Medium + Send> = Box::new(On(disk));
    let output = Output::new("disk".into(), medium, encoding.has_lines(), is_torn);
    let attempts = Attempts::new(name, retry, meter.clone());
    let pen = Pen::new(Arc::new(output), meter, encoding);
    Box::new(Held::new(Inline::new(pen, fsync), flush).trying_again(attempts).by(clock))
}

impl<D: Disk> Write for On<D> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> Result<()> {
        self.0.flush()
    }
}

impl<D: Disk> Medium for On<D> {
    fn make_way(&mut self, _bytes: u64) -> std::result::Result<Option<Begun>, Failure> {
        // As after a sync that was refused, nothing but another start is of use.
        if self.0.is_gone() { Err(Failure::of("sync")(Error::other("the machine has stopped"))) } else { Ok(None) }
    }

    fn undo(&mut self, bytes: u64) -> bool {
        self.0.undo(bytes)
    }

    fn sync(&mut self) -> std::result::Result<(), Failure> {
        self.0.sync().map_err(Failure::of("sync"))
    }
}
