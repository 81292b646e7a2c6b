//! Whose turn it is to be read: deficit round robin (M. Shreedhar, G. Varghese: Efficient Fair Queuing using Deficit
//! Round-Robin, SIGCOMM 1995), with the streams of high-priority sources first. Pure; knows streams by index alone.
//!
//! In each pass all high-priority streams that have something get a turn, then one of the others. A turn is a quantum of
//! bytes; a high-priority stream's is larger. So no stream starves, however much another has.

use crate::graph::Priority;

/// A high-priority stream's quantum beside another's.
const HIGH_PRIORITY_QUANTA: usize = 8;

/// A stream's place in the order.
#[derive(Clone, Copy, Debug)]
pub(super) struct Claim {
    priority: Priority,
    /// The last pass in which it had a turn.
    pass: u64,
    /// What it may still read, in bytes; below zero what it has read too much.
    deficit: i64,
}

/// The order of turns.
#[derive(Debug)]
pub(super) struct Turns {
    /// Where the search for the next starts, by priority, so that none waits for ever behind a busy one.
    cursors: [usize; 2],
    pass: u64,
    /// Whose turn it is.
    current: Option<usize>,
    /// There is or was a high-priority stream: without any, none is looked for.
    has_high_priority: bool,
}

impl Turns {
    pub(super) fn new() -> Self {
        Self { cursors: [0; 2], pass: 1, current: None, has_high_priority: false }
    }

    /// A stream's claim, which it keeps.
    pub(super) fn enter(&mut self, priority: Priority) -> Claim {
        self.has_high_priority |= priority == Priority::High;
        Claim { priority, pass: 0, deficit: 0 }
    }

    /// Who reads next, of `count` streams of which `claim` tells the claim, if they have something.
    pub(super) fn next<'a>(&mut self, count: usize, claim: impl Fn(usize) -> Option<&'a Claim>) -> Option<usize> {
        self.current = self.current.filter(|&index| index < count && claim(index).is_some());
        if self.current.is_none() {
            let pass = self.pass;
            let waits = |claim: &Claim| claim.pass < pass;
            self.current = self.find(Priority::High, count, &claim, waits);
        }
        if self.current.is_none() {
            self.pass += 1;
            self.current = self.find(Priority::Normal, count, &claim, |_| true);
        }
        if self.current.is_none() {
            self.current = self.find(Priority::High, count, &claim, |_| true);
        }
        self.current
    }

    fn find<'a>(
        &self,
        priority: Priority,
        count: usize,
        claim: &impl Fn(usize) -> Option<&'a Claim>,
        is_wanted: impl Fn(&Claim) -> bool,
    ) -> Option<usize> {
        if priority == Priority::High && !self.has_high_priority {
            return None;
        }
        let cursor = self.cursors[priority as usize].min(count);
        let is_next = |claim: &Claim| claim.priority == priority && is_wanted(claim);
        (cursor..count).chain(0..cursor).find(|&index| claim(index).is_some_and(is_next))
    }

    /// Whether the stream with this index, whose turn it is, may read, where a turn is so many bytes. What it reads is not
    /// cut to that: batches would be. One that has read too much before has to wait, and its turn is over.
    pub(super) fn begin(&mut self, index: usize, claim: &mut Claim, quantum: usize) -> bool {
        if claim.pass < self.pass {
            claim.pass = self.pass;
            let quanta = if claim.priority == Priority::High { HIGH_PRIORITY_QUANTA } else { 1 };
            claim.deficit += i64::try_from(quantum * quanta).unwrap_or(i64::MAX);
        }
        if claim.deficit <= 0 {
            self.end(index, claim.priority);
        }
        claim.deficit > 0
    }

    /// The stream with this index has read so many bytes, and may have more.
    pub(super) fn spend(&mut self, index: usize, claim: &mut Claim, bytes: usize, has_more: bool) {
        claim.deficit -= i64::try_from(bytes).unwrap_or(i64::MAX);
        if !has_more {
            // Who has nothing to send gathers nothing.
            claim.deficit = claim.deficit.min(0);
        }
        if claim.deficit <= 0 || !has_more {
            self.end(index, claim.priority);
        }
    }

    fn end(&mut self, index: usize, priority: Priority) {
        self.cursors[priority as usize] = index + 1;
        self.current = None;
    }
}

#[cfg(test)]
mod tests;
