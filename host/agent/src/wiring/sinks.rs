//! Sinks: opened once, with an end for each lane.

use logagent_component::{Sink, SinkError};
use logagent_config as config;
use logagent_sink::{Blackhole, Encoding, FileConfig, FileTarget, Flush, StdoutConfig, StdoutTarget};
use logagent_telemetry::SinkMeter;
use std::sync::Arc;

/// An opened sink.
pub(crate) enum Target {
    File(FileTarget),
    Stdout(StdoutTarget),
    Blackhole(Blackhole),
}

impl Target {
    /// Opens a sink.
    pub(crate) fn open(sink: &config::Named<config::Sink>, meter: Arc<SinkMeter>) -> Result<Self, SinkError> {
        let name = sink.name.clone();
        match &sink.spec {
            config::Sink::File(file) => {
                let (path, encoding, flush) = (file.path.clone(), encoding(file.encoding), flush(&file.flush));
                FileTarget::open(FileConfig { name, path, encoding, flush }, meter).map(Self::File)
            }
            config::Sink::Stdout(stdout) => {
                let (encoding, flush) = (encoding(stdout.encoding), flush(&stdout.flush));
                StdoutTarget::open(&StdoutConfig { name, encoding, flush }, meter).map(Self::Stdout)
            }
            config::Sink::Blackhole => Ok(Self::Blackhole(Blackhole::new(meter))),
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
