//! One sweep for many needles at once. A needle is looked for by its key, a short and rare part of it; what
//! the sweep comes upon are keys, and whether a needle lies around one is for `Hunt::needles_at` to say. Knows nothing
//! of bodies.

use crate::pace::Pace;
use crate::{Interrupted, narrow, rarity};
use aho_corasick::{AhoCorasick, AhoCorasickKind, Input, MatchKind, Span, packed};
use memchr::memmem;
use std::collections::BTreeMap;

/// How long a key is at most: long enough to be rarely found in vain, short enough to keep the automaton small.
const KEY_BYTES: usize = 8;

/// With more bytes of keys, an automaton of full tables no longer lies in the second-level cache.
const FULL_TABLE_BYTES: usize = 2048;

/// How much is searched before the caller is asked whether it may go on.
const STRETCH: usize = 16 << 10;

/// How many bytes could be searched in the time that a hit takes.
const HIT: usize = 64;

#[derive(Debug)]
pub(crate) struct Needle {
    pub(crate) bytes: Vec<u8>,
    pub(crate) owner: Owner,
}

/// What it means that a needle is there.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Owner {
    /// A match of the pattern with this index.
    Pattern(u32),
    /// A match of the expression with this index may begin here.
    Start(usize),
    /// A match of the expression with this index may lie around here.
    Inside(usize),
}

#[derive(Debug)]
pub(crate) struct Hunt {
    needles: Vec<Needle>,
    searcher: Searcher,
    /// For each key, the needles that may be where it was found.
    sites: Vec<Vec<Site>>,
    /// For each key, what it costs to find it in vain.
    prices: Vec<u32>,
    longest_key: usize,
}

#[derive(Clone, Copy, Debug)]
struct Site {
    needle: usize,
    /// The key's place in the needle.
    offset: usize,
    /// Whether the needle is no more than what was found: it is there, then, where it ends within the body.
    is_key: bool,
}

#[derive(Debug)]
enum Searcher {
    One(Box<memmem::Finder<'static>>),
    Few(packed::Searcher),
    Many(AhoCorasick),
}

/// A key that was found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hit {
    key: usize,
    /// Where it begins.
    pub(crate) at: usize,
}

impl Hunt {
    /// None where there are no needles.
    pub(crate) fn new(needles: Vec<Needle>) -> Option<Self> {
        let (longest_key, searcher, sites) = match needles.as_slice() {
            [] => return None,
            [one] => {
                let searcher = Searcher::One(Box::new(memmem::Finder::new(&one.bytes).into_owned()));
                (one.bytes.len(), searcher, vec![vec![Site { needle: 0, offset: 0, is_key: true }]])
            }
            several => {
                let by_key = by_key(several);
                let keys: Vec<&[u8]> = by_key.keys().copied().collect();
                (KEY_BYTES, Searcher::of(&keys), keys.iter().map(|key| compatible(&by_key, key)).collect())
            }
        };
        let prices = sites.iter().map(|sites| price(&needles, sites)).collect();
        Some(Self { needles, searcher, sites, prices, longest_key })
    }

    /// What it takes.
    pub(crate) fn bytes(&self) -> usize {
        let needles: usize = self.needles.iter().map(|needle| size_of::<Needle>() + needle.bytes.len()).sum();
        let sites: usize = self.sites.iter().map(|sites| size_of_val(sites) + size_of_val(sites.as_slice())).sum();
        needles + sites + self.searcher.bytes()
    }

    /// The first key at `from` or behind it.
    pub(crate) fn next(&self, bytes: &[u8], from: usize, pace: &mut Pace<'_>) -> Result<Option<Hit>, Interrupted> {
        let find = |from, to| self.searcher.find(bytes, from, to);
        by_stretches(bytes.len(), from, self.longest_key, pace, find, |hit| hit.at)
    }

    /// The literal that is all there is to hunt for, if it is.
    pub(crate) fn lone(&self) -> Option<Lone<'_>> {
        match (&self.searcher, self.needles.first()) {
            (Searcher::One(finder), Some(&Needle { owner: Owner::Pattern(pattern), .. })) => {
                Some(Lone { finder, pattern })
            }
            _ => None,
        }
    }

    /// What it costs to find this key without a needle around it, about 50 ns being 1.
    pub(crate) fn price(&self, hit: Hit) -> u32 {
        self.prices[hit.key]
    }

    /// The needles around a key at `at` that lie wholly within the body, each with where it begins.
    #[inline]
    pub(crate) fn needles_at<'a>(
        &'a self,
        body: &'a [u8],
        at: usize,
        hit: Hit,
    ) -> impl Iterator<Item = (usize, &'a Needle)> {
        self.sites[hit.key].iter().filter_map(move |site| {
            let start = at.checked_sub(site.offset)?;
            let needle = &self.needles[site.needle];
            let rest = body.get(start..)?;
            let is_there = if site.is_key { rest.len() >= needle.bytes.len() } else { rest.starts_with(&needle.bytes) };
            is_there.then_some((start, needle))
        })
    }
}

/// A literal that is hunted alone.
pub(crate) struct Lone<'a> {
    finder: &'a memmem::Finder<'static>,
    pub(crate) pattern: u32,
}

impl Lone<'_> {
    pub(crate) fn len(&self) -> usize {
        self.finder.needle().len()
    }

    /// Where it begins next, at `from` or behind.
    #[inline]
    pub(crate) fn next(&self, bytes: &[u8], from: usize, pace: &mut Pace<'_>) -> Result<Option<usize>, Interrupted> {
        let find = |from, to| self.finder.find(&bytes[from..to]).map(|at| from + at);
        by_stretches(bytes.len(), from, self.len(), pace, find, |&at| at)
    }
}

/// What is found first in so many bytes, `from` on, stretch by stretch: `find` is given each, and `at` says where the
/// hit is that it answers. Hits are no longer than `longest`.
#[inline(always)]
fn by_stretches<T>(
    bytes: usize,
    mut from: usize,
    longest: usize,
    pace: &mut Pace<'_>,
    find: impl Fn(usize, usize) -> Option<T>,
    at: impl Fn(&T) -> usize,
) -> Result<Option<T>, Interrupted> {
    let stretch = STRETCH.max(2 * longest);
    loop {
        let to = bytes.min(from + stretch);
        if let Some(hit) = find(from, to) {
            pace.spend(at(&hit) - from + HIT)?;
            return Ok(Some(hit));
        }
        pace.spend(to.saturating_sub(from))?;
        if to >= bytes {
            return Ok(None);
        }
        from = to + 1 - longest;
    }
}

impl Searcher {
    fn of(keys: &[&[u8]]) -> Self {
        if let Some(searcher) = packed::Config::new().builder().extend(keys).build() {
            return Self::Few(searcher);
        }
        let bytes: usize = keys.iter().map(|key| key.len()).sum();
        let kind = if bytes <= FULL_TABLE_BYTES { AhoCorasickKind::DFA } else { AhoCorasickKind::ContiguousNFA };
        let built = AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).kind(Some(kind)).build(keys);
        Self::Many(built.expect("a set has too few needles for an automaton to run out of states"))
    }

    fn bytes(&self) -> usize {
        match self {
            Self::One(finder) => size_of_val(&**finder) + finder.needle().len(),
            Self::Few(searcher) => searcher.memory_usage(),
            Self::Many(automaton) => automaton.memory_usage(),
        }
    }

    #[inline]
    fn find(&self, bytes: &[u8], from: usize, to: usize) -> Option<Hit> {
        let found = |found: aho_corasick::Match| Hit { key: found.pattern().as_usize(), at: found.start() };
        match self {
            Self::One(finder) => finder.find(&bytes[from..to]).map(|at| Hit { key: 0, at: from + at }),
            Self::Few(searcher) => searcher.find_in(&bytes[..to], Span { start: from, end: to }).map(found),
            Self::Many(automaton) => automaton.find(Input::new(bytes).span(from..to)).map(found),
        }
    }
}

/// One for the search begun anew, and what comparing long needles to their ends may take.
fn price(needles: &[Needle], sites: &[Site]) -> u32 {
    const COMPARED: usize = 2048;
    1 + narrow(sites.iter().map(|site| needles[site.needle].bytes.len()).sum::<usize>() / COMPARED)
}

fn by_key(needles: &[Needle]) -> BTreeMap<&[u8], Vec<Site>> {
    let mut by_key = BTreeMap::<&[u8], Vec<Site>>::new();
    for (index, needle) in needles.iter().enumerate() {
        let offset = rarity::rarest(&needle.bytes);
        let key = &needle.bytes[offset..needle.bytes.len().min(offset + KEY_BYTES)];
        let is_key = key.len() == needle.bytes.len();
        by_key.entry(key).or_default().push(Site { needle: index, offset, is_key });
    }
    by_key
}

/// Where a key is found, only one of those that begin there is told: the needles of all that may.
fn compatible(by_key: &BTreeMap<&[u8], Vec<Site>>, key: &[u8]) -> Vec<Site> {
    let shorter = (1..key.len()).filter_map(|len| by_key.get(&key[..len])).flatten().copied();
    let longer = by_key.range(key..).take_while(|(other, _)| other.starts_with(key)).flat_map(|(other, sites)| {
        sites.iter().map(move |site| Site { is_key: site.is_key && *other == key, ..*site })
    });
    longer.chain(shorter).collect()
}
