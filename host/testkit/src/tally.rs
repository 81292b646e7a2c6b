//! A sink that counts and confirms, and allocates nothing.

use logagent_component::{Delivery, Sink, SinkError};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How much arrived.
#[derive(Clone, Debug, Default)]
pub struct Tally(Arc<AtomicU64>);

/// A sink and the test's end of it.
#[must_use]
pub fn tally() -> (Tally, Box<dyn Sink>) {
    let tally = Tally::default();
    (tally.clone(), Box::new(tally))
}

impl Tally {
    /// How many records arrived.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Sink for Tally {
    fn deliver(&mut self, delivery: Delivery) -> Result<(), SinkError> {
        self.0.fetch_add(delivery.records() as u64, Ordering::Relaxed);
        delivery.confirm();
        Ok(())
    }
}
