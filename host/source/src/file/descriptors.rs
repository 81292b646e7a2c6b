//! How many files are open, and which may be closed so that others can be: those that were read to their end, the ones
//! first that have not grown for longest. Opens nothing.

use super::identity::Identity;
use super::tracked::Tracked;
use std::collections::HashMap;

/// A decoder of zstd may take eight megabytes: compressed files are read so many at a time.
const MOST_PACKED: usize = 4;

/// What one look knows of descriptors.
pub(super) struct Descriptors {
    most: usize,
    free: usize,
    packed: usize,
    /// Those that may be closed, the last first; `None` before they are asked for.
    idle: Option<Vec<Identity>>,
    /// A file had to wait.
    is_short: bool,
}

impl Descriptors {
    /// `most` at once.
    pub(super) fn new(most: usize) -> Self {
        Self { most, free: most, packed: 0, idle: None, is_short: false }
    }

    /// Counts anew.
    pub(super) fn count(&mut self, files: &HashMap<Identity, Tracked>) {
        let open = files.values().filter(|known| known.file.handle.is_open());
        let (mut count, mut packed) = (0, 0);
        open.for_each(|known| (count, packed) = (count + 1, packed + usize::from(known.file.packing.is_some())));
        *self = Self { free: self.most.saturating_sub(count), packed, ..Self::new(self.most) };
    }

    /// Whether a file may be opened, if need be in place of one that is closed now.
    pub(super) fn has_room(&mut self, files: &HashMap<Identity, Tracked>, look: u64) -> bool {
        if self.free > 0 {
            return true;
        }
        let idle = self.idle.get_or_insert_with(|| idle(files, look));
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
    pub(super) fn take(&mut self, is_packed: bool) {
        self.free = self.free.saturating_sub(1);
        self.packed += usize::from(is_packed);
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
