//! Sinks: opened once, with an end for each lane.

use crate::exit::Failure;
use logagent_component::{Sink, SinkError};
use logagent_config as config;
use logagent_sink::{Blackhole, Encoding, FileConfig, FileTarget, Flush, StdoutConfig, StdoutTarget};
use logagent_telemetry::{Meters, SinkMeter};
use std::sync::Arc;

/// The opened sinks, in the configuration's order.
pub(crate) struct Targets(Vec<Target>);

enum Target {
    File(FileTarget),
    Stdout(StdoutTarget),
    Blackhole(Blackhole),
}

impl Targets {
    /// Opens all of them.
    pub(crate) fn open(config: &config::Config, meters: &Meters) -> Result<Self, Failure> {
        let open = |(sink, (_, meter)): (&config::Named<config::Sink>, &(String, Arc<SinkMeter>))| {
            let opened = Target::open(sink, meter.clone());
            opened.map_err(|error| anyhow::Error::new(error).context(format!("sink {}", sink.name)).into())
        };
        config.sinks.iter().zip(&meters.sinks).map(open).collect::<Result<_, Failure>>().map(Self)
    }

    /// A lane's ends.
    pub(crate) fn lane(&self) -> Vec<Box<dyn Sink>> {
        let lane = |target: &Target| match target {
            Target::File(file) => file.lane(),
            Target::Stdout(stdout) => stdout.lane(),
            Target::Blackhole(blackhole) => blackhole.lane(),
        };
        self.0.iter().map(lane).collect()
    }
}

impl Target {
    fn open(sink: &config::Named<config::Sink>, meter: Arc<SinkMeter>) -> Result<Self, SinkError> {
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
