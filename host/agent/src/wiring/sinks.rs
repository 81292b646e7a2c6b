//! Sinks: opened once, with an end for each lane.

mod buffer;
mod exact;
mod shed;

pub(super) use buffer::{directory as buffers, key_problems};

use exact::ExactFile;
use logagent_buffer::{BufferTarget, Buffers};
use logagent_checkpoint::Outputs;
use logagent_component::{DeadLetters, Retry, Sink, SinkError};
use logagent_config as config;
use logagent_sink::{
    Blackhole, Encoding, FileConfig, FileTarget, Flush, Fsync, Mode, OnBegun, Rotate, Shed, StdoutConfig, StdoutTarget,
    has_rotated,
};
use logagent_telemetry::SinkMeter;
use std::path::Path;
use std::sync::Arc;

/// An opened sink.
pub(crate) enum Target {
    File(FileTarget),
    ExactFile(ExactFile),
    Stdout(StdoutTarget),
    Blackhole(Blackhole),
    Buffered(BufferTarget),
    Shedding(Shed, Box<Target>),
}

/// What sinks are opened with.
pub(crate) struct Opening<'a> {
    pub(crate) config: &'a config::Config,
    /// Knows what runs before have written.
    pub(crate) outputs: Option<&'a Outputs>,
    pub(crate) buffers: &'a Buffers,
    /// Where records go that a sink behind a buffer gives up.
    pub(crate) dead_letters: &'a Arc<dyn DeadLetters>,
}

impl Opening<'_> {
    /// Opens a sink.
    pub(crate) fn open(&self, sink: &config::Named<config::Sink>, meter: Arc<SinkMeter>) -> anyhow::Result<Target> {
        let (inner, buffer) = match &sink.spec {
            config::Sink::Buffered(inner, buffer) => (inner, buffer),
            config::Sink::Shedding(inner, shed) => {
                let inner = Target::open(&sink.name, inner, self.outputs, meter.clone())?;
                let shed = Shed::new(shed::config(self.config, &sink.name, shed), meter);
                return Ok(Target::Shedding(shed, Box::new(inner)));
            }
            config::Sink::File(exact) if exact.exactly_once => {
                return ExactFile::open(file(sink.name.clone(), exact), self.outputs, meter).map(Target::ExactFile);
            }
            other => return Ok(Target::open(&sink.name, other, self.outputs, meter)?),
        };
        let (name, inner, outputs) = (sink.name.clone(), inner.clone(), self.outputs.cloned());
        let inner_meter = meter.clone();
        let open = move || Ok(Target::open(&name, &inner, outputs.as_ref(), inner_meter.clone())?.lane());
        let config = buffer::config(self, &sink.name, buffer);
        Ok(Target::Buffered(self.buffers.open(config, Box::new(open), meter)?))
    }
}

impl Target {
    fn open(
        name: &str,
        sink: &config::Sink,
        outputs: Option<&Outputs>,
        meter: Arc<SinkMeter>,
    ) -> Result<Self, SinkError> {
        let name = name.to_owned();
        match sink {
            config::Sink::File(sink) => open_file(file(name, sink), outputs, meter),
            config::Sink::Stdout(stdout) => {
                let (encoding, flush) = (encoding(stdout.encoding), flush(&stdout.flush));
                StdoutTarget::open(&StdoutConfig { name, encoding, flush }, meter).map(Self::Stdout)
            }
            config::Sink::Blackhole => Ok(Self::Blackhole(Blackhole::new(meter))),
            config::Sink::Buffered(..) | config::Sink::Shedding(..) => unreachable!("no buffer is in front of another"),
        }
    }

    /// Goes on with what is now found under a file's path, which someone else may have renamed.
    pub(crate) fn reopen(&self) -> anyhow::Result<()> {
        match self {
            Self::File(file) => Ok(file.reopen()?),
            Self::ExactFile(file) => file.reopen(),
            Self::Stdout(_) | Self::Blackhole(_) => Ok(()),
            Self::Buffered(buffer) => {
                buffer.reopen();
                Ok(())
            }
            Self::Shedding(_, inner) => inner.reopen(),
        }
    }

    /// A lane's end.
    pub(crate) fn lane(&self) -> Box<dyn Sink> {
        match self {
            Self::File(file) => file.lane(),
            Self::ExactFile(file) => file.lane(),
            Self::Stdout(stdout) => stdout.lane(),
            Self::Blackhole(blackhole) => blackhole.lane(),
            Self::Buffered(buffer) => buffer.lane(),
            Self::Shedding(shed, inner) => shed.before(inner.lane()),
        }
    }
}

fn open_file(config: FileConfig, outputs: Option<&Outputs>, meter: Arc<SinkMeter>) -> Result<Target, SinkError> {
    let path = config.path.clone();
    let own_from = outputs.and_then(|outputs| own_from(outputs, &path));
    let begun = outputs.cloned().map(|outputs| OnBegun(Arc::new(move |path| outputs.note(path))));
    let target = FileTarget::open(FileConfig { own_from, begun, ..config }, meter)?;
    if let Some(Err(error)) = outputs.map(|outputs| outputs.own(&path)) {
        let error = format!("{:#}", anyhow::Error::new(error));
        tracing::warn!(error, "a line that a kill tears at this file's end will be ended with a newline, not cut off");
    }
    Ok(Target::File(target))
}

/// From which byte on a file was written by the agent. A kill may have come before the checkpoint that names the file: all
/// of what follows a file that the agent has rotated is its own.
fn own_from(outputs: &Outputs, path: &Path) -> Option<u64> {
    let follows = || outputs.known(path).is_some_and(|former| has_rotated(path, &former));
    outputs.own_from(path).or_else(|| follows().then_some(0))
}

fn file(name: String, file: &config::FileSink) -> FileConfig {
    let mode = match file.mode {
        config::Mode::Writev => Mode::Writev,
        config::Mode::Mmap => Mode::Mmap,
    };
    let (encoding, flush, fsync) = (encoding(file.encoding), flush(&file.flush), fsync(file.fsync));
    let rotate = file.rotate.as_ref().map(rotate);
    let config::Retry { initial, max, give_up } = file.retry;
    let retry = Retry { initial, max, give_up };
    let (path, exactly_once) = (file.path.clone(), file.exactly_once);
    let (own_from, begun, kept) = (None, None, None);
    FileConfig { name, path, encoding, flush, rotate, fsync, mode, retry, own_from, exactly_once, begun, kept }
}

fn rotate(rotate: &config::Rotate) -> Rotate {
    let config::Rotate { size, every, keep } = *rotate;
    Rotate { size: size.map(|bytes| bytes as u64), every, keep }
}

fn fsync(fsync: config::Fsync) -> Fsync {
    match fsync {
        config::Fsync::Never => Fsync::Never,
        config::Fsync::Interval(interval) => Fsync::Interval(interval),
        config::Fsync::Batch => Fsync::Batch,
    }
}

fn encoding(encoding: config::Encoding) -> Encoding {
    match encoding {
        config::Encoding::Raw => Encoding::Raw,
        config::Encoding::Json => Encoding::Json,
        config::Encoding::Msgpack => Encoding::Msgpack,
    }
}

fn flush(flush: &config::Flush) -> Flush {
    Flush { max_records: flush.max_records, max_age: flush.max_age }
}
