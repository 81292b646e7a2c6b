//! Threads that work on one map at once, for a while.

use crate::store::Worker;
use crate::workload::{CHUNK, Streams};
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{scope, sleep};
use std::time::{Duration, Instant};

/// Chunks that each thread works off before the clock starts, so that it finds caches as it would after a while: with
/// Zipf's keys, most of what it asks for is then near.
const WARM_CHUNKS: usize = 20;

/// Operations a microsecond, all threads together.
pub(crate) fn rate<'a>(
    streams: &Streams,
    threads: usize,
    time: Duration,
    worker: &(dyn Fn() -> Worker<'a> + Sync),
) -> f64 {
    let (start, is_over, chunks) = (Barrier::new(threads + 1), AtomicBool::new(false), AtomicU64::new(0));
    let elapsed = scope(|scope| {
        for stream in &streams.threads[..threads] {
            scope.spawn(|| {
                let (mut work, mut parts) = (worker(), stream.chunks().cycle());
                parts.by_ref().take(WARM_CHUNKS).for_each(&mut work);
                start.wait();
                let count = parts.take_while(|_| !is_over.load(Ordering::Relaxed)).map(&mut work).count();
                chunks.fetch_add(count as u64, Ordering::Relaxed);
            });
        }
        start.wait();
        let started = Instant::now();
        sleep(time);
        is_over.store(true, Ordering::Relaxed);
        started.elapsed()
    });
    let operations = chunks.into_inner() * CHUNK as u64;
    logagent_measure::stats::number(operations) / elapsed.as_secs_f64() / 1e6
}
