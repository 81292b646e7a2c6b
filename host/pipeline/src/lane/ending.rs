//! The end of a lane that has nothing more to read: its filters may emit what they have held back. Lanes come to it
//! together, since what filters of one lane emit may be made of what others have had.

use super::{Lane, LaneError, LaneWaker, Round};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Wake;

/// The time that filters are told at the end, in nanoseconds since the Unix epoch: in the year 2255, so that whatever
/// waits for a time has it, and sums of it and a window's length don't overflow. Each further tick is a second later.
const END_UNIX_NANO: u64 = 9_000_000_000_000_000_000;

/// After so many ticks in a row that brought nothing there is nothing more: some filters end a window with one tick, and
/// emit it with the next.
const QUIET_TICKS: u32 = 3;

/// A filter that emits for ever is left after so many ticks: eight thousand records each are more than a state holds.
const MOST_TICKS: u32 = 100_000;

const SECOND_NANO: u64 = 1_000_000_000;

/// The lanes that still read.
pub struct Finish {
    reading: AtomicUsize,
    wakers: Vec<Arc<LaneWaker>>,
}

impl Finish {
    /// The end of the lanes that these wake.
    #[must_use]
    pub fn new(wakers: Vec<Arc<LaneWaker>>) -> Self {
        Self { reading: AtomicUsize::new(wakers.len()), wakers }
    }

    fn leave(&self) {
        // ORDER: pairs with `is_reached`: what the lane's filters have done is seen by those of the others.
        if self.reading.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.wakers.iter().for_each(|waker| waker.wake_by_ref());
        }
    }

    fn is_reached(&self) -> bool {
        // ORDER: pairs with `leave`.
        self.reading.load(Ordering::Acquire) == 0
    }
}

/// How far a lane's end has come.
#[derive(Default)]
pub(super) enum Ending {
    /// It reads.
    Reading(Arc<Finish>),
    Waiting(Arc<Finish>),
    /// The filters are told the time, for so many ticks, the last of which brought nothing.
    Ticking {
        ticks: u32,
        quiet: u32,
    },
    #[default]
    Over,
}

impl Ending {
    pub(super) fn with(finish: Arc<Finish>) -> Self {
        Self::Reading(finish)
    }

    /// Whether the filters are told of the end, so that no other time is to be told.
    pub(super) fn has_begun(&self) -> bool {
        matches!(self, Self::Ticking { .. })
    }

    pub(super) fn is_over(&self) -> bool {
        matches!(self, Self::Over)
    }
}

impl Lane {
    /// Goes on with the end: waits for the other lanes, then has the filters emit, tick by tick.
    pub(super) fn end(&mut self) -> Result<Round, LaneError> {
        match &self.ending {
            Ending::Reading(finish) => {
                finish.leave();
                self.ending = Ending::Waiting(finish.clone());
            }
            Ending::Waiting(finish) if finish.is_reached() => self.ending = Ending::Ticking { ticks: 0, quiet: 0 },
            Ending::Waiting(_) => return Ok(Round::Idle),
            &Ending::Ticking { ticks, quiet } => {
                let unix_nano = END_UNIX_NANO + u64::from(ticks) * SECOND_NANO;
                let quiet = if self.tell_all(unix_nano)? { 0 } else { quiet + 1 };
                let is_over = quiet == QUIET_TICKS || ticks == MOST_TICKS;
                self.ending = if is_over { Ending::Over } else { Ending::Ticking { ticks: ticks + 1, quiet } };
            }
            Ending::Over => {}
        }
        Ok(Round::Worked)
    }
}
