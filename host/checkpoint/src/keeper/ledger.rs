//! What is kept, in memory: the marks of the files that are open, and what is kept of those that are not and may be found
//! again. Pure, with the time as an argument.

use super::cut::Exact;
use crate::format::{Checkpointed, Kept, Output};
use logagent_component::{Appended, Checkpoint, Extent, MOST_REMEMBERED, Mark, REMEMBERED};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};

/// What tells files apart, across sources.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    source: Arc<str>,
    device: u64,
    inode: u64,
}

impl Key {
    fn of(checkpoint: &Checkpoint) -> Self {
        Self { source: checkpoint.source.clone(), device: checkpoint.device, inode: checkpoint.inode }
    }
}

pub(super) struct Ledger {
    /// Of the run before.
    carried: HashMap<Key, Kept>,
    /// Of files that this one has parted with.
    parted: HashMap<Key, Kept>,
    marks: Vec<Arc<dyn Mark>>,
    /// What the agent writes, by the path.
    outputs: Vec<Output>,
    /// Those whose lengths are kept, as long as their sinks live.
    exact: Vec<(PathBuf, Weak<dyn Appended>)>,
    /// What was written last.
    written: (Vec<Checkpoint>, Vec<Output>),
}

impl Ledger {
    pub(super) fn new(all: Checkpointed) -> Self {
        let Checkpointed { files, outputs, .. } = all;
        let written = (files.iter().map(|kept| kept.checkpoint.clone()).collect(), outputs.clone());
        let carried = files.into_iter().map(|kept| (Key::of(&kept.checkpoint), kept)).collect();
        Self { carried, parted: HashMap::new(), marks: Vec::new(), outputs, exact: Vec::new(), written }
    }

    /// From where on a file is the agent's own; `None` where it is none that it has written before.
    pub(super) fn own_from(&self, file: &Extent) -> Option<u64> {
        self.outputs.iter().find(|output| output.extent(0).is_of_same_file(file)).map(|output| output.from)
    }

    /// The agent writes this file, in place of any that it wrote under the same path.
    pub(super) fn own(&mut self, output: Output) {
        self.outputs.retain(|known| known.path != output.path);
        self.outputs.push(output);
    }

    /// The file that was last written under this path; how long it was is not said.
    pub(super) fn output(&self, path: &Path) -> Option<Extent> {
        self.outputs.iter().find(|output| output.path == path).map(|output| output.extent(0))
    }

    pub(super) fn outputs(&mut self) -> &mut [Output] {
        &mut self.outputs
    }

    /// How long the output under this path was when the checkpoints were written.
    pub(super) fn length(&self, path: &Path) -> Option<Extent> {
        let output = self.outputs.iter().find(|output| output.path == path)?;
        Some(output.extent(output.bytes?))
    }

    /// Keeps the length of this one with the checkpoints, from now on.
    pub(super) fn follow(&mut self, path: PathBuf, file: Weak<dyn Appended>) {
        self.exact.push((path, file));
    }

    /// Those whose lengths are to be kept.
    pub(super) fn exact(&mut self) -> Vec<Exact> {
        self.exact.retain(|(_, file)| file.strong_count() > 0);
        self.exact.iter().filter_map(|(path, file)| Some((path.clone(), file.upgrade()?))).collect()
    }

    /// No output's length says anything any more.
    pub(super) fn forget_lengths(&mut self) {
        self.outputs.iter_mut().for_each(|output| output.bytes = None);
    }

    /// The output under this path is this file, so long.
    pub(super) fn note_length(&mut self, path: PathBuf, extent: Extent) {
        let from = self.own_from(&extent).unwrap_or(extent.bytes);
        self.own(Output::new(path, extent, from, Some(extent.bytes)));
    }

    pub(super) fn kept(&self, source: &str) -> Vec<Checkpoint> {
        let all = self.carried.values().chain(self.parted.values());
        let of_source = all.filter(|kept| &*kept.checkpoint.source == source);
        of_source.map(|kept| kept.checkpoint.clone()).collect()
    }

    pub(super) fn keep(&mut self, mark: Arc<dyn Mark>) {
        if let Some(checkpoint) = mark.checkpoint() {
            self.carried.remove(&Key::of(&checkpoint));
            self.parted.remove(&Key::of(&checkpoint));
        }
        self.marks.push(mark);
    }

    /// Nobody reads this file since `now`, and its mark is about to say so.
    pub(super) fn carry(&mut self, checkpoint: Checkpoint, now: u64) {
        self.parted.insert(Key::of(&checkpoint), Kept { checkpoint, seen: now });
        if self.parted.len() > MOST_REMEMBERED
            && let Some((oldest, _)) = self.parted.iter().min_by_key(|(_, kept)| kept.seen)
        {
            let oldest = oldest.clone();
            self.parted.remove(&oldest);
        }
    }

    /// The files that are open, and up to where each has been cut into records.
    pub(super) fn framed(&self) -> Vec<(Arc<dyn Mark>, u64)> {
        self.marks.iter().map(|mark| (mark.clone(), mark.progress().framed)).collect()
    }

    /// Another number whenever a file comes, or more of one is delivered. Cheap.
    pub(super) fn movement(&self) -> u64 {
        let delivered = self.marks.iter().map(|mark| mark.progress().delivered);
        let files = self.marks.len() as u64 + self.outputs.len() as u64;
        delivered.fold(files, |sum, delivered| sum.wrapping_add(delivered).wrapping_add(1))
    }

    /// All that is to be kept now, if it is not what was written last.
    pub(super) fn changed(&mut self, now: u64) -> Option<(Vec<Kept>, Vec<Output>)> {
        for kept in [&mut self.carried, &mut self.parted] {
            kept.retain(|_, kept| now.saturating_sub(kept.seen) < REMEMBERED.as_secs());
        }
        let mut all: Vec<Kept> = self.carried.values().chain(self.parted.values()).cloned().collect();
        self.marks.retain(|mark| {
            let checkpoint = mark.checkpoint();
            all.extend(checkpoint.clone().map(|checkpoint| Kept { checkpoint, seen: now }));
            checkpoint.is_some()
        });
        // In one order, so that what is the same looks the same.
        all.sort_by(|a, b| order(&a.checkpoint).cmp(&order(&b.checkpoint)));
        let (files, outputs) = &self.written;
        let is_same = all.iter().map(|kept| &kept.checkpoint).eq(files) && self.outputs == *outputs;
        (!is_same).then(|| (all, self.outputs.clone()))
    }

    pub(super) fn written(&mut self, all: Checkpointed) {
        self.written = (all.files.into_iter().map(|kept| kept.checkpoint).collect(), all.outputs);
    }
}

fn order(checkpoint: &Checkpoint) -> (&str, u64, u64) {
    (&checkpoint.source, checkpoint.device, checkpoint.inode)
}
