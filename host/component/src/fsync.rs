//! When what was written must have reached the disk. Not for bringing it there.

use std::time::Duration;

/// What a record must have reached before it is confirmed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fsync {
    /// The system: it survives the agent, but not a power cut.
    #[default]
    Never,
    /// The disk. It is asked at the latest so long after the first record that waits, or when the records' memory
    /// is wanted. Records are written as they come.
    Interval(Duration),
    /// The disk, which is asked after each write.
    Batch,
}

impl Fsync {
    /// How long written records may wait for the disk; `None` where they don't.
    #[must_use]
    pub fn delay(self) -> Option<Duration> {
        match self {
            Self::Never => None,
            Self::Interval(delay) => Some(delay),
            Self::Batch => Some(Duration::ZERO),
        }
    }
}
