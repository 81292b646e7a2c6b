//! The sink `stdout`: the agent's standard output. Written past the standard library's buffer, so nothing else in
//! the process may print there while records are written.

use crate::detached::{Detached, Patient};
use crate::file::{Way, can_stall};
use crate::output::{Output, failed};
use crate::pen::{Encoding, Pen};
use crate::Flush;
use logagent_component::{Sink, SinkError};
use logagent_telemetry::SinkMeter;
use std::fs::File;
use std::os::unix::fs::FileTypeExt;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;

/// What a stdout sink is told.
#[derive(Clone, Debug)]
pub struct StdoutConfig {
    /// The sink's name.
    pub name: String,
    /// How a record is written.
    pub encoding: Encoding,
    /// How long records may be held back.
    pub flush: Flush,
}

/// The standard output, for all lanes.
pub struct StdoutTarget {
    flush: Flush,
    way: Way,
}

const TARGET: &str = "stdout";

impl StdoutTarget {
    /// Takes the standard output: on the lanes' threads where it leads to a regular file, else on one of its own.
    ///
    /// # Errors
    /// [`SinkError::Write`] where it is closed, or its thread not started.
    pub fn open(config: &StdoutConfig, meter: Arc<SinkMeter>) -> Result<Self, SinkError> {
        Self::over(std::io::stdout().as_fd(), config, meter)
    }

    fn over(fd: BorrowedFd<'_>, config: &StdoutConfig, meter: Arc<SinkMeter>) -> Result<Self, SinkError> {
        let file = File::from(fd.try_clone_to_owned().map_err(failed(TARGET, "open"))?);
        let metadata = file.metadata().map_err(failed(TARGET, "open"))?;
        let encoding = config.encoding;
        let way = if can_stall(&metadata) || metadata.file_type().is_socket() {
            let output = Arc::new(Output::new(TARGET.into(), Patient(file), encoding.has_lines(), false));
            let pen = Pen::new(output, meter, encoding);
            Way::Detached(Arc::new(Detached::start(TARGET.into(), &config.name, move || Ok(pen))?))
        } else {
            let output = Arc::new(Output::new(TARGET.into(), file, encoding.has_lines(), false));
            Way::Inline { output, meter, encoding }
        };
        Ok(Self { flush: config.flush, way })
    }

    /// A lane's end of it.
    #[must_use]
    pub fn lane(&self) -> Box<dyn Sink> {
        self.way.lane(self.flush)
    }
}
