//! Modes that edit, as the contract says.

use crate::bindings::BatchInfo;
use crate::flat::{self, Part, Replacement};
use crate::state::{Processed, State};

/// Each `card` becomes `[x]`: shorter.
pub(crate) fn card(state: &mut State, info: BatchInfo) -> Processed {
    replace_all(state, info, b"card", b"[x]");
    Ok(())
}

/// Each `secret` becomes six asterisks: as long as it was.
pub(crate) fn secret(state: &mut State, info: BatchInfo) -> Processed {
    replace_all(state, info, b"secret", b"******");
    Ok(())
}

/// Inserts `!` before each body, and gives each record that has no attributes `{"n": 1}`.
pub(crate) fn attributes(state: &mut State, info: BatchInfo) -> Processed {
    let mut patch = Vec::new();
    let mut edits = Vec::new();
    for (index, descriptor) in (0..).zip(state.descriptors(info)) {
        edits.push(Replacement { index, part: Part::Body, at: 0, length: 0, patch_length: 1 });
        patch.push(b'!');
        if descriptor.attrs_len == 0 {
            edits.push(Replacement { index, part: Part::Attributes, at: 0, length: 0, patch_length: 4 });
            patch.extend(b"\x81\xa1n\x01");
        }
    }
    flat::edit(&edits, &patch);
    Ok(())
}

fn replace_all(state: &State, info: BatchInfo, word: &[u8], with: &[u8]) {
    let length = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    let mut edits = Vec::new();
    for (index, body) in (0..).zip(state.bodies(info)) {
        let mut from = 0;
        while let Some(hit) = find(&body[from..], word) {
            let at = length(&body[..from + hit]);
            edits.push(Replacement { index, part: Part::Body, at, length: length(word), patch_length: length(with) });
            from += hit + word.len();
        }
    }
    flat::edit(&edits, &with.repeat(edits.len()));
}

fn find(body: &[u8], word: &[u8]) -> Option<usize> {
    body.windows(word.len()).position(|bytes| bytes == word)
}
