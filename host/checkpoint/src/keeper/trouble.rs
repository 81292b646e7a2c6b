//! What is said, and when it is tried again, where checkpoints can't be written. Not for writing them.

use crate::file::CheckpointError;
use logagent_component::chain;

use std::time::Duration;

/// A sink that doesn't confirm for so many attempts is worth a line in the log: fewer are a disk that is slow just now.
const BUSY: u32 = 3;

/// An attempt that is given up has held up lanes that could go on, for a fifth of a second. So they get this time before
/// the next, twice as much after the second in a row, and so on.
const LEAST_PAUSE: Duration = Duration::from_secs(1);

/// Up to so many times as much.
const MOST: u32 = 10;

/// How the last attempts went.
pub(super) struct Trouble {
    /// So many intervals are the least pause.
    pause: u32,
    is_failing: bool,
    /// So many in a row were given up because lanes were busy.
    busy: u32,
    left_out: u32,
}

impl Trouble {
    /// None so far; asked once an `interval`.
    pub(super) fn new(interval: Duration) -> Self {
        let pause = LEAST_PAUSE.as_nanos().div_ceil(interval.as_nanos().max(1));
        Self { pause: u32::try_from(pause).unwrap_or(u32::MAX), is_failing: false, busy: 0, left_out: 0 }
    }

    /// Whether to write now; something `has_moved` since it was written or not.
    pub(super) fn may_write(&mut self, has_moved: bool) -> bool {
        if self.left_out < self.busy.min(MOST).saturating_mul(self.pause) {
            self.left_out += 1;
            return false;
        }
        has_moved || self.is_failing || self.busy > 0
    }

    /// Says that writing fails, once, and that it does no more.
    pub(super) fn note(&mut self, written: Result<(), CheckpointError>) {
        self.left_out = 0;
        match written {
            Ok(()) => {
                if self.is_failing || self.busy >= BUSY {
                    tracing::info!("checkpoints are written again");
                }
                (self.is_failing, self.busy) = (false, 0);
            }
            Err(CheckpointError::Busy) => {
                self.busy += 1;
                if self.busy == BUSY {
                    let error = CheckpointError::Busy.to_string();
                    tracing::warn!(
                        error,
                        "checkpoints are not written: what is delivered meanwhile is read again after a kill"
                    );
                }
            }
            Err(error) => {
                if !self.is_failing {
                    let error = chain(&error);
                    tracing::error!(
                        error,
                        "checkpoints can't be written: after a restart, records since the last will come twice"
                    );
                }
                self.is_failing = true;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_that_stay_busy_are_asked_less_and_less_often() {
        let mut trouble = Trouble::new(LEAST_PAUSE / 2);
        assert!(!trouble.may_write(false) && trouble.may_write(true));
        for left_out in [2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 20, 20] {
            trouble.note(Err(CheckpointError::Busy));
            assert_eq!((0..left_out).filter(|_| trouble.may_write(true)).count(), 0, "{left_out}");
            assert!(trouble.may_write(false), "what could not be written still is to be");
        }
        trouble.note(Ok(()));
        assert!(!trouble.may_write(false) && trouble.may_write(true));
    }
}
