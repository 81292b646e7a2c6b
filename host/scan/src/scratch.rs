//! What a run needs and the next can use again. Holds nothing that is the answer.

use crate::caches::Caches;
use crate::engines::Engines;
use crate::escapes::Decoded;
use crate::sieve::Answer;
use crate::{Interrupted, MAX_MATCHES, Match, all};
use logagent_secrets::Found;

/// So many matches, 1 MiB, are no reason yet to look for those that can go.
const FEW_MATCHES: usize = 64 << 10;

/// Buffers that runs use again, so that a warm run allocates nothing. One may serve several sets, but is at its best
/// with one.
#[derive(Debug, Default)]
pub struct Scratch {
    pub(crate) decoded: Decoded,
    pub(crate) in_decoded: Vec<Match>,
    pub(crate) restored: Vec<Match>,
    pub(crate) work: Work,
}

/// What the search of bodies needs, raw or decoded.
#[derive(Debug, Default)]
pub(crate) struct Work {
    /// Of which set the caches are.
    owner: u64,
    pub(crate) caches: Caches,
    /// For each pattern, how far it is done with, and in which record.
    pub(crate) seen: Vec<Seen>,
    /// For each record of the run at hand, the sieve's answer.
    pub(crate) sieved: Vec<Answer>,
    pub(crate) found: Vec<Found>,
    /// With how many matches those within others are thrown out before the end.
    tidy_at: usize,
}

/// How far a pattern is done with. What it says holds for one record of one run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    pub(crate) record: u32,
    /// `All`: where its last match ended, or for an expression, 1 when it is done. `First`: how often it was tried.
    pub(crate) reach: u32,
}

impl Seen {
    const NOTHING: Self = Self { record: u32::MAX, reach: 0 };

    /// `reach` in this record.
    #[inline]
    pub(crate) fn in_record(&mut self, record: u32) -> &mut u32 {
        if self.record != record {
            *self = Self { record, reach: 0 };
        }
        &mut self.reach
    }
}

impl Work {
    /// Ready for another search by these engines.
    pub(crate) fn prepare(&mut self, engines: &Engines) {
        self.tidy_at = FEW_MATCHES;
        self.seen.clear();
        self.seen.resize(engines.patterns, Seen::NOTHING);
        if self.owner != engines.id {
            self.owner = engines.id;
            self.caches = engines.create_caches();
        }
    }

    /// Patterns that match nearly everything must not fill the memory before the end, when matches within others
    /// go anyway: those that are left are no more than there are bytes, and not too many.
    #[inline]
    pub(crate) fn hold_down(&mut self, matches: &mut Vec<Match>) -> Result<(), Interrupted> {
        if matches.len() > self.tidy_at {
            all::tidy(matches);
            self.tidy_at = FEW_MATCHES.max(2 * matches.len());
            check_count(matches.len())?;
        }
        Ok(())
    }
}

/// Whether a run may have so many matches.
pub(crate) fn check_count(matches: usize) -> Result<(), Interrupted> {
    if matches > MAX_MATCHES { Err(Interrupted) } else { Ok(()) }
}
