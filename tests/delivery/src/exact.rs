//! Sinks that are to write each record once: a start cuts their files back, and their lengths are kept while the lane stands
//! still. What the agent does with threads that wait for each other is done here by who steps the lane.

use crate::agent::output;
use crate::disk::Disk;
use crate::plan::Plan;
use logagent_checkpoint::Keeper;
use logagent_component::{Appended, Lanes};
use logagent_pipeline::{Lane, LaneError};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// What is kept of an agent's exact sinks.
pub(crate) struct Exact {
    /// As long as they live, their lengths are kept.
    files: Vec<Arc<dyn Appended>>,
    still: Arc<Still>,
}

/// Whether the lane stands still.
#[derive(Default)]
pub(crate) struct Still {
    is_so: AtomicBool,
    /// It is said to, always: a bug that is to be found.
    lies: bool,
}

impl Lanes for Still {
    fn while_still(&self, _: Duration, act: &mut dyn FnMut()) -> bool {
        let is_so = self.lies || self.is_so.load(Ordering::Relaxed);
        if is_so {
            act();
        }
        is_so
    }
}

impl Exact {
    /// Cuts the files back to what the checkpoints know of them, before anyone opens them.
    pub(crate) fn open(plan: &Plan, disk: &Disk, keeper: &Keeper) -> Self {
        let exact = (0..plan.sinks.len()).filter(|&sink| plan.sinks[sink].is_exact());
        let files = exact.map(|sink| Self::open_one(&output(sink), disk, keeper)).collect();
        let still = Arc::new(Still { lies: plan.hurries, ..Still::default() });
        keeper.begin(Some(still.clone()));
        Self { files, still }
    }

    fn open_one(name: &str, disk: &Disk, keeper: &Keeper) -> Arc<dyn Appended> {
        let kept = keeper.outputs().kept(Path::new(name));
        let file: Arc<dyn Appended> = Arc::new(disk.append(name));
        let found = file.extent().expect("a file of ours");
        if let Some(kept) = kept.filter(|kept| kept.is_of_same_file(&found) && kept.bytes < found.bytes) {
            disk.truncate(name, usize::try_from(kept.bytes).expect("a file in memory"));
        }
        let outputs = keeper.outputs();
        outputs.change(&mut || outputs.follow(Path::new(name), &file)).expect("a disk that was just begun with");
        file
    }

    /// Has the checkpoints written; what can't be written is written the next time.
    ///
    /// # Errors
    /// Those of the lane, which must come to rest for it where a sink is exact.
    pub(crate) fn write(&self, lane: &mut Lane, keeper: &Keeper) -> Result<bool, LaneError> {
        let is_still = !self.files.is_empty() && !self.still.lies && lane.rest()?;
        Ok(self.while_so(is_still, || keeper.write().is_ok()))
    }

    /// Has them written for the last time.
    pub(crate) fn end(&self, is_still: bool, keeper: Keeper) {
        // A disk that can't take it leaves the one before.
        self.while_so(is_still, || drop(keeper.end(false)));
    }

    fn while_so<T>(&self, is_so: bool, act: impl FnOnce() -> T) -> T {
        self.still.is_so.store(is_so, Ordering::Relaxed);
        let done = act();
        self.still.is_so.store(false, Ordering::Relaxed);
        done
    }
}
