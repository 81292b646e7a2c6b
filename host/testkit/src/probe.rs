//! A sink whose test says what becomes of deliveries: confirmed, held or lost, now or later.

use crate::names::stream_name;
use logagent_component::{Delivery, Sink, SinkError};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What the sink does with a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// Confirms it at once.
    Confirm,
    /// Holds it until the test says more.
    Hold,
    /// Holds it until it is flushed, which is due so long after the batch was read.
    Flush(Duration),
    /// Drops it: lost.
    Lose,
    /// Refuses it with an error.
    Refuse,
}

/// A record at a sink.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Arrived {
    /// The stream it came from; `None` where a filter made it.
    pub stream: Option<String>,
    /// Its body.
    pub body: Vec<u8>,
    /// Its own attributes.
    pub attributes: Vec<u8>,
    /// When it happened.
    pub time_unix_nano: u64,
    /// Its severity.
    pub severity: u8,
}

/// The test's end of a sink.
#[derive(Clone)]
pub struct Probe(Arc<Mutex<State>>);

struct State {
    policy: Policy,
    arrived: Vec<Arrived>,
    /// With what each held when it came.
    held: VecDeque<(Delivery, Vec<Arrived>)>,
    deliveries: usize,
}

/// A sink and the test's end of it.
#[must_use]
pub fn probe(policy: Policy) -> (Probe, Box<dyn Sink>) {
    let state = State { policy, arrived: Vec::new(), held: VecDeque::new(), deliveries: 0 };
    let probe = Probe(Arc::new(Mutex::new(state)));
    (probe.clone(), Box::new(probe))
}

impl Probe {
    /// What was delivered, in order, confirmed or not.
    #[must_use]
    pub fn arrived(&self) -> Vec<Arrived> {
        self.state().arrived.clone()
    }

    /// The bodies of what was delivered, as text.
    #[must_use]
    pub fn texts(&self) -> Vec<String> {
        let text = |arrived: &Arrived| String::from_utf8_lossy(&arrived.body).into_owned();
        self.state().arrived.iter().map(text).collect()
    }

    /// How many records were delivered.
    #[must_use]
    pub fn count(&self) -> usize {
        self.state().arrived.len()
    }

    /// How many deliveries there were.
    #[must_use]
    pub fn deliveries(&self) -> usize {
        self.state().deliveries
    }

    /// How many deliveries are held.
    #[must_use]
    pub fn held(&self) -> usize {
        self.state().held.len()
    }

    /// Confirms the delivery that came first of those held.
    pub fn confirm_oldest(&self) {
        let oldest = self.state().held.pop_front();
        oldest.into_iter().for_each(confirm);
    }

    /// Confirms the delivery that came last of those held.
    pub fn confirm_newest(&self) {
        let newest = self.state().held.pop_back();
        newest.into_iter().for_each(confirm);
    }

    /// Drops the delivery that came first of those held, unconfirmed.
    pub fn lose_oldest(&self) {
        let oldest = self.state().held.pop_front();
        drop(oldest);
    }

    /// Confirms all that is held, and from now on at once.
    pub fn open(&self) {
        self.state().policy = Policy::Confirm;
        self.confirm_all();
    }

    fn confirm_all(&self) {
        let held = std::mem::take(&mut self.state().held);
        held.into_iter().for_each(confirm);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Confirms a delivery, whose records must still be what they were.
fn confirm((delivery, before): (Delivery, Vec<Arrived>)) {
    assert_eq!(records(&delivery), before, "records changed while they were held");
    delivery.confirm();
}

fn records(delivery: &Delivery) -> Vec<Arrived> {
    let copy = |record| Arrived {
        stream: delivery.stream(record).map(|info| stream_name(info).to_owned()),
        body: delivery.body(record).to_vec(),
        attributes: if record.attrs_len == 0 { Vec::new() } else { delivery.attributes(record).to_vec() },
        time_unix_nano: record.time_unix_nano,
        severity: record.severity,
    };
    delivery.descriptors().iter().map(copy).collect()
}

impl Sink for Probe {
    fn deliver(&mut self, delivery: Delivery) -> Result<(), SinkError> {
        let came = records(&delivery);
        assert_eq!(delivery.records(), came.len());
        assert_eq!(delivery.bytes, came.iter().map(|arrived| arrived.body.len() as u64 + 1).sum::<u64>());
        let mut state = self.state();
        if state.policy == Policy::Refuse {
            let source = std::io::ErrorKind::StorageFull.into();
            return Err(SinkError::Write { target: "probe".into(), action: "write", source });
        }
        state.deliveries += 1;
        state.arrived.extend_from_slice(&came);
        match state.policy {
            Policy::Confirm => confirm((delivery, came)),
            Policy::Lose => drop(delivery),
            _ => state.held.push_back((delivery, came)),
        }
        Ok(())
    }

    fn flush_at(&self) -> Option<Instant> {
        let state = self.state();
        let Policy::Flush(age) = state.policy else { return None };
        state.held.front().map(|(delivery, _)| delivery.read_at + age)
    }

    fn flush(&mut self) -> Result<(), SinkError> {
        if matches!(self.state().policy, Policy::Flush(_)) {
            self.confirm_all();
        }
        Ok(())
    }
}
