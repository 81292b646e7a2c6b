//! One sweep over a run of bodies for all needles: the keys that are come upon, each in its body, and when a body has so
//! many in vain that the sweep had better pass over it. What follows from a key is for `first` and `all` to say.

use crate::engines::Engines;
use crate::hunt::{Hit, Hunt};
use crate::pace::Pace;
use crate::settle::Body;
use crate::{Interrupted, narrow};
use logagent_record::{Cursor, InRun, Run};

pub(crate) struct Sweep<'a> {
    hunt: &'a Hunt,
    bytes: &'a [u8],
    cursor: Cursor<'a>,
    from: usize,
    vain: Vain,
}

/// A key in a body.
#[derive(Clone, Copy)]
pub(crate) struct Spot<'a> {
    pub(crate) hit: Hit,
    pub(crate) body: Body<'a>,
    /// Where in the body the key begins.
    pub(crate) at: usize,
    /// Where in the run the body ends.
    end: usize,
}

impl<'a> Sweep<'a> {
    pub(crate) fn new(hunt: &'a Hunt, run: &Run<'a>) -> Self {
        Self { hunt, bytes: run.bytes(), cursor: run.cursor(), from: 0, vain: Vain::default() }
    }

    /// The next key that begins in a body.
    #[inline]
    pub(crate) fn next(&mut self, pace: &mut Pace<'_>) -> Result<Option<Spot<'a>>, Interrupted> {
        while let Some(hit) = self.hunt.next(self.bytes, self.from, pace)? {
            let Some(InRun { index, start, end }) = self.cursor.seek(hit.at) else { break };
            self.from = start;
            if hit.at >= start {
                self.from = hit.at + 1;
                let body = Body { record: narrow(index), bytes: &self.bytes[start..end] };
                return Ok(Some(Spot { hit, body, at: hit.at - start, end }));
            }
        }
        Ok(None)
    }

    /// Leaves out what is left of the body.
    #[inline]
    pub(crate) fn pass(&mut self, spot: Spot<'_>) {
        self.from = spot.end;
    }

    /// To be told of a key without a match. Whether its body had so many, that the patterns had better be searched for
    /// in it one by one.
    pub(crate) fn is_hopeless(&mut self, spot: Spot<'_>, engines: &Engines) -> bool {
        self.vain.counts(self.hunt.price(spot.hit), spot.body, engines)
    }
}

/// The keys of a record that were found without a match.
#[derive(Default)]
struct Vain {
    record: u32,
    price: usize,
}

impl Vain {
    fn counts(&mut self, price: u32, body: Body<'_>, engines: &Engines) -> bool {
        /// A body has so many free; and each pattern is worth as many bytes as are searched in the time of one vain key.
        const FREE: usize = 32;
        const BYTES: usize = 256;
        if self.record != body.record {
            *self = Self { record: body.record, price: 0 };
        }
        self.price += price as usize;
        let patterns = engines.literals.len() + engines.hunted.len();
        self.price > FREE + body.bytes.len() * patterns / BYTES
    }
}
