//! A guest's byte strings, checked before the map sees them.

use super::Caller;
use crate::contract::state::WitItems;
use logagent_component::Fault;
use logagent_state::Flat;
use wasmtime::component::WasmList;

/// Byte strings of one list; their lengths make up its bytes.
pub(super) fn several<'a>(items: &WitItems, caller: &'a Caller<'_>) -> Result<Flat<'a>, Fault> {
    let (bytes, lengths) = (items.bytes.as_le_slice(caller), items.lengths.as_le_slice(caller));
    let expected = lengths.iter().filter(|&&length| length != Flat::ABSENT).map(|&length| u64::from(length)).sum();
    if bytes.len() as u64 == expected {
        Ok(Flat { bytes, lengths })
    } else {
        Err(Fault::ItemsLength { found: bytes.len(), expected })
    }
}

/// One byte string as a list of it.
pub(super) struct One<'a> {
    bytes: &'a [u8],
    length: u32,
}

impl<'a> One<'a> {
    pub(super) const ABSENT: Self = Self { bytes: &[], length: Flat::ABSENT };

    pub(super) fn of(bytes: &WasmList<u8>, caller: &'a Caller<'_>) -> Self {
        let bytes = bytes.as_le_slice(caller);
        Self { bytes, length: u32::try_from(bytes.len()).expect("a guest has 32-bit memory") }
    }

    pub(super) fn flat(&self) -> Flat<'_> {
        Flat { bytes: self.bytes, lengths: std::slice::from_ref(&self.length) }
    }
}
