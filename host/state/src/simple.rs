//! A first inside of the map, behind its final signatures; to be replaced.

use crate::*;
use parking_lot::{Mutex, MutexGuard};
use siphasher::sip::SipHasher13;
use std::collections::BTreeMap;
use std::time::Instant;

/// Bytes that an entry takes.
#[must_use]
pub const fn entry_bytes(key_bytes: usize, value_bytes: usize, expires: bool) -> u64 {
    (24 + key_bytes.div_ceil(8) * 8 + value_bytes.div_ceil(8) * 8) as u64 + if expires { 8 } else { 0 }
}

type Key = (Namespace, Vec<u8>);

#[derive(Debug, Clone, PartialEq)]
struct Stored {
    value: Vec<u8>,
    expiry: Expiry,
    version: u64,
}

impl Stored {
    fn lives(&self, now: UnixMs) -> bool {
        match self.expiry {
            Expiry::Never => true,
            Expiry::At(at) => now < at,
        }
    }
}

#[derive(Default)]
struct Shard {
    entries: BTreeMap<Key, Stored>,
    stats: ShardStats,
}

#[derive(Clone)]
struct Space {
    name: String,
    quota: Quota,
    entries: u64,
    bytes: u64,
    evicted: Evicted,
    refused: u64,
}

/// A concurrent map from keys to values, in namespaces.
pub struct Map {
    shards: Vec<Mutex<Shard>>,
    spaces: Mutex<Vec<Space>>,
    seed: [u64; 2],
    versions: std::sync::atomic::AtomicU64,
}

/// Where a [`range`](Map::range) goes on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cursor(u64);

/// Sorting space and answers of batched writes, reused from call to call.
#[derive(Debug, Default)]
pub struct Scratch {
    /// What became of each key of the last batched write, in the keys' order: [`Status`] as bytes.
    pub statuses: Vec<u8>,
    /// The last [`fold_many`](Map::fold_many)'s results, in the keys' order; 0 where there is none.
    pub numbers: Vec<i64>,
}

/// A part of a namespace, as [`range`](Map::range) gives it.
#[derive(Debug, Default)]
pub struct Page {
    /// The keys.
    pub keys: Values,
    /// Their values, in the same order.
    pub values: Values,
}

/// What one transaction wrote, so that it can be undone; reused from transaction to transaction.
#[derive(Debug, Default)]
pub struct Journal {
    records: Vec<Record>,
}

#[derive(Debug)]
struct Record {
    key: Key,
    before: Option<Stored>,
    left: Option<u64>,
    added: Option<i64>,
}

impl Journal {
    /// Memory that is in use, in bytes, so that its owner can bound it.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.records.iter().map(|r| 64 + r.key.1.len() + r.before.as_ref().map_or(0, |b| b.value.len())).sum()
    }

    /// Whether there is nothing to undo.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Forgets what was noted: the transaction counts.
    pub fn clear(&mut self) {
        self.records.clear();
    }
}

impl Map {
    /// # Errors
    /// Options that a map can't have.
    pub fn new(options: Options) -> Result<Self, OptionsError> {
        options.check()?;
        Ok(Self {
            shards: (0..options.shards).map(|_| Mutex::default()).collect(),
            spaces: Mutex::default(),
            seed: options.seed.unwrap_or([1, 2]),
            versions: 1.into(),
        })
    }

    /// The namespace of that name. The same name gives the same namespace; a later quota replaces the former.
    /// # Errors
    /// There are too many.
    pub fn namespace(&self, name: &str, quota: Quota) -> Result<Namespace, NamespaceError> {
        let mut spaces = self.spaces.lock();
        let found = spaces.iter().position(|space| space.name == name);
        let index = found.unwrap_or(spaces.len());
        if index == MAX_NAMESPACES {
            return Err(NamespaceError::TooMany { name: name.into() });
        }
        if found.is_none() {
            let evicted = Evicted::default();
            spaces.push(Space { name: name.into(), quota, entries: 0, bytes: 0, evicted, refused: 0 });
        }
        spaces[index].quota = quota;
        Ok(Namespace(u16::try_from(index).unwrap_or(0)))
    }

    /// The name that a namespace was registered with.
    #[must_use]
    pub fn namespace_name(&self, ns: Namespace) -> Option<String> {
        self.spaces.lock().get(usize::from(ns.0)).map(|space| space.name.clone())
    }

    fn hash(&self, ns: Namespace, key: &[u8]) -> u64 {
        SipHasher13::new_with_keys(self.seed[0], self.seed[1] ^ u64::from(ns.0)).hash(key)
    }

    fn index(&self, hash: u64) -> usize {
        usize::try_from(hash & (self.shards.len() as u64 - 1)).unwrap_or(0)
    }

    fn shard(&self, hash: u64) -> MutexGuard<'_, Shard> {
        self.shards[self.index(hash)].lock()
    }

    fn shard_by(&self, hash: u64, deadline: Option<Instant>) -> Result<MutexGuard<'_, Shard>, WriteError> {
        let index = self.index(hash);
        let shard = &self.shards[index];
        let start = Instant::now();
        let guard = match deadline {
            None => Some(shard.lock()),
            Some(deadline) => shard.try_lock_until(deadline),
        };
        let late =
            || WriteError::DeadlineExceeded { shard: u32::try_from(index).unwrap_or(0), waited: start.elapsed(), hash };
        let mut guard = guard.ok_or_else(late)?;
        guard.stats.acquisitions += 1;
        Ok(guard)
    }

    fn account(&self, ns: Namespace, more: u64, less: u64, entries: i64) {
        let mut spaces = self.spaces.lock();
        if let Some(space) = spaces.get_mut(usize::from(ns.0)) {
            space.bytes = space.bytes + more - less;
            space.entries = space.entries.saturating_add_signed(entries);
        }
    }

    fn put(&self, shard: &mut Shard, key: Key, value: &[u8], expiry: Expiry) -> Result<u64, WriteError> {
        let cost = |key: &Key, value: &[u8], expiry| entry_bytes(key.1.len(), value.len(), expiry != Expiry::Never);
        let needed = cost(&key, value, expiry);
        let former = shard.entries.get(&key).map_or(0, |stored| cost(&key, &stored.value, stored.expiry));
        loop {
            let Some(space) = self.spaces.lock().get(usize::from(key.0.0)).cloned() else { break };
            let (used, budget) = (space.bytes, space.quota.budget_bytes);
            if used - former + needed <= budget {
                break;
            }
            let victim = shard.entries.keys().find(|k| k.0 == key.0 && **k != key).cloned();
            match victim.filter(|_| space.quota.when_full == WhenFull::Evict) {
                Some(victim) => {
                    self.take(shard, &victim);
                    self.spaces.lock()[usize::from(key.0.0)].evicted.budget += 1;
                }
                None => {
                    self.spaces.lock()[usize::from(key.0.0)].refused += 1;
                    return Err(WriteError::Full { needed, used, budget });
                }
            }
        }
        self.account(key.0, needed, former, i64::from(former == 0));
        let version = self.versions.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        shard.entries.insert(key, Stored { value: value.to_vec(), expiry, version });
        Ok(version)
    }

    fn take(&self, shard: &mut Shard, key: &Key) -> Option<Stored> {
        let stored = shard.entries.remove(key)?;
        self.account(key.0, 0, entry_bytes(key.1.len(), stored.value.len(), stored.expiry != Expiry::Never), -1);
        Some(stored)
    }

    fn change<R>(
        &self,
        ns: Namespace,
        key: &[u8],
        call: &mut Call<'_>,
        decide: impl FnOnce(Option<&Stored>) -> Result<(R, Option<Option<(Vec<u8>, Expiry)>>, Option<i64>), WriteError>,
    ) -> Result<R, WriteError> {
        if key.len() > 65_535 {
            return Err(WriteError::TooLarge { what: "a key", found: key.len() as u64, most: 65_535 });
        }
        let mut shard = self.shard_by(self.hash(ns, key), call.deadline)?;
        let key: Key = (ns, key.to_vec());
        let there = shard.entries.get(&key).filter(|stored| stored.lives(call.now)).cloned();
        let (result, write, added) = decide(there.as_ref())?;
        let left = match write {
            None => return Ok(result),
            Some(None) => {
                self.take(&mut shard, &key);
                None
            }
            Some(Some((value, expiry))) => Some(self.put(&mut shard, key.clone(), &value, expiry)?),
        };
        if let Some(journal) = &mut call.journal {
            journal.records.push(Record { key, before: there, left, added });
        }
        Ok(result)
    }

    /// Appends the value to `into`, and answers its length.
    pub fn get(&self, ns: Namespace, key: &[u8], now: UnixMs, into: &mut Vec<u8>) -> Option<usize> {
        let shard = self.shard(self.hash(ns, key));
        let stored = shard.entries.get(&(ns, key.to_vec())).filter(|stored| stored.lives(now))?;
        into.extend_from_slice(&stored.value);
        Some(stored.value.len())
    }

    /// Whether the key is there.
    #[must_use]
    pub fn contains(&self, ns: Namespace, key: &[u8], now: UnixMs) -> bool {
        let shard = self.shard(self.hash(ns, key));
        shard.entries.get(&(ns, key.to_vec())).is_some_and(|stored| stored.lives(now))
    }

    /// The values of many keys, in their order.
    pub fn get_many(&self, ns: Namespace, keys: Flat<'_>, now: UnixMs, _: &mut Scratch, out: &mut Values) {
        out.clear();
        for key in keys {
            let found = key.and_then(|key| self.get(ns, key, now, &mut out.bytes));
            out.lengths.push(found.map_or(Flat::ABSENT, |bytes| u32::try_from(bytes).unwrap_or(0)));
        }
    }

    /// Whether many keys are there, in their order: [`Status`] as bytes.
    pub fn contains_many(&self, ns: Namespace, keys: Flat<'_>, now: UnixMs, _: &mut Scratch, out: &mut Vec<u8>) {
        out.clear();
        out.extend(keys.iter().map(|key| u8::from(key.is_some_and(|key| self.contains(ns, key, now)))));
    }

    /// Writes the value, whatever was there.
    /// # Errors
    /// [`WriteError`]; nothing was changed then.
    pub fn set(&self, ns: Namespace, key: &[u8], value: &[u8], call: &mut Call<'_>) -> Result<(), WriteError> {
        let expiry = call.expiry;
        self.change(ns, key, call, |_| Ok(((), Some(Some((value.to_vec(), expiry))), None)))
    }

    /// Writes the value where there is none, and answers whether it did.
    /// # Errors
    /// [`WriteError`]; nothing was changed then.
    pub fn insert(&self, ns: Namespace, key: &[u8], value: &[u8], call: &mut Call<'_>) -> Result<bool, WriteError> {
        self.compare_and_set(ns, key, None, value, call)
    }

    /// Writes the value where `expected` is there (`None`: nothing), and answers whether it did.
    /// # Errors
    /// [`WriteError`]; nothing was changed then.
    pub fn compare_and_set(
        &self,
        ns: Namespace,
        key: &[u8],
        expected: Option<&[u8]>,
        value: &[u8],
        call: &mut Call<'_>,
    ) -> Result<bool, WriteError> {
        let expiry = call.expiry;
        self.change(ns, key, call, |there| {
            let holds = there.map(|there| &there.value[..]) == expected;
            Ok((holds, holds.then(|| Some((value.to_vec(), expiry))), None))
        })
    }

    /// Combines the number that is there with `operand`, and answers the result. An absent key counts as the operand,
    /// and is made with the expiry; one that is there keeps its own.
    /// # Errors
    /// [`WriteError`]; nothing was changed then.
    pub fn fold(
        &self,
        ns: Namespace,
        key: &[u8],
        how: Fold,
        operand: i64,
        call: &mut Call<'_>,
    ) -> Result<i64, WriteError> {
        let expiry = call.expiry;
        self.change(ns, key, call, |there| {
            let Some(there) = there else {
                return Ok((operand, Some(Some((operand.to_le_bytes().to_vec(), expiry))), Some(operand)));
            };
            let found = there.value.len() as u64;
            let bytes = there.value[..].try_into().map_err(|_| WriteError::NotANumber { found })?;
            let former = i64::from_le_bytes(bytes);
            let number = how.apply(former, operand);
            let added = (how == Fold::Add).then(|| number.saturating_sub(former));
            Ok((number, Some(Some((number.to_le_bytes().to_vec(), there.expiry))), added))
        })
    }

    /// Puts the value behind what is there, unless it would be longer than `most_bytes` then; answers whether it did.
    /// # Errors
    /// [`WriteError`]; nothing was changed then.
    pub fn append(
        &self,
        ns: Namespace,
        key: &[u8],
        value: &[u8],
        most_bytes: u32,
        call: &mut Call<'_>,
    ) -> Result<bool, WriteError> {
        let expiry = call.expiry;
        self.change(ns, key, call, |there| {
            let mut all = there.map_or_else(Vec::new, |there| there.value.clone());
            all.extend_from_slice(value);
            let fits = all.len() <= most_bytes as usize;
            Ok((fits, fits.then_some(Some((all, there.map_or(expiry, |there| there.expiry)))), None))
        })
    }

    /// Takes the key out, appends its value to `into`, and answers its length.
    /// # Errors
    /// [`WriteError`]; nothing was changed then.
    pub fn remove(
        &self,
        ns: Namespace,
        key: &[u8],
        into: &mut Vec<u8>,
        call: &mut Call<'_>,
    ) -> Result<Option<usize>, WriteError> {
        self.change(ns, key, call, |there| {
            let Some(there) = there else { return Ok((None, None, None)) };
            into.extend_from_slice(&there.value);
            Ok((Some(there.value.len()), Some(None), None))
        })
    }

    /// [`set`](Self::set) for many keys; each gets a [`Status`] in `out`, as a byte. An absent value is not written.
    /// # Errors
    /// [`WriteError::DeadlineExceeded`]: the keys whose status is `Not` were not written.
    pub fn set_many(
        &self,
        ns: Namespace,
        keys: Flat<'_>,
        values: Flat<'_>,
        call: &mut Call<'_>,
        scratch: &mut Scratch,
    ) -> Result<(), WriteError> {
        each(keys, values, &mut scratch.statuses, |key, value| Some(self.set(ns, key, value?, call).map(|()| true)))
    }

    /// [`insert`](Self::insert) for many keys, answered as [`set_many`](Self::set_many).
    /// # Errors
    /// As [`set_many`](Self::set_many).
    pub fn insert_many(
        &self,
        ns: Namespace,
        keys: Flat<'_>,
        values: Flat<'_>,
        call: &mut Call<'_>,
        scratch: &mut Scratch,
    ) -> Result<(), WriteError> {
        each(keys, values, &mut scratch.statuses, |key, value| Some(self.insert(ns, key, value?, call)))
    }

    /// [`compare_and_set`](Self::compare_and_set) for many keys, answered as [`set_many`](Self::set_many).
    /// # Errors
    /// As [`set_many`](Self::set_many).
    pub fn compare_and_set_many(
        &self,
        ns: Namespace,
        keys: Flat<'_>,
        expected: Flat<'_>,
        values: Flat<'_>,
        call: &mut Call<'_>,
        scratch: &mut Scratch,
    ) -> Result<(), WriteError> {
        let mut expected = expected.iter();
        each(keys, values, &mut scratch.statuses, |key, value| {
            let expected = expected.next().flatten();
            Some(self.compare_and_set(ns, key, expected, value?, call))
        })
    }

    /// [`fold`](Self::fold) for many keys, each with its operand: the results in `numbers` (0 where there is none), and
    /// a [`Status`] each in `out`.
    /// # Errors
    /// As [`set_many`](Self::set_many).
    pub fn fold_many(
        &self,
        ns: Namespace,
        keys: Flat<'_>,
        how: Fold,
        operands: &[i64],
        call: &mut Call<'_>,
        scratch: &mut Scratch,
    ) -> Result<(), WriteError> {
        let mut operands = operands.iter();
        let (numbers, out) = (&mut scratch.numbers, &mut scratch.statuses);
        numbers.clear();
        each(keys, Flat::default(), out, |key, _| {
            let operand = operands.next();
            let result = operand.map(|&operand| self.fold(ns, key, how, operand, call));
            numbers.push(result.clone().and_then(Result::ok).unwrap_or(0));
            Some(result?.map(|_| true))
        })
    }

    /// [`append`](Self::append) for many keys, answered as [`set_many`](Self::set_many).
    /// # Errors
    /// As [`set_many`](Self::set_many).
    pub fn append_many(
        &self,
        ns: Namespace,
        keys: Flat<'_>,
        values: Flat<'_>,
        most_bytes: u32,
        call: &mut Call<'_>,
        scratch: &mut Scratch,
    ) -> Result<(), WriteError> {
        each(keys, values, &mut scratch.statuses, |key, value| Some(self.append(ns, key, value?, most_bytes, call)))
    }

    /// [`remove`](Self::remove) for many keys: the values that were there.
    /// # Errors
    /// [`WriteError::DeadlineExceeded`]: the keys that have no value then were not taken out.
    pub fn remove_many(
        &self,
        ns: Namespace,
        keys: Flat<'_>,
        call: &mut Call<'_>,
        _: &mut Scratch,
        out: &mut Values,
    ) -> Result<(), WriteError> {
        out.clear();
        for key in keys {
            let found = key.map_or(Ok(None), |key| self.remove(ns, key, &mut out.bytes, call))?;
            out.lengths.push(found.map_or(Flat::ABSENT, |bytes| u32::try_from(bytes).unwrap_or(0)));
        }
        Ok(())
    }

    /// Takes back what the journal noted, the newest first, and clears it. What a fold added is subtracted; other keys
    /// get their former value and expiry where they still hold what the journal's write left. Answers how many could
    /// not be put back for want of room.
    pub fn undo(&self, journal: &mut Journal, now: UnixMs) -> u64 {
        let mut lost = 0;
        for record in journal.records.drain(..).rev() {
            let mut shard = self.shard(self.hash(record.key.0, &record.key.1));
            let there = shard.entries.get(&record.key).filter(|stored| stored.lives(now)).cloned();
            if let (Some(added), Some(mut there)) = (record.added, there.clone()) {
                if let Ok(bytes) = there.value[..].try_into() {
                    there.value = i64::from_le_bytes(bytes).saturating_sub(added).to_le_bytes().to_vec();
                    let gone = record.before.is_none() && there.value == [0; 8];
                    if gone {
                        self.take(&mut shard, &record.key);
                    } else if let Some(stored) = shard.entries.get_mut(&record.key) {
                        *stored = there;
                    }
                }
            } else if there.map(|there| there.version) == record.left {
                match record.before {
                    None => drop(self.take(&mut shard, &record.key)),
                    Some(before) => match self.put(&mut shard, record.key.clone(), &before.value, before.expiry) {
                        Ok(_) => shard.entries.get_mut(&record.key).unwrap().version = before.version,
                        Err(_) => lost += 1,
                    },
                }
            }
        }
        lost
    }

    /// Entries of a namespace whose keys begin with the prefix, from the cursor on (`Cursor::default()` is the start):
    /// about `most_bytes` of keys and values, and where to go on. Weakly consistent: a key that is there all the time is
    /// seen once, one that comes or goes meanwhile may be. Both lists are cleared first.
    pub fn range(
        &self,
        ns: Namespace,
        prefix: &[u8],
        cursor: Cursor,
        now: UnixMs,
        most_bytes: usize,
        page: &mut Page,
    ) -> Option<Cursor> {
        let Page { keys, values } = page;
        keys.clear();
        values.clear();
        let start = usize::try_from(cursor.0).ok()?;
        for (index, shard) in self.shards.iter().enumerate().skip(start) {
            if keys.bytes.len() + values.bytes.len() >= most_bytes {
                return Some(Cursor(index as u64));
            }
            for ((owner, key), stored) in &shard.lock().entries {
                if *owner == ns && key.starts_with(prefix) && stored.lives(now) {
                    keys.push(Some(key));
                    values.push(Some(&stored.value));
                }
            }
        }
        None
    }

    /// Takes out all entries of a namespace.
    pub fn clear(&self, ns: Namespace) {
        for shard in &self.shards {
            let mut shard = shard.lock();
            let keys: Vec<_> = shard.entries.keys().filter(|key| key.0 == ns).cloned().collect();
            keys.iter().for_each(|key| drop(self.take(&mut shard, key)));
        }
    }

    /// Entries of a namespace, with those that are expired but not yet taken out.
    #[must_use]
    pub fn len(&self, ns: Namespace) -> u64 {
        self.spaces.lock().get(usize::from(ns.0)).map_or(0, |space| space.entries)
    }

    /// Whether a namespace has no entries.
    #[must_use]
    pub fn is_empty(&self, ns: Namespace) -> bool {
        self.len(ns) == 0
    }

    /// What a namespace's entries take, as [`entry_bytes`] counts.
    #[must_use]
    pub fn bytes(&self, ns: Namespace) -> u64 {
        self.spaces.lock().get(usize::from(ns.0)).map_or(0, |space| space.bytes)
    }

    /// Takes expired entries out of the next `most_shards` shards.
    pub fn sweep(&self, now: UnixMs, most_shards: u32) {
        for shard in self.shards.iter().take(most_shards as usize) {
            let mut shard = shard.lock();
            let dead: Vec<_> = shard.entries.iter().filter(|(_, s)| !s.lives(now)).map(|(k, _)| k.clone()).collect();
            for key in dead {
                self.take(&mut shard, &key);
                self.spaces.lock()[usize::from(key.0.0)].evicted.expired += 1;
            }
        }
    }

    /// Shows all entries of one shard, under its lock: the shard's state at one instant. To see the whole map, go on
    /// `while index < map.shards()`, asking anew each time: shards that growth adds come last, and what they hold
    /// replaces what was seen before of the same keys.
    pub fn export_shard(&self, index: u32, now: UnixMs, each: &mut dyn FnMut(Entry<'_>)) {
        let Some(shard) = self.shards.get(index as usize) else { return };
        for ((namespace, key), stored) in &shard.lock().entries {
            if stored.lives(now) {
                each(Entry { namespace: *namespace, key, value: &stored.value, expiry: stored.expiry });
            }
        }
    }

    /// All namespaces, in the order of their registration.
    #[must_use]
    pub fn namespaces(&self) -> Vec<NamespaceStats> {
        let spaces = self.spaces.lock();
        let each = spaces.iter().enumerate().map(|(index, space)| NamespaceStats {
            name: space.name.clone(),
            namespace: Namespace(u16::try_from(index).unwrap_or(0)),
            entries: space.entries,
            bytes: space.bytes,
            quota: space.quota,
            evicted: space.evicted,
            refused: space.refused,
        });
        each.collect()
    }

    /// The number of shards now.
    #[must_use]
    pub fn shards(&self) -> u32 {
        u32::try_from(self.shards.len()).unwrap_or(0)
    }

    /// All shards' figures.
    #[must_use]
    pub fn shard_stats(&self) -> Vec<ShardStats> {
        let each = self.shards.iter().map(|shard| {
            let shard = shard.lock();
            ShardStats { entries: shard.entries.len() as u64, ..shard.stats }
        });
        each.collect()
    }

    /// The last 1,024 slow operations, the oldest first.
    #[must_use]
    pub fn slow(&self) -> Vec<SlowOperation> {
        Vec::new()
    }
}

fn each(
    keys: Flat<'_>,
    values: Flat<'_>,
    out: &mut Vec<u8>,
    mut act: impl FnMut(&[u8], Option<&[u8]>) -> Option<Result<bool, WriteError>>,
) -> Result<(), WriteError> {
    out.clear();
    out.resize(keys.lengths.len(), Status::Not as u8);
    let mut values = values.iter();
    for (status, key) in out.iter_mut().zip(keys) {
        let value = values.next().flatten();
        let Some(key) = key else { continue };
        *status = match act(key, value) {
            None | Some(Ok(false)) => Status::Not as u8,
            Some(Ok(true)) => Status::Done as u8,
            Some(Err(error @ WriteError::DeadlineExceeded { .. })) => return Err(error),
            Some(Err(_)) => Status::Refused as u8,
        };
    }
    Ok(())
}
