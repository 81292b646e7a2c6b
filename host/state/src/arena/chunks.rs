//! Who has which chunk of the arena. First fit from below, so that memory that was never touched stays untouched.

/// What a chunk is used for, and by which shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    Free,
    /// Blocks, of entries or free.
    Entries(u32),
    /// The first chunk of one entry that is larger than a chunk.
    Large(u32),
    /// The first chunk of a table.
    Table,
    /// A further chunk of a large entry; its first one is that many before.
    RestOfLarge(u32),
    RestOfTable,
}

pub(crate) struct Chunks {
    users: Vec<Use>,
    free: u32,
    /// No chunk before this one is free.
    lowest: u32,
    /// No chunk from this one on was ever taken: they are zeroed still.
    fresh: u32,
    /// Where the search for victims goes on, so that each chunk has its turn.
    turn: u32,
}

impl Chunks {
    pub(crate) fn new(count: u32) -> Self {
        Self { users: vec![Use::Free; count as usize], free: count, lowest: 0, fresh: 0, turn: 0 }
    }

    /// The first of `count` chunks in a row, and whether they are zeroed.
    pub(crate) fn take(&mut self, count: u32, user: Use) -> Option<(u32, bool)> {
        if count == 0 || count > self.free {
            return None;
        }
        let first = self.run(self.lowest, count, |user| user == Use::Free)?;
        for offset in 0..count {
            self.users[(first + offset) as usize] = if offset == 0 { user } else { rest(user, offset) };
        }
        self.free -= count;
        if first == self.lowest {
            self.lowest = first + count;
        }
        let is_fresh = first >= self.fresh;
        self.fresh = self.fresh.max(first + count);
        Some((first, is_fresh))
    }

    pub(crate) fn give(&mut self, first: u32, count: u32) {
        self.users[first as usize..][..count as usize].fill(Use::Free);
        self.free += count;
        self.lowest = self.lowest.min(first);
    }

    pub(crate) fn victims(&mut self, count: u32) -> Option<u32> {
        let holds_entries = |user| !matches!(user, Use::Table | Use::RestOfTable);
        let first = self.run(self.turn, count, holds_entries).or_else(|| self.run(0, count, holds_entries))?;
        self.turn = first + count;
        Some(first)
    }

    pub(crate) fn user(&self, chunk: u32) -> Use {
        self.users[chunk as usize]
    }

    pub(crate) fn free(&self) -> (u32, u32) {
        (self.free, u32::try_from(self.users.len()).unwrap_or(u32::MAX))
    }

    /// The first `count` chunks in a row, from `start` on, that all are `wanted`.
    fn run(&self, start: u32, count: u32, wanted: impl Fn(Use) -> bool) -> Option<u32> {
        let mut length = 0;
        for (chunk, &user) in (start..).zip(self.users.get(start as usize..)?) {
            length = if wanted(user) { length + 1 } else { 0 };
            if length == count {
                return Some(chunk + 1 - count);
            }
        }
        None
    }
}

fn rest(user: Use, offset: u32) -> Use {
    match user {
        Use::Large(_) => Use::RestOfLarge(offset),
        _ => Use::RestOfTable,
    }
}
