//! The sorting space of batched calls, which the caller keeps, so that nothing is allocated for a call.

use crate::Namespace;
use crate::flat::Flat;
use crate::hot::Sampler;
use crate::map::Map;

/// Sorting space of batched calls, and the answers of batched writes; reused from call to call.
#[derive(Debug, Default)]
pub struct Scratch {
    /// What became of each key of the last batched write, in the keys' order: [`Status`](crate::Status) as bytes.
    pub statuses: Vec<u8>,
    /// The results of the last [`fold_many`](Map::fold_many), in the keys' order; 0 where there is none.
    pub numbers: Vec<i64>,
    pub(crate) keys: Spans,
    pub(crate) values: Spans,
    pub(crate) expected: Spans,
    pub(crate) hashes: Vec<u64>,
    /// Keys by shard; equal ones keep their order.
    pub(crate) order: Vec<u32>,
    /// Where each shard's keys go in `order`.
    starts: Vec<u32>,
    pub(crate) taken: Taken,
    sampler: Sampler,
}

/// Values that were taken out, in the order in which that happened.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    pub(crate) bytes: Vec<u8>,
    /// By key.
    pub(crate) spans: Vec<Span>,
}

impl Taken {
    pub(crate) fn clear(&mut self, keys: usize) {
        self.bytes.clear();
        self.spans.clear();
        self.spans.resize(keys, Span::ABSENT);
    }
}

/// Where an item lies in its bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    start: usize,
    bytes: u32,
}

impl Span {
    pub(crate) const ABSENT: Self = Self { start: 0, bytes: Flat::ABSENT };

    pub(crate) fn of(start: usize, bytes: Option<usize>) -> Self {
        let bytes = bytes.and_then(|bytes| u32::try_from(bytes).ok()).unwrap_or(Flat::ABSENT);
        Self { start, bytes }
    }

    pub(crate) fn get(self, flat: Flat<'_>) -> Option<&[u8]> {
        self.get_in(flat.bytes)
    }

    pub(crate) fn get_in(self, all: &[u8]) -> Option<&[u8]> {
        (self.bytes != Flat::ABSENT).then(|| all.get(self.start..self.start + self.bytes as usize))?
    }
}

/// Where each item of a [`Flat`] lies.
#[derive(Debug, Default)]
pub(crate) struct Spans(Vec<Span>);

impl Spans {
    pub(crate) fn set(&mut self, flat: Flat<'_>) {
        self.0.clear();
        let mut start = 0;
        self.0.extend(flat.iter().map(|item| {
            let span = Span::of(start, item.map(<[u8]>::len));
            start += item.map_or(0, <[u8]>::len);
            span
        }));
    }

    /// Absent where there are fewer.
    pub(crate) fn span(&self, index: usize) -> Span {
        self.0.get(index).copied().unwrap_or(Span::ABSENT)
    }

    pub(crate) fn get<'a>(&self, index: usize, flat: Flat<'a>) -> Option<&'a [u8]> {
        self.span(index).get(flat)
    }
}

impl Scratch {
    /// All keys' hashes; an absent key has some. Some keys are counted, to know which are asked for most.
    pub(crate) fn hash(&mut self, map: &Map, namespace: Namespace, keys: Flat<'_>) {
        self.hashes.clear();
        self.hashes.extend(keys.iter().map(|key| map.key(namespace, key.unwrap_or_default()).hash));
        map.hot.sample(&mut self.sampler, namespace, keys, &self.hashes);
    }

    /// Orders the keys by shard (a counting sort), and makes the statuses ready.
    pub(crate) fn sort(&mut self, map: &Map, keys: Flat<'_>) {
        self.keys.set(keys);
        self.statuses.clear();
        self.statuses.resize(self.hashes.len(), 0);
        self.starts.clear();
        self.starts.resize(map.shards() as usize + 1, 0);
        // The mask may double meanwhile; then some keys sort by a bit more than there are counters for.
        let mask = self.starts.len() as u64 - 2;
        let shard = |hash: u64| usize::try_from(hash & mask).unwrap_or(0);
        self.hashes.iter().for_each(|&hash| self.starts[shard(hash) + 1] += 1);
        (1..self.starts.len()).for_each(|index| self.starts[index] += self.starts[index - 1]);
        self.order.clear();
        self.order.resize(self.hashes.len(), 0);
        for (number, &hash) in (0..).zip(&self.hashes) {
            let place = &mut self.starts[shard(hash)];
            self.order[*place as usize] = number;
            *place += 1;
        }
    }
}
