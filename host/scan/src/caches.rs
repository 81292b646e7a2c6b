//! What a set's machines need to search: made when it is needed, and bounded all together. Knows nothing of bodies.

use crate::Interrupted;
use crate::machine::{Cache, Machine};
use crate::pace::Pace;
use regex_automata::{Input, Match};

/// What they may take together. With more, all are thrown away and made anew, so that it doesn't matter how many
/// expressions a set has; a few fit, whatever they are searched over.
const MOST_BYTES: usize = 24 << 20;

/// The caches of one set.
#[derive(Debug, Default)]
pub(crate) struct Caches {
    list: Vec<Cache>,
    /// What they take, where that has to be watched.
    held_bytes: usize,
    is_watched: bool,
}

/// What the caches of some machines may come to take.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Need {
    sum: usize,
    largest: usize,
}

impl Need {
    pub(crate) fn of<'a>(machines: impl Iterator<Item = &'a Machine>) -> Self {
        machines
            .map(Machine::cache_bytes)
            .fold(Self::default(), |need, bytes| Self { sum: need.sum + bytes, largest: need.largest.max(bytes) })
    }

    /// One may grow to its end before it is looked what all take.
    pub(crate) fn bytes(self) -> usize {
        self.sum.min(MOST_BYTES + self.largest)
    }
}

impl Caches {
    pub(crate) fn new(count: usize, need: Need) -> Self {
        let list = std::iter::repeat_with(Cache::default).take(count).collect();
        Self { list, held_bytes: 0, is_watched: need.sum > MOST_BYTES }
    }

    /// The leftmost match in the input's span, which is to end where its bytes do. `number` is the machine's.
    #[inline]
    pub(crate) fn find(
        &mut self,
        number: usize,
        machine: &Machine,
        input: &Input<'_>,
        pace: &mut Pace<'_>,
    ) -> Result<Option<Match>, Interrupted> {
        let cache = &mut self.list[number];
        if !self.is_watched {
            return machine.find(cache, input, pace);
        }
        self.held_bytes -= cache.bytes();
        let found = machine.find(cache, input, pace);
        self.held_bytes += cache.bytes();
        if self.held_bytes > MOST_BYTES {
            self.list.fill_with(Cache::default);
            self.held_bytes = 0;
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engines::Engines;
    use crate::{Pattern, Report};

    /// Automata with a state for nearly every stretch of a dozen bytes: each takes what it may.
    fn hungry(count: usize) -> Engines {
        let pattern = |number| Pattern::Regex(format!(r"[aq][a-z]{{{}}}[0-9]{number}", 12 + number % 3));
        Engines::new(&(0..count).map(pattern).collect::<Vec<_>>(), Report::All).unwrap()
    }

    fn letters() -> Vec<u8> {
        let mut random = 1_u32;
        let mut next = || {
            random ^= random << 13;
            random ^= random >> 17;
            random ^= random << 5;
            b"aqrz"[random as usize % 4]
        };
        std::iter::repeat_with(&mut next).take(60_000).collect()
    }

    fn search(engines: &Engines, body: &[u8]) -> usize {
        let mut caches = engines.create_caches();
        let mut most = 0;
        for (number, expression) in engines.expressions.iter().enumerate() {
            let mut goes_on = || true;
            let input = Input::new(body);
            caches.find(number, &expression.machine, &input, &mut Pace::new(&mut goes_on)).unwrap();
            most = most.max(caches.list.iter().map(Cache::bytes).sum());
        }
        most
    }

    #[test]
    fn all_caches_together_take_no_more_than_was_told() {
        for count in [1, 10, 200] {
            let engines = hungry(count);
            let (most, told) = (search(&engines, &letters()), engines.cache_need().bytes());
            assert!(most <= told, "{count}: {most} of {told}");
            assert!(most > (MOST_BYTES / 2).min(count << 17), "{count}: {most} is too little for this to be a test");
        }
        assert!(hungry(200).cache_need().bytes() < 2 * MOST_BYTES);
    }
}
