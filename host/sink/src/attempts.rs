//! What becomes of a destination that can't be written now: a disk that is full, a directory that is gone. It is tried
//! again, after longer and longer pauses, until it goes well or its records are given up; what waits holds its ring's
//! space, so that sources wait, too. Not for destinations that are gone for good.

use logagent_component::{Backoff, Complaint, GiveUp, Retry, SinkError, chain};
use logagent_telemetry::SinkMeter;
use std::io::ErrorKind;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A disk that has room again is found within seconds.
pub(crate) const RETRY: Retry = Retry::for_ever(Duration::from_millis(100), Duration::from_secs(5));

/// Shorter pauses would only heat the processor.
const SHORTEST: Duration = Duration::from_millis(1);

/// One lane's attempts. Each lane has its own: one that finds the disk full says nothing of when another must try.
pub(crate) struct Attempts {
    /// The sink's name.
    name: Arc<str>,
    give_up: Option<Duration>,
    meter: Arc<SinkMeter>,
    backoff: Backoff,
    complaint: Complaint,
    /// Why the last attempt failed.
    trouble: Option<Trouble>,
    /// Those of putting aside what was given up.
    aside: Backoff,
    aside_complaint: Complaint,
}

struct Trouble {
    why: GiveUp,
    reason: String,
}

impl Attempts {
    pub(crate) fn new(name: Arc<str>, retry: Retry, meter: Arc<SinkMeter>) -> Self {
        let (backoff, aside) = (Backoff::new(within(retry)), Backoff::new(retry));
        let (complaint, aside_complaint) = (Complaint::default(), Complaint::default());
        let give_up = retry.give_up;
        Self { name, give_up, meter, backoff, complaint, trouble: None, aside, aside_complaint }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
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
            tracing::info!(sink = &*self.name, "a sink can be written again");
        }
        self.trouble = None;
    }

    /// Notes a failure, and that there will be another attempt.
    ///
    /// # Errors
    /// The failure, where another attempt is of no use, and nothing is to be given up.
    pub(crate) fn fail(&mut self, error: SinkError, now: Instant) -> Result<(), SinkError> {
        let why = match kind(&error) {
            Kind::Passing => GiveUp::Undeliverable,
            Kind::Refusal if self.give_up.is_some() => GiveUp::Refused,
            Kind::Refusal | Kind::Fatal => return Err(error),
        };
        let is_first = self.backoff.failures() == 0;
        let pause = self.backoff.fail(now, fastrand::f64(), None);
        self.meter.health.fail(is_first);
        let reason = chain(&error);
        if self.complaint.is_due(now) {
            let (sink, give_up) = (&*self.name, self.give_up);
            tracing::error!(sink, error = reason, again_in = ?pause, ?give_up, "a sink can't be written: its records wait");
        }
        self.trouble = Some(Trouble { why, reason });
        Ok(())
    }

    /// Why what was taken then is given up now; `None` where it goes on waiting.
    pub(crate) fn verdict(&self, taken_at: Instant, now: Instant) -> Option<(GiveUp, &str)> {
        let Trouble { why, reason } = self.trouble.as_ref()?;
        self.gives_up_at(taken_at).filter(|&at| at <= now).map(|_| (*why, &**reason))
    }

    /// When what was taken then is given up, unless an attempt goes well before.
    pub(crate) fn gives_up_at(&self, taken_at: Instant) -> Option<Instant> {
        let (Trouble { why, .. }, give_up) = (self.trouble.as_ref()?, self.give_up?);
        let at = match why {
            GiveUp::Undeliverable => taken_at.checked_add(give_up)?,
            GiveUp::Refused => taken_at,
        };
        Some(self.aside.until().map_or(at, |until| until.max(at)))
    }

    /// Records were put aside.
    pub(crate) fn put_aside(&mut self, why: GiveUp, records: u64) {
        self.meter.dead_letter(why.kind(), records);
        self.aside.succeed();
        if self.aside_complaint.end() {
            tracing::info!(sink = &*self.name, "what a sink gives up can be put aside again");
        }
    }

    /// Records could not be put aside: they wait on.
    pub(crate) fn fail_aside(&mut self, error: &SinkError, now: Instant) {
        let pause = self.aside.fail(now, fastrand::f64(), None);
        if self.aside_complaint.is_due(now) {
            let (sink, error) = (&*self.name, chain(error));
            tracing::error!(sink, error, again_in = ?pause, "what a sink gives up can't be put aside: it waits");
        }
    }
}

impl Drop for Attempts {
    fn drop(&mut self) {
        if self.backoff.failures() > 0 {
            self.meter.health.recover();
        }
    }
}

/// Pauses that let each record be tried again before it is given up.
fn within(retry: Retry) -> Retry {
    let Some(give_up) = retry.give_up else { return retry };
    let longest = (give_up / 2).max(SHORTEST);
    Retry { initial: retry.initial.min(longest), max: retry.max.min(longest), ..retry }
}

/// What a failure means for a later attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// It may go well.
    Passing,
    /// It will not, as long as nobody mends it; what comes may be put aside.
    Refusal,
    /// It is not known what of that which was written is safe: only a fresh start is.
    Fatal,
}

fn kind(error: &SinkError) -> Kind {
    let SinkError::Write { action, source, .. } = error;
    let is_our_own = source.raw_os_error().is_none() && source.kind() == ErrorKind::PermissionDenied;
    // What a disk has refused to sync, a file's bytes or a directory's names, is forgotten by the system: asked again, it
    // would answer that all is well.
    if action.starts_with("sync") {
        Kind::Fatal
    } else if is_our_own || source.kind() == ErrorKind::BrokenPipe {
        Kind::Refusal
    } else {
        Kind::Passing
    }
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
            assert_eq!(kind(&of(action, code(number))), Kind::Passing, "{action}: {number}");
        }
        let ours = Error::new(ErrorKind::PermissionDenied, "another process has cut it");
        let gone = Error::from(ErrorKind::BrokenPipe);
        for (action, source, expected) in [
            ("sync", code(damaged), Kind::Fatal),
            ("sync the directory of", code(damaged), Kind::Fatal),
            ("write", ours, Kind::Refusal),
            ("write", gone, Kind::Refusal),
        ] {
            assert_eq!(kind(&of(action, source)), expected, "{action}");
        }
    }

    #[test]
    fn pauses_leave_time_for_another_attempt_before_records_are_given_up() {
        let second = Duration::from_secs(1);
        let of = |give_up| within(Retry { give_up, ..RETRY });
        assert_eq!(of(Some(second)).max, second / 2);
        assert_eq!((of(Some(60 * second)), of(None)), (Retry { give_up: Some(60 * second), ..RETRY }, RETRY));
    }
}
