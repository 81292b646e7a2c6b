//! The `stdin` source: one stream of whatever standard input is, a pipe, a terminal or a file. Never sets
//! O_NONBLOCK, which would change the description for every process that shares it.

mod stream;
#[cfg(test)]
mod tests;

use crate::ready::Ready;
use logagent_component::{Intake, Signal, Source, SourceError};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use std::io::stdin;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use stream::StdinStream;

/// How soon a stop is noticed while nothing comes: a signal can't be polled together with a descriptor.
const STOP_POLL: Duration = Duration::from_millis(100);

/// Standard input.
pub struct StdinSource {
    input: Input,
    name: Arc<str>,
    index: usize,
    max_record_bytes: usize,
}

type Input = Arc<dyn AsFd + Send + Sync>;

/// What the source's thread and the lane tell each other.
struct Shared {
    ready: Ready,
    /// Nothing more will come, or nobody reads it any more.
    is_over: AtomicBool,
}

impl StdinSource {
    /// A source of this name and index in the configuration. Lines longer than `max_record_bytes` are split.
    #[must_use]
    pub fn new(name: Arc<str>, index: usize, max_record_bytes: usize) -> Self {
        Self::of(Arc::new(stdin()), name, index, max_record_bytes)
    }

    fn of(input: Input, name: Arc<str>, index: usize, max_record_bytes: usize) -> Self {
        Self { input, name, index, max_record_bytes }
    }
}

impl Source for StdinSource {
    fn run(self: Box<Self>, intake: Intake, signal: &Arc<Signal>) -> Result<(), SourceError> {
        let shared = Arc::new(Shared { ready: Ready::new(), is_over: AtomicBool::new(false) });
        intake.assign(Box::new(StdinStream::new(&self, shared.clone(), signal.clone())));
        while !signal.is_stopped() && !shared.is_over.load(Ordering::Relaxed) {
            if shared.ready.is_raised() {
                // Polling now would spin until the lane has read; the stream raises the signal then.
                signal.wait(Duration::MAX);
            } else if is_readable(&self.input, STOP_POLL)? {
                shared.ready.raise();
            }
        }
        Ok(())
    }
}

/// Whether a read would answer at once: with bytes, the end, or an error.
fn is_readable(input: &Input, timeout: Duration) -> Result<bool, SourceError> {
    let timeout = Timespec::try_from(timeout).expect("a constant of milliseconds");
    match poll(&mut [PollFd::new(input, PollFlags::IN)], Some(&timeout)) {
        Ok(count) => Ok(count > 0),
        Err(Errno::INTR) => Ok(false),
        Err(error) => Err(SourceError::Stdin { action: "poll", source: error.into() }),
    }
}
