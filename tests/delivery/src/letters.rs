//! Dead letters that are safe once they are put aside, or are not put aside.

use crate::disk::Disk;
use logagent_component::{DeadLetter, DeadLetters, SinkError};
use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

pub(crate) struct Letters {
    disk: Disk,
    bodies: Mutex<HashSet<(String, Vec<u8>)>>,
}

impl Letters {
    pub(crate) fn new(disk: Disk) -> Self {
        Self { disk, bodies: Mutex::default() }
    }

    /// Whether this record of this pipeline lies here.
    pub(crate) fn has(&self, pipeline: &str, body: &[u8]) -> bool {
        let bodies = self.bodies.lock().unwrap_or_else(PoisonError::into_inner);
        bodies.contains(&(pipeline.to_owned(), body.to_vec()))
    }
}

impl DeadLetters for Letters {
    fn put(&self, letters: &[DeadLetter<'_>]) -> Result<(), SinkError> {
        let failed = |source| SinkError::Write { target: "dead letters".into(), action: "write", source };
        self.disk.faults(|faults| faults.step()).map_err(failed)?;
        let kept = letters.iter().map(|letter| (letter.pipeline.to_owned(), letter.body.to_vec()));
        self.bodies.lock().unwrap_or_else(PoisonError::into_inner).extend(kept);
        Ok(())
    }
}
