//! Waits until what was read is delivered, for whoever keeps something that was made of it: after a kill it must not
//! know records that will be read again.

use super::Shared;
use std::sync::Arc;
use std::time::Duration;

/// How often it is looked. A snapshot that is a little later is as good.
const LOOK: Duration = Duration::from_millis(5);

/// What was read, and whether it was delivered.
#[derive(Clone)]
pub struct Deliveries(Arc<Shared>);

impl Deliveries {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self(shared)
    }

    /// Waits until no output takes back, after a kill, what it has by now, for as long as `goes_on` says; whether that came
    /// about.
    #[must_use]
    pub fn keep(&self, mut goes_on: impl FnMut() -> bool) -> bool {
        while !self.0.ledger().exact().is_empty() {
            if self.0.write().is_ok() {
                return true;
            }
            if !goes_on() {
                return false;
            }
            std::thread::sleep(LOOK);
        }
        true
    }

    /// Waits until all that was read of files by now is delivered, and the checkpoints on disk say so, for as long as
    /// `goes_on` says; whether that came about.
    #[must_use]
    pub fn settle(&self, mut goes_on: impl FnMut() -> bool) -> bool {
        let mut open = self.0.ledger().framed();
        loop {
            // One that is over was delivered.
            open.retain(|(mark, framed)| mark.checkpoint().is_some() && mark.progress().delivered < *framed);
            if open.is_empty() {
                return self.0.write().is_ok();
            }
            if !goes_on() {
                return false;
            }
            std::thread::sleep(LOOK);
        }
    }
}
