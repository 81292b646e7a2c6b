//! Writing on the lane's own thread, for destinations that don't make it wait: regular files. Where the disk must
//! have the records before they are confirmed, the lane does wait for the disk.

use crate::Fsync;
use crate::held::{Outlet, Written};
use crate::medium::Medium;
use crate::pen::Pen;
use logagent_component::{Delivery, SinkError};
use std::time::{Duration, Instant};

pub(crate) struct Inline {
    pen: Pen<Box<dyn Medium + Send>>,
    fsync: Fsync,
    /// Written, but not known to be on the disk.
    unsynced: Vec<Delivery>,
    sync_at: Option<Instant>,
}

impl Inline {
    pub(crate) fn new(pen: Pen<Box<dyn Medium + Send>>, fsync: Fsync) -> Self {
        Self { pen, fsync, unsynced: Vec::new(), sync_at: None }
    }

    fn sync_within(&mut self, delay: Duration) {
        if !self.unsynced.is_empty() && self.sync_at.is_none() {
            let now = Instant::now();
            // What waits holds the ring: a time that the clock can't reach must not mean never.
            self.sync_at = Some(now.checked_add(delay).unwrap_or(now));
        }
    }
}

impl Outlet for Inline {
    fn send(&mut self, deliveries: &mut Vec<Delivery>) -> Result<(), SinkError> {
        let Some(delay) = self.fsync.delay() else {
            return self.pen.write(deliveries, Delivery::confirm).map_err(|failure| failure.at(self.pen.target()));
        };
        let written = self.pen.write(deliveries, |delivery| self.unsynced.push(delivery));
        self.sync_within(delay);
        written.map_err(|failure| failure.at(self.pen.target()))?;
        if self.fsync == Fsync::Batch { self.settle() } else { Ok(()) }
    }

    fn settle_at(&self) -> Option<Instant> {
        self.sync_at
    }

    fn settle(&mut self) -> Result<(), SinkError> {
        if !self.unsynced.is_empty() {
            self.pen.sync().map_err(|failure| failure.at(self.pen.target()))?;
            self.unsynced.drain(..).for_each(Delivery::confirm);
        }
        self.sync_at = None;
        Ok(())
    }

    fn written_of(&self, delivery: &Delivery) -> Written {
        self.pen.written_of(delivery)
    }

    fn forgo(&mut self, written: Written) {
        self.pen.forgo(written);
    }

    fn accept(&mut self, delivery: Delivery) {
        match self.fsync.delay() {
            None => delivery.confirm(),
            Some(delay) => {
                self.unsynced.push(delivery);
                self.sync_within(delay);
            }
        }
    }
}
