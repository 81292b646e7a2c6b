//! Writing on a thread of its own, for destinations that may stall for ever: FIFOs, terminals, pipes. The lanes
//! only put deliveries into a queue; what waits there holds its ring's space, and so is bounded by the rings.
//!
//! The thread ends when the target and all of its lanes are gone and the queue is empty. Nobody joins it: where
//! the reader never comes back, the agent's exit ends it, and what it still holds was never confirmed.

mod patient;
mod queue;

#[cfg(test)]
mod tests;

pub(crate) use patient::Patient;

use crate::failure::{Failure, failed};
use crate::held::Outlet;
use crate::medium::Medium;
use crate::pen::Pen;
use logagent_component::{Delivery, SinkError};
use queue::Queue;
use std::io::Error;
use std::sync::Arc;

/// The lanes' end of the queue. The last one that goes closes it.
pub(crate) struct Detached {
    target: String,
    queue: Arc<Queue>,
}

impl Detached {
    /// Starts the thread, which opens the destination first: that, too, may stall.
    ///
    /// # Errors
    /// [`SinkError`] where there can be no such thread. What goes wrong later is told to `send`.
    pub(crate) fn start<W: Medium>(
        target: String,
        name: &str,
        open: impl FnOnce() -> Result<Pen<W>, Error> + Send + 'static,
    ) -> Result<Self, SinkError> {
        let queue = Arc::new(Queue::default());
        let theirs = queue.clone();
        let thread = std::thread::Builder::new().name(format!("sink {name}"));
        thread.spawn(move || run(&theirs, open)).map_err(failed(&target, "start its thread"))?;
        Ok(Self { target, queue })
    }
}

impl Drop for Detached {
    fn drop(&mut self) {
        self.queue.close();
    }
}

impl Outlet for Arc<Detached> {
    fn send(&mut self, deliveries: &mut Vec<Delivery>) -> Result<(), SinkError> {
        self.queue.put(deliveries).map_err(|failure| failure.at(&self.target))
    }
}

fn run<W: Medium>(queue: &Queue, open: impl FnOnce() -> Result<Pen<W>, Error>) {
    let mut deliveries = Vec::new();
    let written = open().map_err(Failure::of("open")).and_then(|mut pen| {
        while queue.take(&mut deliveries) {
            pen.write(&mut deliveries, Delivery::confirm)?;
        }
        Ok(())
    });
    if let Err(failure) = written {
        // Before the deliveries come back as lost, so that a lane that asks why is told.
        queue.fail(failure);
    }
}
