//! A buffer in memory in front of a sink, which sheds: where the sink falls behind, records of little severity are
//! dropped and counted, so that the others find room, and the lane's ring is free for the pipeline's other sinks. What
//! it takes it copies; how far streams are delivered waits for the sink all the same. Each lane's end has a buffer of its
//! own, so that no lane takes another's room.
//!
//! ```text
//! sheds? ─▶ pressure (pure) ─▶ deliver ─▶ store (a ring of its own) ─▶ the sink's own end
//!                                   └─▶ waiting, in the lane's ring, where the store is full
//! ```

mod pressure;
mod store;
#[cfg(test)]
mod tests;
mod waiting;

pub use pressure::{Brimful, ShedPolicy};

use logagent_component::{Complaint, Delivery, Sink, SinkError};
use logagent_record::{Descriptor, Severities};
use logagent_telemetry::SinkMeter;
use pressure::{Fill, Level, Pressure};
use std::collections::VecDeque;
use std::io::Error;
use std::sync::Arc;
use std::time::Instant;
use store::Store;
use waiting::Waiting;

/// A buffer that sheds.
#[derive(Clone, Debug)]
pub struct ShedConfig {
    /// The sink's name.
    pub name: String,
    /// The size of each lane's buffer in bytes: a power of two, at most 512 MiB.
    pub bytes: usize,
    /// What it sheds, and when.
    pub policy: ShedPolicy,
}

/// A configured one.
pub struct Shed {
    config: ShedConfig,
    meter: Arc<SinkMeter>,
}

/// A lane's end.
struct Shedding {
    config: ShedConfig,
    meter: Arc<SinkMeter>,
    inner: Box<dyn Sink>,
    /// From the first delivery on, which says whom to wake.
    store: Option<Store>,
    pressure: Pressure,
    /// What the next delivery is without.
    shed: Severities,
    /// What the store had no room for, in order.
    waiting: VecDeque<Waiting>,
    /// The store had no room for the first of these, and nothing has come back since.
    is_stuck: bool,
    /// That it is behind, and that its buffer is full: a sink that is a little too slow is so many times a second.
    complaints: [Complaint; 2],
}

impl Shed {
    /// One that counts here.
    #[must_use]
    pub fn new(config: ShedConfig, meter: Arc<SinkMeter>) -> Self {
        Self { config, meter }
    }

    /// A lane's end, before the lane's end of the sink itself.
    #[must_use]
    pub fn before(&self, inner: Box<dyn Sink>) -> Box<dyn Sink> {
        Box::new(Shedding {
            config: self.config.clone(),
            meter: self.meter.clone(),
            inner,
            store: None,
            pressure: Pressure::new(self.config.policy),
            shed: Severities::NONE,
            waiting: VecDeque::new(),
            is_stuck: false,
            complaints: Default::default(),
        })
    }
}

impl Sink for Shedding {
    fn sheds(&mut self, records: &[Descriptor], is_high_priority: bool) -> Severities {
        self.reclaim();
        let (fill, free) = match &self.store {
            // Behind those that wait there is no room.
            Some(store) if !self.waiting.is_empty() => (store.fill(), 0),
            Some(store) => (store.fill(), store.free()),
            None => (Fill { held: 0, capacity: self.config.bytes }, self.config.bytes),
        };
        let fits = |shed| store::room_for(records, shed) <= free;
        let before = self.pressure.level();
        self.shed = self.pressure.decide(fill, is_high_priority, fits);
        self.tell(before);
        self.shed
    }

    fn deliver(&mut self, delivery: Delivery) -> Result<(), SinkError> {
        let shed = std::mem::take(&mut self.shed);
        if shed != Severities::NONE {
            let records = delivery.descriptors();
            let gone = records.iter().filter(|record| shed.contains(record.severity)).count();
            self.meter.shed.add(gone as u64);
            if gone == records.len() {
                delivery.confirm();
                return Ok(());
            }
        }
        if self.store.is_none() {
            let waker = delivery.span.waker().clone();
            self.store = Some(Store::new(self.config.bytes, waker).map_err(|error| self.error(Error::other(error)))?);
        }
        self.waiting.push_back(Waiting::new(delivery, shed));
        self.advance()
    }

    fn flush_at(&self) -> Option<Instant> {
        let has_returned = self.store.as_ref().is_some_and(Store::has_returned);
        let has_lost = self.store.as_ref().is_some_and(Store::has_lost);
        let may_go_on = !self.waiting.is_empty() && (has_returned || !self.is_stuck);
        if may_go_on || has_lost { Some(Instant::now()) } else { self.inner.flush_at() }
    }

    fn flush(&mut self) -> Result<(), SinkError> {
        self.inner.flush()?;
        self.reclaim();
        if self.store.as_ref().is_some_and(Store::has_lost) {
            return Err(self.error(Error::other("the sink lost records that it was given")));
        }
        self.advance()
    }

    fn owes(&mut self, sequence: u64) -> bool {
        self.reclaim();
        self.store.as_ref().is_some_and(|store| store.owes(sequence))
    }
}

impl Shedding {
    fn reclaim(&mut self) {
        let Some(store) = &mut self.store else { return };
        if store.reclaim() {
            self.is_stuck = false;
            let before = self.pressure.level();
            self.pressure.follow(store.fill());
            self.tell(before);
        }
    }

    /// Takes what waits into the store and hands it on, as far as there is room.
    fn advance(&mut self) -> Result<(), SinkError> {
        let Self { waiting, store: Some(store), inner, is_stuck, .. } = self else { return Ok(()) };
        while let Some(first) = waiting.front_mut() {
            let Some(piece) = store.take(first) else {
                *is_stuck = true;
                break;
            };
            inner.deliver(piece)?;
            if let Some(whole) = waiting.pop_front_if(|first| first.is_over()) {
                whole.confirm();
            }
        }
        Ok(())
    }

    /// Counts that the sink has fallen behind or caught up, and says the first, since records are dropped.
    fn tell(&mut self, before: Level) {
        let (sink, now) = (&*self.config.name, self.pressure.level());
        match (before == Level::Calm, now == Level::Calm) {
            (true, false) => self.meter.behind.fall(),
            (false, true) => self.meter.behind.catch_up(),
            _ => {}
        }
        if now == Level::Behind && before == Level::Calm && self.complaints[0].is_due(Instant::now()) {
            tracing::warn!(sink, "a sink is behind: records of little severity are dropped");
        }
        if now == Level::Full && before != Level::Full && self.complaints[1].is_due(Instant::now()) {
            tracing::error!(sink, "a sink is behind and its buffer full: all records are dropped");
        }
    }

    fn error(&self, source: Error) -> SinkError {
        SinkError::Write { target: self.config.name.clone(), action: "buffer in memory for", source }
    }
}

impl Drop for Shedding {
    fn drop(&mut self) {
        if self.pressure.level() != Level::Calm {
            self.meter.behind.catch_up();
        }
    }
}
