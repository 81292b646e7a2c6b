//! Sinks: opened once, with an end for each lane.

use logagent_checkpoint::Outputs;
use logagent_component::{Retry, Sink, SinkError};
use logagent_config as config;
use logagent_sink::{
    Blackhole, Encoding, FileConfig, FileTarget, Flush, Fsync, Mode, Rotate, StdoutConfig, StdoutTarget,
};
use logagent_telemetry::SinkMeter;
use std::sync::Arc;

/// An opened sink.
pub(crate) enum Target {
    File(FileTarget),
    Stdout(StdoutTarget),
    Blackhole(Blackhole),
}

impl Target {
    /// Opens a sink. `outputs` knows what runs before have written.
    pub(crate) fn open(
        sink: &config::Named<config::Sink>,
        outputs: Option<&Outputs>,
        meter: Arc<SinkMeter>,
    ) -> Result<Self, SinkError> {
        let name = sink.name.clone();
        match &sink.spec {
            config::Sink::File(sink) => open_file(file(name, sink), outputs, meter),
            config::Sink::Stdout(stdout) => {
                let (encoding, flush) = (encoding(stdout.encoding), flush(&stdout.flush));
                StdoutTarget::open(&StdoutConfig { name, encoding, flush }, meter).map(Self::Stdout)
            }
            config::Sink::Blackhole => Ok(Self::Blackhole(Blackhole::new(meter))),
        }
    }

    /// Goes on with what is now found under a file's path, which someone else may have renamed.
    pub(crate) fn reopen(&self) -> Result<(), SinkError> {
        match self {
            Self::File(file) => file.reopen(),
            Self::Stdout(_) | Self::Blackhole(_) => Ok(()),
        }
    }

    /// A lane's end.
    pub(crate) fn lane(&self) -> Box<dyn Sink> {
        match self {
            Self::File(file) => file.lane(),
            Self::Stdout(stdout) => stdout.lane(),
            Self::Blackhole(blackhole) => blackhole.lane(),
        }
    }
}

fn open_file(config: FileConfig, outputs: Option<&Outputs>, meter: Arc<SinkMeter>) -> Result<Target, SinkError> {
    let path = config.path.clone();
    let own_from = outputs.and_then(|outputs| outputs.own_from(&path));
    let target = FileTarget::open(FileConfig { own_from, ..config }, meter)?;
    if let Some(Err(error)) = outputs.map(|outputs| outputs.own(&path)) {
        let error = format!("{:#}", anyhow::Error::new(error));
        tracing::warn!(error, "a line that a kill tears at this file's end will be ended with a newline, not cut off");
    }
    Ok(Target::File(target))
}

fn file(name: String, file: &config::FileSink) -> FileConfig {
    let mode = match file.mode {
        config::Mode::Writev => Mode::Writev,
        config::Mode::Mmap => Mode::Mmap,
    };
    let (encoding, flush, fsync) = (encoding(file.encoding), flush(&file.flush), fsync(file.fsync));
    let rotate = file.rotate.as_ref().map(rotate);
    let retry = Retry { initial: file.retry.initial, max: file.retry.max };
    FileConfig { name, path: file.path.clone(), encoding, flush, rotate, fsync, mode, retry, own_from: None }
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
