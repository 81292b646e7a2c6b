//! The tokens of a body, window by window: the index of a large body is never there as a whole, so the memory it takes
//! is bounded, and stays in the cache.

use crate::blocks::{Blocks, Kernel, SPARE};
use crate::field::Interrupted;

/// How many bytes are indexed at a time. Long enough for almost all records, short enough to ask often whether to go on.
pub(crate) const WINDOW: usize = 16 << 10;

/// The most tokens that are looked at together.
pub(crate) const LOOK: usize = 4;

/// Room for the places of one window, of those left over from the last, and behind the last window for the ends, which
/// need no more than what is spare.
pub(crate) struct Places(Box<[u32]>);

impl Default for Places {
    fn default() -> Self {
        Self(vec![0; WINDOW + LOOK + SPARE].into())
    }
}

/// A body's tokens, read forward. Behind the last comes the body's end, over and over.
pub(crate) struct Tape<'a, 's> {
    blocks: Blocks<'a>,
    kernel: Kernel,
    goes_on: &'s mut dyn FnMut() -> bool,
    /// How many bytes ago `goes_on` was asked.
    unasked: usize,
    places: &'s mut [u32],
    /// How many places there are.
    count: usize,
    /// The next one.
    at: usize,
}

impl<'a, 's> Tape<'a, 's> {
    /// Without a body as yet.
    pub(crate) fn new(kernel: Kernel, places: &'s mut Places, goes_on: &'s mut dyn FnMut() -> bool) -> Self {
        Self { blocks: Blocks::new(&[]), kernel, goes_on, unasked: 0, places: &mut places.0, count: 0, at: 0 }
    }

    /// Goes on with another body.
    #[inline]
    pub(crate) fn begin(&mut self, body: &'a [u8]) -> Result<(), Interrupted> {
        self.unasked += body.len().min(WINDOW);
        if self.unasked > WINDOW {
            self.ask()?;
        }
        self.blocks.begin(body);
        (self.count, self.at) = (0, 0);
        self.index();
        Ok(())
    }

    #[cold]
    fn ask(&mut self) -> Result<(), Interrupted> {
        self.unasked = 0;
        if (self.goes_on)() { Ok(()) } else { Err(Interrupted) }
    }

    #[inline(always)]
    pub(crate) fn body(&self) -> &'a [u8] {
        self.blocks.body()
    }

    /// The byte at a place; 0 at the end.
    #[inline(always)]
    pub(crate) fn byte(&self, place: u32) -> u8 {
        self.body().get(place as usize).copied().unwrap_or(0)
    }

    /// The next tokens' places, none of which is passed.
    #[inline(always)]
    pub(crate) fn look(&mut self) -> Result<[u32; LOOK], Interrupted> {
        if self.at + LOOK > self.count {
            self.refill()?;
        }
        Ok(*self.places[self.at..].first_chunk().expect("refilled"))
    }

    /// Whether the tokens up to here may have escapes.
    #[inline(always)]
    pub(crate) fn has_escapes(&self) -> bool {
        self.blocks.has_backslash()
    }

    #[inline(always)]
    pub(crate) fn pass(&mut self, count: usize) {
        self.at += count;
    }

    #[cold]
    fn refill(&mut self) -> Result<(), Interrupted> {
        self.places.copy_within(self.at..self.count, 0);
        self.count -= self.at;
        self.at = 0;
        while self.count < LOOK {
            self.ask()?;
            self.index();
        }
        Ok(())
    }

    fn index(&mut self) {
        self.count += self.blocks.index(self.kernel, WINDOW, &mut self.places[self.count..]);
        if self.blocks.is_done() {
            let end = u32::try_from(self.body().len()).unwrap_or(u32::MAX);
            self.places[self.count..][..LOOK].fill(end);
            self.count += LOOK;
        }
    }

    /// Of a body that was read to its end: the first byte, if any, that may not be where it is, whatever the tokens are.
    pub(crate) fn fault(&self) -> Option<u32> {
        let in_string = self.blocks.fault();
        if self.blocks.is_ascii() {
            return in_string;
        }
        [in_string, not_utf8(self.body())].into_iter().flatten().min()
    }
}

/// Where the text stops being UTF-8.
fn not_utf8(body: &[u8]) -> Option<u32> {
    let error = simdutf8::compat::from_utf8(body).err()?;
    u32::try_from(error.valid_up_to()).ok()
}
