//! A literal that is all there is to hunt for.

use crate::Interrupted;
use crate::hunt::by_stretches;
use crate::pace::Pace;
use logagent_find::{self as find, Literal};
use memchr::memmem::Finder;

/// A literal that is hunted alone.
pub(crate) struct Lone<'a> {
    pub(crate) finder: &'a Finder<'static>,
    /// What searches for it on some processors; elsewhere the finder does.
    pub(crate) literal: Option<&'a Literal>,
    pub(crate) pattern: u32,
}

impl<'a> Lone<'a> {
    pub(crate) fn len(&self) -> usize {
        self.finder.needle().len()
    }

    /// Where it is in these bytes.
    pub(crate) fn hits(&self, bytes: &'a [u8]) -> Hits<'a> {
        let hits = self.literal.and_then(|literal| literal.hits(bytes));
        hits.map_or(Hits::OneByOne { finder: self.finder, bytes }, Hits::Together)
    }
}

#[expect(clippy::large_enum_variant, reason = "one at a time lies on the stack, and is not moved")]
pub(crate) enum Hits<'a> {
    Together(find::Hits<'a>),
    OneByOne { finder: &'a Finder<'static>, bytes: &'a [u8] },
}

impl Hits<'_> {
    /// Where it begins next, at `from` or behind, which must not be smaller than in the call before.
    #[inline]
    pub(crate) fn next(&mut self, from: usize, pace: &mut Pace<'_>) -> Result<Option<usize>, Interrupted> {
        match self {
            Self::Together(hits) => hits.next(from, |bytes| pace.spend(bytes)),
            Self::OneByOne { finder, bytes } => {
                let find = |from, to| finder.find(&bytes[from..to]).map(|at| from + at);
                by_stretches(bytes.len(), from, finder.needle().len(), pace, find, |&at| at)
            }
        }
    }
}
