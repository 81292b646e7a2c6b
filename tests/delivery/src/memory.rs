//! A buffer in memory in front of a sink, as `when_full: shed` makes it, that is never told to shed: what it promises of
//! positions, order and crashes must be what a sink without one does.

use logagent_component::Sink;
use logagent_record::Severities;
use logagent_sink::{Brimful, Shed, ShedConfig, ShedPolicy};
use std::sync::Arc;

/// The sink behind such a buffer; small, so that it is full now and then.
pub(crate) fn buffered(sink: Box<dyn Sink>) -> Box<dyn Sink> {
    let policy = ShedPolicy { severities: Severities::NONE, above: 0.5, brimful: Brimful::Wait };
    let config = ShedConfig { name: "buffered".into(), bytes: 16 << 10, policy };
    Shed::new(config, Arc::default()).before(sink)
}
