//! How many files are open, and which may be closed so that others can be: those that were read to their end, the ones
//! first that have not grown for longest. Opens nothing.

use super::identity::Identity;
use super::open::OpenFile;
use super::tracked::Tracked;
use std::collections::HashMap;
use std::sync::Arc;

/// A decoder of zstd may take eight megabytes: compressed files are read so many at a time.
const MOST_PACKED: usize = 4;

/// The descriptors of one source.
pub(super) struct Descriptors {
    most: usize,
    /// Whether a file that was read to its end may be closed, and opened again when it grows.
    may_park: bool,
    /// The files that were open when they were counted, and those that were opened since.
    open: Vec<Arc<OpenFile>>,
    free: usize,
    packed: usize,
    /// Those that may be closed, the last first; `None` before they are asked for.
    idle: Option<Vec<Identity>>,
    /// A file had to wait.
    is_short: bool,
}

impl Descriptors {
    /// `most` at once.
    pub(super) fn new(most: usize, may_park: bool) -> Self {
        Self { most, may_park, open: Vec::new(), free: most, packed: 0, idle: None, is_short: false }
    }

    /// Counts anew: files end by themselves.
    pub(super) fn count(&mut self) {
        self.open.retain(|file| file.handle.is_open());
        self.free = self.most.saturating_sub(self.open.len());
        self.packed = self.open.iter().filter(|file| file.packing.is_some()).count();
        (self.idle, self.is_short) = (None, false);
    }

    /// Whether a file may be opened, if need be in place of one that is closed now.
    pub(super) fn has_room(&mut self, files: &HashMap<Identity, Tracked>, look: u64) -> bool {
        if self.free > 0 {
            return true;
        }
        let idle = self.idle.get_or_insert_with(|| if self.may_park { idle(files, look) } else { Vec::new() });
        while let Some(known) = idle.pop().and_then(|identity| files.get(&identity)) {
            if known.file.park() {
                tracing::trace!(path = %known.path.display(), "descriptor closed, others need it");
                self.free += 1;
                return true;
            }
        }
        self.is_short = true;
        false
    }

    /// Whether another compressed file may be open.
    pub(super) fn has_room_for_packed(&mut self) -> bool {
        let has_room = self.packed < MOST_PACKED;
        self.is_short |= !has_room;
        has_room
    }

    /// A file was opened.
    pub(super) fn take(&mut self, file: Arc<OpenFile>) {
        self.free = self.free.saturating_sub(1);
        self.packed += usize::from(file.packing.is_some());
        self.open.push(file);
    }

    /// Whether a file waits for another to be closed.
    pub(super) fn is_short(&self) -> bool {
        self.is_short
    }
}

/// The files that may be closed, those last that have not grown for longest.
fn idle(files: &HashMap<Identity, Tracked>, look: u64) -> Vec<Identity> {
    let mut idle: Vec<(u64, Identity)> = files
        .iter()
        .filter(|(_, known)| known.is_idle(look))
        .map(|(identity, known)| (known.read_by, *identity))
        .collect();
    idle.sort_unstable_by_key(|(read_by, _)| std::cmp::Reverse(*read_by));
    idle.into_iter().map(|(_, identity)| identity).collect()
}
