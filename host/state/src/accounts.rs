//! What each namespace holds against its budget. Exact: a write reserves what it needs before it takes it.

use crate::entry::SLOT_WORDS;
use crate::pressure::Pressure;
use crate::{Evicted, MAX_NAMESPACES, Namespace, NamespaceError, NamespaceStats, Quota, WhenFull};
use parking_lot::RwLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

/// Why an entry went by itself.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Reason {
    Expired,
    Budget,
    Memory,
}

pub(crate) struct Accounts {
    names: RwLock<Vec<String>>,
    each: Box<[Account]>,
    /// One bit for each namespace that has used up seven eighths of its budget: its reads are noted.
    pressed: [AtomicU64; MAX_NAMESPACES / 64],
}

/// Two cache lines, since processors fetch lines in pairs: namespaces don't slow each other.
#[repr(align(128))]
#[derive(Default)]
struct Account {
    /// Entries in the upper half, their words in the lower: an arena has fewer than 2^32 of both.
    used: AtomicU64,
    budget_words: AtomicU64,
    refuses: AtomicBool,
    evicted: [AtomicU64; 3],
    refused: AtomicU64,
}

const ONE_ENTRY: u64 = 1 << 32;

fn words_of(used: u64) -> u64 {
    used & (ONE_ENTRY - 1)
}

impl Accounts {
    pub(crate) fn new() -> Self {
        Self {
            names: RwLock::default(),
            each: (0..MAX_NAMESPACES).map(|_| Account::default()).collect(),
            pressed: std::array::from_fn(|_| AtomicU64::default()),
        }
    }

    pub(crate) fn register(&self, name: &str, quota: Quota, pressure: &Pressure) -> Result<Namespace, NamespaceError> {
        let mut names = self.names.write();
        let index = names.iter().position(|known| known == name).unwrap_or(names.len());
        let namespace = u16::try_from(index).ok().filter(|_| index < MAX_NAMESPACES).map(Namespace);
        let namespace = namespace.ok_or_else(|| NamespaceError::TooMany { name: name.into() })?;
        if index == names.len() {
            names.push(name.into());
        }
        let account = self.of(namespace);
        account.budget_words.store(quota.budget_bytes / 8, Relaxed);
        account.refuses.store(quota.when_full == WhenFull::Refuse, Relaxed);
        self.note_pressure(namespace, account.used.load(Relaxed), pressure);
        Ok(namespace)
    }

    pub(crate) fn name(&self, namespace: Namespace) -> Option<String> {
        self.names.read().get(usize::from(namespace.0)).cloned()
    }

    /// A number that another map gave out is some namespace here, or an empty one: never out of bounds.
    fn of(&self, namespace: Namespace) -> &Account {
        &self.each[usize::from(namespace.0) % MAX_NAMESPACES]
    }

    /// Reserves an entry's words in exchange for those of the entry that it replaces. `false`: the budget forbids it.
    pub(crate) fn reserve(&self, namespace: Namespace, former: Option<u32>, words: u32, pressure: &Pressure) -> bool {
        if former.is_some_and(|former| former == words) {
            return true;
        }
        let account = self.of(namespace);
        let budget = account.budget_words.load(Relaxed);
        let exchanged = |used: u64| match former {
            Some(former) => used - u64::from(former) + u64::from(words),
            None => used + ONE_ENTRY + u64::from(words + SLOT_WORDS),
        };
        let allowed = |used: u64| words_of(exchanged(used)) <= budget || former.is_some_and(|former| former > words);
        let reserved = account.used.fetch_update(Relaxed, Relaxed, |used| allowed(used).then(|| exchanged(used)));
        if let Ok(former) = reserved {
            self.note_pressure(namespace, exchanged(former), pressure);
        }
        reserved.is_ok()
    }

    /// Takes back what `reserve` did.
    pub(crate) fn cancel(&self, namespace: Namespace, former: Option<u32>, words: u32, pressure: &Pressure) {
        match former {
            Some(former) => {
                let used = &self.of(namespace).used;
                used.fetch_add(u64::from(former), Relaxed);
                used.fetch_sub(u64::from(words), Relaxed);
            }
            None => self.release(namespace, words, pressure),
        }
    }

    /// An entry of that many words is gone.
    pub(crate) fn release(&self, namespace: Namespace, words: u32, pressure: &Pressure) {
        let less = ONE_ENTRY + u64::from(words + SLOT_WORDS);
        let used = self.of(namespace).used.fetch_sub(less, Relaxed) - less;
        self.note_pressure(namespace, used, pressure);
    }

    fn note_pressure(&self, namespace: Namespace, used: u64, pressure: &Pressure) {
        let budget = self.of(namespace).budget_words.load(Relaxed);
        let is_pressed = words_of(used) >= budget - budget / 8;
        let (word, bit) = self.pressure_bit(namespace);
        if (word.load(Relaxed) & bit != 0) == is_pressed {
            return;
        }
        if is_pressed {
            pressure.change(word.fetch_or(bit, Relaxed) & bit != 0, true);
        } else {
            pressure.change(word.fetch_and(!bit, Relaxed) & bit != 0, false);
        }
    }

    fn pressure_bit(&self, namespace: Namespace) -> (&AtomicU64, u64) {
        let index = usize::from(namespace.0) % MAX_NAMESPACES;
        (&self.pressed[index / 64], 1 << (index % 64))
    }

    /// Whether the uses of the namespace's entries matter by now.
    #[inline]
    pub(crate) fn is_pressed(&self, namespace: Namespace) -> bool {
        let (word, bit) = self.pressure_bit(namespace);
        word.load(Relaxed) & bit != 0
    }

    pub(crate) fn refuses(&self, namespace: Namespace) -> bool {
        self.of(namespace).refuses.load(Relaxed)
    }

    pub(crate) fn is_over(&self, namespace: Namespace) -> bool {
        let account = self.of(namespace);
        words_of(account.used.load(Relaxed)) > account.budget_words.load(Relaxed)
    }

    pub(crate) fn count_evicted(&self, namespace: Namespace, reason: Reason) {
        self.of(namespace).evicted[reason as usize].fetch_add(1, Relaxed);
    }

    pub(crate) fn count_refused(&self, namespace: Namespace) {
        self.of(namespace).refused.fetch_add(1, Relaxed);
    }

    pub(crate) fn entries(&self, namespace: Namespace) -> u64 {
        self.of(namespace).used.load(Relaxed) >> 32
    }

    pub(crate) fn bytes(&self, namespace: Namespace) -> u64 {
        words_of(self.of(namespace).used.load(Relaxed)) * 8
    }

    pub(crate) fn budget_bytes(&self, namespace: Namespace) -> u64 {
        self.of(namespace).budget_words.load(Relaxed) * 8
    }

    pub(crate) fn stats(&self) -> Vec<NamespaceStats> {
        let names = self.names.read();
        let numbered = names.iter().zip(0..);
        numbered.map(|(name, index)| self.stats_of(name, Namespace(index))).collect()
    }

    fn stats_of(&self, name: &str, namespace: Namespace) -> NamespaceStats {
        let account = self.of(namespace);
        let [expired, budget, memory] = [0, 1, 2].map(|reason: usize| account.evicted[reason].load(Relaxed));
        let when_full = if self.refuses(namespace) { WhenFull::Refuse } else { WhenFull::Evict };
        NamespaceStats {
            name: name.into(),
            namespace,
            entries: self.entries(namespace),
            bytes: self.bytes(namespace),
            quota: Quota { budget_bytes: self.budget_bytes(namespace), when_full },
            evicted: Evicted { expired, budget, memory },
            refused: account.refused.load(Relaxed),
        }
    }
}
