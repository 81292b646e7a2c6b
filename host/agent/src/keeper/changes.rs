//! Whether anyone has changed the map: whether a shard's lock was taken by others than us, which each write does. Who
//! only reads may take one, too, and costs a snapshot more.

use logagent_state::Map;

/// How often locks were taken.
#[derive(Default)]
pub(super) struct Changes {
    /// By us, as far as it counts.
    own: u64,
    /// By others, before the last snapshot began; `None` before there was one.
    saved: Option<u64>,
}

impl Changes {
    /// Notes that we have taken so many locks.
    pub(super) fn count_own(&mut self, locks: u32) {
        self.own += u64::from(locks);
    }

    /// How often others have taken a lock until now.
    pub(super) fn read(&mut self, map: &Map) -> u64 {
        let shards = map.shard_stats();
        // To read a shard's figures takes its lock.
        self.own += shards.len() as u64;
        let all: u64 = shards.iter().map(|shard| shard.acquisitions).sum();
        all.wrapping_sub(self.own)
    }

    /// Whether that is another number than before the last snapshot.
    pub(super) fn are_new(&self, read: u64) -> bool {
        self.saved != Some(read)
    }

    /// A snapshot was written that has all until then.
    pub(super) fn are_saved(&mut self, read: u64) {
        self.saved = Some(read);
    }
}
