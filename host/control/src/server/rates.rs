//! What passes through the pipelines in a second, measured by a thread of its own. Not for counting.

use super::Shared;
use crate::Rate;
use logagent_telemetry::Counts;
use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

type ByPipeline<T> = BTreeMap<String, T>;

#[derive(Default)]
pub(super) struct Rates {
    state: Mutex<State>,
    ended: Condvar,
}

#[derive(Default)]
struct State {
    is_ended: bool,
    rates: ByPipeline<Rate>,
}

impl Rates {
    /// Measures until the end.
    pub(super) fn measure(&self, shared: &Shared) {
        let mut last = (Instant::now(), shared.handler.counts());
        while !self.waits_in_vain(shared) {
            let next = (Instant::now(), shared.handler.counts());
            let seconds = (next.0 - last.0).as_secs_f64();
            self.lock().rates = between(&last.1, &next.1, seconds);
            last = next;
        }
    }

    /// What was measured last.
    pub(super) fn now(&self) -> ByPipeline<Rate> {
        self.lock().rates.clone()
    }

    pub(super) fn end(&self) {
        self.lock().is_ended = true;
        self.ended.notify_all();
    }

    /// Waits until it is time to measure; whether the end came instead.
    fn waits_in_vain(&self, shared: &Shared) -> bool {
        let wait = self.ended.wait_timeout_while(self.lock(), shared.limits.sample_every, |state| !state.is_ended);
        wait.unwrap_or_else(PoisonError::into_inner).0.is_ended
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The rates between two moments. A pipeline that was not there before began at nothing.
fn between(before: &ByPipeline<Counts>, after: &ByPipeline<Counts>, seconds: f64) -> ByPipeline<Rate> {
    let rate = |(name, after): (&String, &Counts)| {
        let before = before.get(name).copied().unwrap_or_default();
        // A pipeline that was replaced under its name may count from nothing again.
        let per_second = |before: u64, after: u64| as_f64(after.saturating_sub(before)) / seconds;
        let rate = Rate {
            seconds,
            records_in: per_second(before.received, after.received),
            records_out: per_second(before.delivered, after.delivered),
            bytes_in: per_second(before.bytes_received, after.bytes_received),
            bytes_out: per_second(before.bytes_delivered, after.bytes_delivered),
        };
        (name.clone(), rate)
    };
    after.iter().map(rate).collect()
}

#[expect(clippy::cast_precision_loss, reason = "what passes in a second is far below 2^53")]
fn as_f64(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(received: u64, delivered: u64) -> Counts {
        Counts {
            received,
            delivered,
            bytes_received: received * 10,
            bytes_delivered: delivered * 5,
            ..Counts::default()
        }
    }

    #[test]
    fn rates_are_differences_over_time_also_of_pipelines_that_came_or_began_again() {
        let before = BTreeMap::from([("main".into(), counts(100, 50)), ("gone".into(), counts(1, 1))]);
        let after = BTreeMap::from([("main".into(), counts(300, 50)), ("new".into(), counts(8, 4))]);
        let rates = between(&before, &after, 2.0);
        let expected = [
            (
                "main".into(),
                Rate { seconds: 2.0, records_in: 100.0, records_out: 0.0, bytes_in: 1000.0, bytes_out: 0.0 },
            ),
            ("new".into(), Rate { seconds: 2.0, records_in: 4.0, records_out: 2.0, bytes_in: 40.0, bytes_out: 10.0 }),
        ];
        assert_eq!(rates, BTreeMap::from(expected));
        let again = between(&after, &before, 1.0);
        assert!(again["main"].records_in.abs() < f64::EPSILON);
    }
}
