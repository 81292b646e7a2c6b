//! What is kept, in memory: the marks of the files that are open, and what the run before kept of those that have not
//! been found again. Pure, with the time as an argument.

use crate::format::Kept;
use logagent_component::{Checkpoint, Mark};
use std::collections::HashMap;
use std::sync::Arc;

/// How long a file that can't be found is remembered: a file system that is not mounted, a log that comes back. In seconds.
const REMEMBERED: u64 = 7 * 24 * 3600;

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
    marks: Vec<Arc<dyn Mark>>,
    /// What was written last.
    written: Vec<Checkpoint>,
}

impl Ledger {
    pub(super) fn new(kept: Vec<Kept>) -> Self {
        let written = kept.iter().map(|kept| kept.checkpoint.clone()).collect();
        let carried = kept.into_iter().map(|kept| (Key::of(&kept.checkpoint), kept)).collect();
        Self { carried, marks: Vec::new(), written }
    }

    pub(super) fn kept(&self, source: &str) -> Vec<Checkpoint> {
        let of_source = self.carried.values().filter(|kept| &*kept.checkpoint.source == source);
        of_source.map(|kept| kept.checkpoint.clone()).collect()
    }

    pub(super) fn keep(&mut self, mark: Arc<dyn Mark>) {
        if let Some(checkpoint) = mark.checkpoint() {
            self.carried.remove(&Key::of(&checkpoint));
        }
        self.marks.push(mark);
    }

    /// All that is to be kept now, if it is not what was written last.
    pub(super) fn changed(&mut self, now: u64) -> Option<Vec<Kept>> {
        self.carried.retain(|_, kept| now.saturating_sub(kept.seen) < REMEMBERED);
        let mut all: Vec<Kept> = self.carried.values().cloned().collect();
        self.marks.retain(|mark| {
            let checkpoint = mark.checkpoint();
            all.extend(checkpoint.clone().map(|checkpoint| Kept { checkpoint, seen: now }));
            checkpoint.is_some()
        });
        // In one order, so that what is the same looks the same.
        all.sort_by(|a, b| order(&a.checkpoint).cmp(&order(&b.checkpoint)));
        let is_same = all.len() == self.written.len()
            && all.iter().zip(&self.written).all(|(kept, written)| kept.checkpoint == *written);
        (!is_same).then_some(all)
    }

    pub(super) fn written(&mut self, kept: Vec<Kept>) {
        self.written = kept.into_iter().map(|kept| kept.checkpoint).collect();
    }
}

fn order(checkpoint: &Checkpoint) -> (&str, u64, u64) {
    (&checkpoint.source, checkpoint.device, checkpoint.inode)
}
