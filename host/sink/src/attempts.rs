//! What becomes of a destination that can't be written now: a disk that is full, a directory that is gone. It is tried
//! again, after longer and longer pauses, for as long as it takes; what waits holds its ring's space, so that sources
//! wait, too. Not for destinations that are gone for good.

use logagent_component::{Backoff, Complaint, Retry, SinkError};
use logagent_telemetry::SinkMeter;
use std::io::ErrorKind;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A disk that has room again is found within seconds.
pub(crate) const RETRY: Retry = Retry { initial: Duration::from_millis(100), max: Duration::from_secs(5) };

/// One lane's attempts.
pub(crate) struct Attempts {
    meter: Arc<SinkMeter>,
    backoff: Backoff,
    complaint: Complaint,
}

impl Attempts {
    pub(crate) fn new(retry: Retry, meter: Arc<SinkMeter>) -> Self {
        Self { meter, backoff: Backoff::new(retry), complaint: Complaint::default() }
    }

    /// When to try again; `None` where the last attempt went well.
    pub(crate) fn until(&self) -> Option<Instant> {
        self.backoff.until()
    }

    pub(crate) fn may_try(&self, now: Instant) -> bool {
        self.backoff.may_try(now)
    }

    pub(crate) fn succeed(&mut self) {
        if self.backoff.succeed() {
            self.meter.health.recover();
        }
        if self.complaint.end() {
            tracing::info!("a sink can be written again");
        }
    }

    /// Notes a failure, and that there will be another attempt.
    ///
    /// # Errors
    /// The failure, where another attempt is of no use.
    pub(crate) fn fail(&mut self, error: SinkError, now: Instant) -> Result<(), SinkError> {
        if !may_pass(&error) {
            return Err(error);
        }
        let is_first = self.backoff.failures() == 0;
        let pause = self.backoff.fail(now, fastrand::f64(), None);
        self.meter.health.fail(is_first);
        if self.complaint.is_due(now) {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, again_in = ?pause, "a sink can't be written: its records wait");
        }
        Ok(())
    }
}

impl Drop for Attempts {
    fn drop(&mut self) {
        if self.backoff.failures() > 0 {
            self.meter.health.recover();
        }
    }
}

/// Whether a later attempt may go well.
fn may_pass(error: &SinkError) -> bool {
    let SinkError::Write { action, source, .. } = error;
    let is_our_own = source.raw_os_error().is_none() && source.kind() == ErrorKind::PermissionDenied;
    // What a disk has refused to sync, a file's bytes or a directory's names, is forgotten by the system: asked again, it
    // would answer that all is well.
    !action.starts_with("sync") && !is_our_own && source.kind() != ErrorKind::BrokenPipe
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Error;

    #[test]
    fn what_time_may_mend_is_tried_again_and_a_refused_sync_never() {
        let of = |action, source| SinkError::Write { target: "out".into(), action, source };
        let code = Error::from_raw_os_error;
        let (full, damaged, denied) = (28, 5, 13); // ENOSPC, EIO, EACCES
        for (action, number) in [("write", full), ("write", damaged), ("rename", denied), ("open", 2)] {
            assert!(may_pass(&of(action, code(number))), "{action}: {number}");
        }
        let ours = Error::new(ErrorKind::PermissionDenied, "another process has cut it");
        let gone = Error::from(ErrorKind::BrokenPipe);
        for (action, source) in
            [("sync", code(damaged)), ("sync the directory of", code(damaged)), ("write", ours), ("write", gone)]
        {
            assert!(!may_pass(&of(action, source)), "{action}");
        }
    }
}
