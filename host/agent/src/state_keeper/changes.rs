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

#[cfg(test)]
mod tests {
    use super::*;
    use logagent_state::{Call, Options, Quota, UnixMs, WhenFull};

    #[test]
    fn what_others_write_is_new_until_it_is_saved() {
        let map = Map::new(Options::default()).unwrap();
        let namespace = map.namespace("seen", Quota { budget_bytes: 1 << 20, when_full: WhenFull::Evict }).unwrap();
        let mut changes = Changes::default();
        for value in [b"a", b"b"] {
            let read = changes.read(&map);
            assert!(changes.are_new(read));
            changes.are_saved(read);
            assert!(!changes.are_new(read));
            map.set(namespace, b"key", value, &mut Call::at(UnixMs(0))).unwrap();
        }
        let read = changes.read(&map);
        assert!(changes.are_new(read));
    }
}
