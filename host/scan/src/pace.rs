//! How often a run asks whether it may go on. Time itself is the caller's. What is spent is bytes, or what takes as
//! long as they do when they are merely read; what takes longer is counted for more by the one that knows. Between two
//! questions lie a few microseconds as a rule. At worst it is some 30 ms: an expression over a short body is searched
//! for in one go (`machine`), and to make one state of a long one's automaton can't be left halfway (`stepped`).

use crate::Interrupted;

/// Some microseconds of search: fine enough for any deadline, coarse enough to cost nothing.
const BETWEEN: usize = 16 << 10;

pub(crate) struct Pace<'a> {
    goes_on: &'a mut dyn FnMut() -> bool,
    left: usize,
}

impl<'a> Pace<'a> {
    pub(crate) fn new(goes_on: &'a mut dyn FnMut() -> bool) -> Self {
        Self { goes_on, left: BETWEEN }
    }

    /// To be told of each stretch that is searched, a body or a part of a run.
    #[inline]
    pub(crate) fn spend(&mut self, bytes: usize) -> Result<(), Interrupted> {
        match self.left.checked_sub(bytes) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => self.ask(),
        }
    }

    /// For a search that keeps a pace of its own.
    pub(crate) fn goes_on(&mut self) -> &mut dyn FnMut() -> bool {
        self.goes_on
    }

    #[cold]
    fn ask(&mut self) -> Result<(), Interrupted> {
        self.left = BETWEEN;
        if (self.goes_on)() { Ok(()) } else { Err(Interrupted) }
    }
}
