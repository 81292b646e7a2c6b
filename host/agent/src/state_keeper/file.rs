//! The state map's file: filled from at the start, written to while the agent runs. Failures are counted and told, and
//! are no reason not to run.

use super::unix_ms;
use logagent_snapshot::{RestoreError, Restored, restore, save, set_aside};
use logagent_state::{Map, OptionsError, Quota};
use logagent_telemetry::Meters;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The file, and where it is counted what becomes of it.
pub(crate) struct SnapshotFile {
    path: PathBuf,
    meters: Arc<Meters>,
}

impl SnapshotFile {
    pub(crate) fn new(data_dir: &Path, meters: Arc<Meters>) -> Self {
        Self { path: data_dir.join("state.snapshot"), meters }
    }

    /// A map with what the file holds; an empty one where there is none, or it is refused: it is kept aside then.
    pub(crate) fn restore(
        &self,
        make: &dyn Fn() -> Result<Map, OptionsError>,
        quota_of: &dyn Fn(&str) -> Option<Quota>,
    ) -> Result<Map, OptionsError> {
        let map = make()?;
        match restore(&map, &self.path, unix_ms(), quota_of) {
            Ok(restored) => {
                restored.iter().for_each(|restored| self.tell(restored));
                Ok(map)
            }
            Err(error) => {
                self.refuse(error);
                // The other one may hold a part of what was refused.
                make()
            }
        }
    }

    /// Writes what is in the map, unless `may_stay` says that it may not be kept; how many shards that took, `None` where
    /// it could not be done.
    pub(super) fn save(&self, map: &Map, may_stay: impl FnOnce() -> bool) -> Option<u32> {
        match save(map, &self.path, unix_ms(), may_stay) {
            Ok(Some(saved)) => {
                self.meters.state.snapshots.add(1);
                Some(saved.shards)
            }
            Ok(None) => {
                tracing::warn!(
                    "what filters remember is not saved: sinks have not confirmed what was read; the snapshot before stays"
                );
                None
            }
            Err(error) => {
                self.meters.state.snapshot_errors.add(1);
                let error = format!("{:#}", anyhow::Error::new(error));
                tracing::error!(error, "what filters remember is not saved; the snapshot before stays");
                None
            }
        }
    }

    fn tell(&self, restored: &Restored) {
        let Restored { entries, expired, no_room, unwanted, unwanted_names, clock_behind_ms } = restored;
        self.meters.state.restored.add(*entries);
        tracing::info!(entries, expired, no_room, unwanted, "what filters remember is restored");
        if *unwanted > 0 {
            let names = unwanted_names.join(", ");
            tracing::warn!(names, "what these filters remembered is left out: they are not configured any more");
        }
        if *clock_behind_ms > 0 {
            tracing::warn!(
                clock_behind_ms,
                "the clock is behind the snapshot's: what expires has as much time left as when it was written"
            );
        }
    }

    fn refuse(&self, error: RestoreError) {
        self.meters.state.refused_snapshots.add(1);
        let kept_aside =
            set_aside(&self.path).map_or_else(|error| error.to_string(), |path| path.display().to_string());
        let error = format!("{:#}", anyhow::Error::new(error));
        tracing::warn!(error, kept_aside, "filters remember nothing: their snapshot is refused");
    }
}
