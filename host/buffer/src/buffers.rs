//! All buffers of an agent: a reload finds those in use, and the agent's end waits for them.

use crate::control::Open;
use crate::error::BufferError;
use crate::settings::BufferConfig;
use crate::target::{BufferTarget, Panicked, Running};
use logagent_telemetry::SinkMeter;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// The buffers in use.
#[derive(Clone)]
pub struct Buffers {
    all: Arc<Mutex<Vec<Weak<Running>>>>,
    panicked: Panicked,
}

impl Buffers {
    /// None yet. `panicked` is told of a buffer's thread that has panicked: nothing goes on as it should then.
    #[must_use]
    pub fn new(panicked: Panicked) -> Self {
        Self { all: Arc::default(), panicked }
    }

    /// Opens a buffer, or goes on with the one that is in use in its directory.
    ///
    /// # Errors
    /// [`BufferError`] where the directory, the key or the sink can't be used.
    pub fn open(&self, config: BufferConfig, open: Open, meter: Arc<SinkMeter>) -> Result<BufferTarget, BufferError> {
        let running = self.running().into_iter().find(|running| running.directory == config.directory);
        if let Some(running) = running {
            return BufferTarget::succeed(running, config, open);
        }
        let target = BufferTarget::open(config, open, meter, self.panicked.clone())?;
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
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
