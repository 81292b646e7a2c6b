//! Modes that write into the window, which the contract lets them.

use crate::bindings::{BatchInfo, batch};
use crate::modes::attach;
use crate::state::{Configured, Processed, State};

/// Overwrites the whole window before there is a batch.
pub(crate) fn all_in_configure(state: &mut State) -> Configured {
    attach(state)?;
    state.window().bytes_mut(0, batch::window_bytes()).fill(b'!');
    Ok(())
}

/// Overwrites every body with exclamation marks and keeps all.
pub(crate) fn bodies(state: &mut State, info: BatchInfo) -> Processed {
    for descriptor in state.descriptors(info) {
        state.window().bytes_mut(descriptor.body_at, descriptor.body_len).fill(b'!');
    }
    Ok(())
}

/// Overwrites the first byte of the last record's body, so that one page of many is written.
pub(crate) fn one_byte(state: &mut State, info: BatchInfo) -> Processed {
    if let Some(last) = state.descriptors(info).iter().rfind(|it| it.body_len > 0) {
        state.window().bytes_mut(last.body_at, 1)[0] = b'!';
    }
    Ok(())
}

/// Copies the first record's body over the last one's, which is no shorter.
pub(crate) fn copy(state: &mut State, info: BatchInfo) -> Processed {
    if let [first, .., last] = state.descriptors(info) {
        let window = state.window();
        window.bytes_mut(last.body_at, first.body_len).copy_from_slice(window.bytes(first.body_at, first.body_len));
    }
    Ok(())
}

/// Fails where the window doesn't show what `read` says, then overwrites all of the batch: a page that the
/// host forgot to throw away is found at the next batch.
pub(crate) fn check_then_all(state: &mut State, info: BatchInfo) -> Processed {
    let copy = batch::read();
    let window = state.window();
    let fresh = |place: u32, len: u32| &copy.bytes[(place - copy.base) as usize..][..len as usize];
    if window.bytes(info.descriptors_at, info.count * 32) != fresh(info.descriptors_at, info.count * 32) {
        return Err("stale descriptors".into());
    }
    for (index, descriptor) in state.descriptors(info).iter().enumerate() {
        let (at, len) = (descriptor.body_at, descriptor.body_len);
        if window.bytes(at, len) != fresh(at, len) {
            return Err(format!("stale body of record {index}"));
        }
    }
    bodies(state, info)?;
    window.bytes_mut(info.descriptors_at, info.count * 32).fill(b'!');
    Ok(())
}
