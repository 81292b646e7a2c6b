//! The maps. All but ours and Go's take the same hash function, foldhash's fast one, which is what hashbrown takes
//! where nothing else is said: maps are compared, not hashes. Ours takes its own, keyed one. (foldhash is seeded, but
//! doesn't claim to withstand floods.)

mod dash;
mod locked;
mod ours;
mod papaya;
mod scc;

pub(crate) use ours::Ours;

use crate::store::{Added, Mixed};

type Hasher = foldhash::fast::RandomState;

/// A map, and how to make one of each kind that is empty.
#[derive(Clone, Copy)]
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    pub(crate) store: fn() -> Box<dyn Mixed>,
    pub(crate) counters: fn() -> Box<dyn Added>,
}

macro_rules! peer {
    ($name:literal, $store:ty, $counters:ty) => {
        Peer { name: $name, store: || Box::new(<$store>::default()), counters: || Box::new(<$counters>::default()) }
    };
}

/// Ours first.
pub(crate) const PEERS: [Peer; 7] = [
    peer!("ours", ours::Ours, ours::Ours),
    peer!("dashmap", dash::Map, dash::Numbers),
    peer!("papaya", papaya::Map, papaya::Numbers),
    peer!("scc", scc::Map, scc::Numbers),
    peer!("RwLock", locked::RwMap<1>, locked::RwNumbers<1>),
    peer!("RwLock ×256", locked::RwMap<256>, locked::RwNumbers<256>),
    peer!("Mutex", locked::MutexMap, locked::MutexNumbers),
];
