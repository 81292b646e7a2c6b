//! The order of locks, watched in debug builds: a thread that waits for a shard's lock holds none of a shard behind it.
//! So no cycle can come about, and one that could is told where it was written, not only when threads meet in it.
//! Not with the feature `deadlock-detection`, which tells of cycles that have come about.

/// Whether it is watched.
const WATCHED: bool = cfg!(all(debug_assertions, not(feature = "deadlock-detection")));

thread_local! {
    /// Maps, by their addresses, and shards whose locks the thread holds.
    static HELD: std::cell::RefCell<Vec<(usize, u32)>> = const { std::cell::RefCell::new(Vec::new()) };
}

/// Before a lock is waited for.
///
/// # Panics
/// In debug builds, where the thread holds the lock of a shard that comes later.
#[inline]
pub(crate) fn check(map: usize, shard: u32) {
    if WATCHED && let Some(held) = last_held(map).filter(|held| *held >= shard) {
        panic!("the lock of shard {shard} is wanted while that of shard {held} is held, which comes later");
    }
}

fn last_held(map: usize) -> Option<u32> {
    HELD.with_borrow(|held| held.iter().filter(|held| held.0 == map).map(|held| held.1).max())
}

#[inline]
pub(crate) fn taken(map: usize, shard: u32) {
    if WATCHED {
        HELD.with_borrow_mut(|held| held.push((map, shard)));
    }
}

#[inline]
pub(crate) fn given_back(map: usize, shard: u32) {
    if WATCHED {
        HELD.with_borrow_mut(|held| held.retain(|one| *one != (map, shard)));
    }
}
