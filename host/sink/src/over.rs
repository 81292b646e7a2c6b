//! A file sink over a disk that is not the system's: for a test that has to know what was written, what was synced, and
//! what a crash leaves of both. Opens, rotates and names nothing; what fails is tried again by the clock that it is given.

use crate::attempts::Attempts;
use crate::clock::Steady;
use crate::failure::Failure;
use crate::held::Held;
use crate::inline::Inline;
use crate::medium::Medium;
use crate::output::Output;
use crate::pen::Pen;
use crate::{Encoding, Flush, Fsync};
use logagent_component::{Retry, Sink};
use logagent_telemetry::SinkMeter;
use std::io::{Result, Write};
use std::sync::Arc;

/// A file that is appended to. Its `write` takes as many bytes as it likes, and fails only where it took none.
pub trait Disk: Write + Send {
    /// Brings all that was written to where it survives a power cut.
    ///
    /// # Errors
    /// Where it can't.
    fn sync(&mut self) -> Result<()>;
}

struct Over<D>(D);

/// A lane's end of a sink that appends to this, whose last line may be torn.
pub fn sink_over(
    disk: impl Disk + 'static,
    encoding: Encoding,
    (flush, fsync): (Flush, Fsync),
    is_torn: bool,
    (retry, clock): (Retry, Steady),
    meter: Arc<SinkMeter>,
) -> Box<dyn Sink> {
    let medium: Box<dyn Medium + Send> = Box::new(Over(disk));
    let output = Output::new("disk".into(), medium, encoding.has_lines(), is_torn);
    let attempts = Attempts::new("disk".into(), retry, meter.clone());
    let pen = Pen::new(Arc::new(output), meter, encoding);
    Box::new(Held::new(Inline::new(pen, fsync), flush).trying_again(attempts).by(clock))
}

impl<D: Disk> Write for Over<D> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> Result<()> {
        self.0.flush()
    }
}

impl<D: Disk> Medium for Over<D> {
    fn sync(&mut self) -> std::result::Result<(), Failure> {
        self.0.sync().map_err(Failure::of("sync"))
    }
}
