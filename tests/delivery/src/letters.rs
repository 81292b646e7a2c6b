//! Dead letters that are safe once they are put aside, or are not put aside.

use crate::disk::Disk;
use logagent_component::{Culprit, DeadLetter, DeadLetters, SinkError};
use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

pub(crate) struct Letters {
    disk: Disk,
    state: Mutex<State>,
}

/// By whoever could not do with a record what was to be done, a pipeline's filter or a sink: its body.
type Bodies = HashSet<(String, Vec<u8>)>;

#[derive(Default)]
struct State {
    all: Bodies,
    of_this_run: Bodies,
}

impl Letters {
    pub(crate) fn new(disk: Disk) -> Self {
        Self { disk, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A run of the agent begins.
    pub(crate) fn begin(&self) {
        self.state().of_this_run.clear();
    }

    /// Whether this record lies here, which a filter of this pipeline failed on or this sink gave up.
    pub(crate) fn has(&self, by: &str, body: &[u8]) -> bool {
        self.state().all.contains(&(by.to_owned(), body.to_vec()))
    }

    /// Whether it was put here in this run.
    pub(crate) fn has_lately(&self, by: &str, body: &[u8]) -> bool {
        self.state().of_this_run.contains(&(by.to_owned(), body.to_vec()))
    }
}

impl DeadLetters for Letters {
    fn put(&self, letters: &[DeadLetter<'_>]) -> Result<(), SinkError> {
        let failed = |source| SinkError::Write { target: "dead letters".into(), action: "write", source };
        self.disk.faults(|faults| faults.step()).map_err(failed)?;
        let mut state = self.state();
        for letter in letters {
            let by = match letter.by {
                Culprit::Filter { .. } => letter.pipeline,
                Culprit::Sink(name) => name,
            };
            let kept = (by.to_owned(), letter.body.to_vec());
            state.all.insert(kept.clone());
            state.of_this_run.insert(kept);
        }
        Ok(())
    }
}
