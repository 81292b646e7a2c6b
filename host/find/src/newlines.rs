//! All newlines of a run of bytes, in order.

use crate::places::Places;

#[cfg(test)]
mod tests;

/// How much is looked at before places are told: so much that long lines cost no more than to be looked at.
const STRETCH: usize = 16 << 10;

/// The places of the newlines in a run of bytes, ascending.
#[derive(Clone, Debug)]
pub struct Newlines<'a> {
    bytes: &'a [u8],
    from: usize,
    places: Places,
    fill: Fill,
}

/// Looks for newlines in a stretch of bytes, from a place on; answers how far it has come, which is its end unless
/// there are many.
type Fill = fn(&[u8], usize, &mut Places) -> usize;

impl<'a> Newlines<'a> {
    /// Those of `bytes`.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, from: 0, places: Places::new(), fill: fastest() }
    }

    /// Whether there are more.
    #[inline(never)]
    fn look(&mut self) -> Option<usize> {
        while self.from < self.bytes.len() {
            let end = self.bytes.len().min(self.from + STRETCH);
            self.places.begin(self.from);
            self.from = (self.fill)(&self.bytes[..end], self.from, &mut self.places);
            if let Some(place) = self.places.next() {
                return Some(place);
            }
        }
        None
    }
}

impl Iterator for Newlines<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        self.places.next().or_else(|| self.look())
    }
}

fn fastest() -> Fill {
    #[cfg(target_arch = "x86_64")]
    if crate::avx512::is_there() {
        // SAFETY: the machine has all that it is compiled for, as was just asked.
        return |bytes, from, places| unsafe { crate::avx512::newlines(bytes, from, places) };
    }
    portable
}

fn portable(bytes: &[u8], from: usize, places: &mut Places) -> usize {
    for at in memchr::memchr_iter(b'\n', &bytes[from..]) {
        places.push(from + at);
        if places.is_full() {
            return from + at + 1;
        }
    }
    bytes.len()
}
