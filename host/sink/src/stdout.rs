//! The sink `stdout`: the agent's standard output. Written past the standard library's buffer, so nothing else in
//! the process may print there while records are written.

use crate::attempts::RETRY;
use crate::detached::{Detached, Patient};
use crate::failure::failed;
use crate::file::{Way, can_stall};
use crate::medium::Medium;
use crate::output::Output;
use crate::pen::{Encoding, Pen};
use crate::{Flush, Fsync};
use logagent_component::{Sink, SinkError};
use logagent_telemetry::SinkMeter;
use std::fs::File;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::FileTypeExt;
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
            let medium: Box<dyn Medium + Send> = Box::new(file);
            let output = Arc::new(Output::new(TARGET.into(), medium, encoding.has_lines(), false));
            Way::Inline {
                output,
                meter,
                encoding,
                fsync: Fsync::Never,
                name: config.name.as_str().into(),
                retry: RETRY,
            }
        };
        Ok(Self { flush: config.flush, way })
    }

    /// A lane's end of it.
    #[must_use]
    pub fn lane(&self) -> Box<dyn Sink> {
        self.way.lane(self.flush)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Lane, Line};
    use std::io::{Read, pipe};
    use std::time::Duration;

    fn over(fd: BorrowedFd<'_>) -> StdoutTarget {
        let flush = Flush { max_records: 1, max_age: Duration::from_secs(60) };
        let config = StdoutConfig { name: "out".into(), encoding: Encoding::Raw, flush };
        StdoutTarget::over(fd, &config, Arc::default()).unwrap()
    }

    #[test]
    fn a_pipe_is_written_by_a_thread_even_if_it_is_full_and_non_blocking() {
        let (mut reader, writer) = pipe().unwrap();
        rustix::io::ioctl_fionbio(&writer, true).unwrap();
        let mut lane = Lane::of(1 << 20);
        let mut sink = over(writer.as_fd()).lane();
        sink.deliver(lane.batch(&[Line::new(vec![b'x'; 300_000])])).unwrap();
        drop((sink, writer));
        let mut written = Vec::new();
        reader.read_to_end(&mut written).unwrap();
        assert_eq!(written.len(), 300_001);
        assert!(!lane.wait());
    }

    #[test]
    fn a_regular_file_is_written_at_once() {
        let (file, mut lane) = (tempfile::NamedTempFile::new().unwrap(), Lane::new());
        over(file.as_fd()).lane().deliver(lane.batch(&[Line::new("x")])).unwrap();
        assert_eq!(lane.returned(), [false]);
        assert_eq!(std::fs::read(file.path()).unwrap(), b"x\n");
    }
}
