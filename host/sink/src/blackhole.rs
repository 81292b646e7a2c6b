//! The sink `blackhole`: takes everything and keeps nothing, to measure or silence what comes before it.

use logagent_component::{Delivery, Sink, SinkError};
use logagent_telemetry::SinkMeter;
use std::sync::Arc;

/// A configured blackhole.
pub struct Blackhole {
    meter: Arc<SinkMeter>,
}

impl Blackhole {
    /// One that counts here: records, and the bytes that `raw` would have written.
    #[must_use]
    pub fn new(meter: Arc<SinkMeter>) -> Self {
        Self { meter }
    }

    /// A lane's end of it.
    #[must_use]
    pub fn lane(&self) -> Box<dyn Sink> {
        Box::new(Self { meter: self.meter.clone() })
    }
}

impl Sink for Blackhole {
    fn deliver(&mut self, delivery: Delivery) -> Result<(), SinkError> {
        self.meter.records.add(delivery.records() as u64);
        self.meter.bytes.add(delivery.bytes);
        delivery.confirm();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Lane, Line};

    #[test]
    fn everything_is_confirmed_at_once_and_counted() {
        let (mut lane, meter) = (Lane::new(), Arc::new(SinkMeter::default()));
        let mut sink = Blackhole::new(meter.clone()).lane();
        sink.deliver(lane.batch(&[Line::new("one"), Line::new("three")])).unwrap();
        assert_eq!(lane.returned(), [false]);
        assert_eq!((meter.records.get(), meter.bytes.get()), (2, 10));
        assert_eq!((sink.flush_at(), sink.flush().is_ok()), (None, true));
    }
}
