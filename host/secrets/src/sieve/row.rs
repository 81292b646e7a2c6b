//! A bit for each byte of a window.

/// A block's bytes: the bits of a word.
pub(crate) const BLOCK_BYTES: usize = 64;

/// A window's blocks at most: 4 KiB. With fewer, the words of a row are read while they are still being written; with
/// many more, the rows of all classes leave the first cache.
pub(crate) const BLOCKS: usize = 64;

/// A word for each block, with the word of the block before the window in front. Whoever fills one fills all of it,
/// also for a shorter window: loops of a fixed length become straight vector code, and the rest is never looked at.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    words: [u64; BLOCKS + 1],
}

impl Default for Row {
    fn default() -> Self {
        Self::new()
    }
}

impl Row {
    pub(crate) const fn new() -> Self {
        Self { words: [0; BLOCKS + 1] }
    }

    /// The words of the window's blocks.
    #[inline(always)]
    pub(crate) fn words_mut(&mut self) -> &mut [u64] {
        &mut self.words[1..]
    }

    /// A block's word.
    #[inline(always)]
    pub(crate) fn block(&self, block: usize) -> u64 {
        self.words[block + 1]
    }

    /// A block's word with the one before it.
    #[inline(always)]
    pub(crate) fn pair(&self, block: usize) -> Pair {
        Pair { before: self.words[block], now: self.words[block + 1] }
    }

    /// Makes every block's word anew.
    #[inline(always)]
    pub(crate) fn fill(&mut self, word: impl Fn(usize) -> u64) {
        for block in 0..BLOCKS {
            self.words[block + 1] = word(block);
        }
    }

    #[inline(always)]
    pub(crate) fn copy(&mut self, row: &Self) {
        self.words = row.words;
    }

    #[inline(always)]
    pub(crate) fn add(&mut self, row: &Self) {
        for block in 0..BLOCKS {
            self.words[block + 1] |= row.words[block + 1];
        }
    }

    /// Takes all bits away.
    #[inline(always)]
    pub(crate) fn wipe(&mut self) {
        self.words = [0; BLOCKS + 1];
    }

    /// Forgets the block before the window.
    pub(crate) fn begin(&mut self) {
        self.words[0] = 0;
    }

    /// Makes the last block of a window of `blocks` the one before the next window.
    #[inline(always)]
    pub(crate) fn carry(&mut self, blocks: usize) {
        self.words[0] = self.words[blocks];
    }

    #[inline(always)]
    pub(crate) fn is_empty(&self) -> bool {
        self.words.iter().fold(0, |all, word| all | word) == 0
    }
}

/// A block's word and the one before it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pair {
    before: u64,
    pub(crate) now: u64,
}

impl Pair {
    /// The bits of the bytes that lie `bytes` before: 1 to 63.
    #[inline(always)]
    pub(crate) fn back(self, bytes: u32) -> u64 {
        self.now << bytes | self.before >> (64 - bytes)
    }

    /// Whether one of the bytes that lie 2 to 4 before has its bit.
    #[inline(always)]
    pub(crate) fn near(self) -> u64 {
        self.back(2) | self.back(3) | self.back(4)
    }
}
