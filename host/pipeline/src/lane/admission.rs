//! Whether a filter is called now: its circuit breaker, and its share of the lane's time.

use super::attempt::At;
use super::{Lane, LaneError};
use crate::breaker::{Admission, Breaker};
use crate::canary::Decider;
use crate::graph::{FilterStage, OnError};
use logagent_telemetry::BreakerState;
use rustix::time::{ClockId, clock_gettime};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// Since when a filter works. Its share is one of processor time, which the kernel is asked for only where it is bounded.
pub(super) struct Work {
    started: Instant,
    thread: Option<Duration>,
}

fn thread_time() -> Duration {
    clock_gettime(ClockId::ThreadCPUTime).try_into().unwrap_or_default()
}

impl Lane {
    /// What the breaker says of the filter's next call.
    pub(super) fn admit(&mut self, at: At) -> Admission {
        let clock = self.clock.clone();
        move_breaker(self.stage(at), |breaker| breaker.admit(|| clock.now()))
    }

    /// A call over so many records went well.
    pub(super) fn succeed(&mut self, at: At, records: usize) {
        let now = self.clock.now();
        move_breaker(self.stage(at), |breaker| breaker.succeed(records as u64, now));
    }

    /// So many records were found to break the filter.
    pub(super) fn fail(&mut self, at: At, records: usize) {
        let now = self.clock.now();
        move_breaker(self.stage(at), |breaker| breaker.fail(records as u64, now));
    }

    /// A call has ended, for which a fresh instance may have been started. A filter that takes too much of the lane's time
    /// by that is left alone once it fails again.
    pub(super) fn settle_restarts(&mut self, at: At, decider: Decider, has_failed: bool) {
        let took = self.stage(at).instance(decider).take_restart_time();
        if took.is_zero() && !has_failed {
            return;
        }
        let now = self.clock.now();
        let stage = self.stage(at);
        let restarts = stage.restarts(decider);
        restarts.add(took, now);
        let wait = if has_failed { restarts.wait(now) } else { Duration::ZERO };
        if !wait.is_zero() && decider == Decider::Incumbent {
            tracing::error!(
                filter = &*stage.name,
                "starting it again and again takes more than a tenth of its lane's time"
            );
            move_breaker(stage, |breaker| breaker.leave(wait, now));
        }
    }

    /// A filter's work begins.
    pub(super) fn begin_work(&mut self, at: At) -> Work {
        // What ticks took of it is no work's.
        self.stage(at).take_restart_time();
        Work { started: Instant::now(), thread: self.stage(at).share.is_some().then(thread_time) }
    }

    /// It ends: its time was the filter's, but for what its shadow took. Restarts have a share of their own.
    pub(super) fn end_work(&mut self, at: At, work: &Work) {
        let now = self.clock.now();
        let stage = self.stage(at);
        let shadow = stage.shadow.as_mut().map_or(Duration::ZERO, |shadow| shadow.take_time());
        let restarts = stage.take_restart_time();
        stage.meter.time.add_time(work.started.elapsed().saturating_sub(shadow));
        if let (Some(share), Some(before)) = (&mut stage.share, work.thread) {
            share.spend(thread_time().saturating_sub(before + shadow + restarts), now);
        }
    }

    /// Whether the filter has had more than its share, and what comes is to go on without it. Where that can't be, the
    /// lane waits until the filter may be called again.
    pub(super) fn is_bypassed(&mut self, at: At) -> Result<bool, LaneError> {
        let now = self.clock.now();
        let stage = self.stage(at);
        let wait = stage.share.as_mut().map_or(Duration::ZERO, |share| share.wait(now));
        if wait.is_zero() {
            return Ok(false);
        }
        if stage.settings.on_error == OnError::Pass {
            return Ok(true);
        }
        stage.meter.throttled.add_time(wait);
        self.wait_until(now + wait)?;
        Ok(false)
    }

    /// Lets time pass, in which sinks go on. A lane that is to stop waits for nothing.
    fn wait_until(&mut self, until: Instant) -> Result<(), LaneError> {
        while !self.stop.load(Ordering::Relaxed) {
            let now = self.clock.now();
            if now >= until {
                break;
            }
            self.flush(|due| due <= now)?;
            let flushes = self.graph.sinks.iter().filter_map(|sink| sink.flush_at());
            let next = flushes.chain([until]).min().expect("one is always given");
            self.clock.wait(Some(next));
        }
        Ok(())
    }
}

/// Does something to a filter's breaker, and tells where that changes its state.
fn move_breaker<T>(stage: &mut FilterStage, act: impl FnOnce(&mut Breaker) -> T) -> T {
    let before = stage.breaker.state();
    let answer = act(&mut stage.breaker);
    let after = stage.breaker.state();
    if before != after {
        stage.meter.breaker_moved(before, after);
        let filter = &*stage.name;
        match after {
            BreakerState::Open => {
                stage.meter.breaker_opened.add(1);
                tracing::error!(filter, on_error = ?stage.settings.on_error, "its circuit breaker has opened: it is not called for a while");
            }
            BreakerState::HalfOpen => tracing::info!(filter, "its circuit breaker lets a few records through, to see"),
            BreakerState::Closed => tracing::info!(filter, "its circuit breaker has closed: it is called again"),
        }
    }
    answer
}
