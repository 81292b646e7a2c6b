//! All buffers of an agent: a reload finds those in use, and the agent's end waits for them.

use crate::control::Open;
use crate::error::BufferError;
use crate::settings::BufferConfig;
use crate::target::{BufferTarget, Running};
use logagent_telemetry::SinkMeter;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// The buffers in use.
#[derive(Clone, Default)]
pub struct Buffers(Arc<Mutex<Vec<Weak<Running>>>>);

impl Buffers {
    /// Opens a buffer, or goes on with the one that is in use in its directory.
    ///
    /// # Errors
    /// [`BufferError`] where the directory, the key or the sink can't be used.
    pub fn open(&self, config: BufferConfig, open: Open, meter: Arc<SinkMeter>) -> Result<BufferTarget, BufferError> {
        let running = self.running().into_iter().find(|running| running.directory == config.directory);
        if let Some(running) = running {
            return BufferTarget::succeed(running, config, open);
        }
        let target = BufferTarget::open(config, open, meter)?;
        let mut all = self.lock();
        all.retain(|known| known.strong_count() > 0);
        all.push(Arc::downgrade(target.running()));
        Ok(target)
    }

    /// Waits until all buffers are empty, for as long as `goes_on` says, which is told whether the sink behind the one
    /// that is waited for fails. Then ends them. Call it when no lane delivers any more.
    pub fn finish(&self, mut goes_on: impl FnMut(bool) -> bool) {
        for running in self.running() {
            running.finish(|running| goes_on(running.is_failing()));
        }
    }

    fn running(&self) -> Vec<Arc<Running>> {
        self.lock().iter().filter_map(Weak::upgrade).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Weak<Running>>> {
        // A list can't be left half changed by a panic.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
