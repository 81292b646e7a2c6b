//! What goes wrong again and again is told once, and once more after a while; and that it goes on.

use std::time::{Duration, Instant};

const AGAIN_AFTER: Duration = Duration::from_secs(10);

#[derive(Debug, Default)]
pub(crate) struct Complaint {
    told_at: Option<Instant>,
}

impl Complaint {
    /// Whether a failure at this time is to be told.
    pub(crate) fn is_due(&mut self, now: Instant) -> bool {
        let is_due = self.told_at.is_none_or(|told| now.saturating_duration_since(told) >= AGAIN_AFTER);
        if is_due {
            self.told_at = Some(now);
        }
        is_due
    }

    /// Whether a failure was told, which is over now.
    pub(crate) fn end(&mut self) -> bool {
        self.told_at.take().is_some()
    }
}

/// An error with what caused it.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    std::iter::successors(error.source(), |error| error.source())
        .fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_told_once_and_again_after_ten_seconds() {
        let (mut complaint, start) = (Complaint::default(), Instant::now());
        let told = [0, 1, 9, 10, 11, 20].map(|second| complaint.is_due(start + Duration::from_secs(second)));
        assert_eq!(told, [true, false, false, true, false, true]);
        assert!(complaint.end() && !complaint.end());
        assert!(complaint.is_due(start));
    }
}
