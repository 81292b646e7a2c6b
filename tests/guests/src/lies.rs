//! Modes that tell the host what isn't so.

use crate::bindings::batch::Fresh;
use crate::bindings::{BatchInfo, ConfigProblem, assets, batch};
use crate::flat::{self, Part, Replacement};
use crate::modes;
use crate::state::{Configured, Processed, State};
use crate::window::Window;

fn body_edit(index: u32, at: u32, length: u32, patch_length: u32) -> Replacement {
    Replacement { index, part: Part::Body, at, length, patch_length }
}

/// One verdict too many.
pub(crate) fn wrong_count(_: &mut State, info: BatchInfo) -> Processed {
    batch::decide(&vec![0; info.count as usize + 1]);
    Ok(())
}

/// The third of two reasons.
pub(crate) fn unknown_reason(_: &mut State, info: BatchInfo) -> Processed {
    batch::decide(&vec![3; info.count as usize]);
    Ok(())
}

/// The second of one output.
pub(crate) fn unknown_output(_: &mut State, info: BatchInfo) -> Processed {
    batch::decide(&vec![129; info.count as usize]);
    Ok(())
}

/// One byte behind the body.
pub(crate) fn edit_outside(state: &mut State, info: BatchInfo) -> Processed {
    let len = state.descriptors(info)[0].body_len;
    flat::edit(&[body_edit(0, len, 1, 1)], b"x");
    Ok(())
}

/// The record behind the last.
pub(crate) fn edit_no_record(_: &mut State, info: BatchInfo) -> Processed {
    flat::edit(&[body_edit(info.count, 0, 0, 1)], b"x");
    Ok(())
}

/// Two edits that share a byte; wants a body of three bytes.
pub(crate) fn edit_overlap(_: &mut State, _: BatchInfo) -> Processed {
    flat::edit(&[body_edit(0, 0, 2, 1), body_edit(0, 1, 2, 1)], b"xy");
    Ok(())
}

/// The second record before the first, in two calls.
pub(crate) fn edit_backwards(_: &mut State, _: BatchInfo) -> Processed {
    flat::edit(&[body_edit(1, 0, 0, 1)], b"x");
    flat::edit(&[body_edit(0, 0, 0, 1)], b"x");
    Ok(())
}

/// Three bytes promised, two given.
pub(crate) fn edit_patch_short(_: &mut State, _: BatchInfo) -> Processed {
    flat::edit(&[body_edit(0, 0, 0, 3)], b"xy");
    Ok(())
}

/// One byte promised, two given.
pub(crate) fn edit_patch_long(_: &mut State, _: BatchInfo) -> Processed {
    flat::edit(&[body_edit(0, 0, 0, 1)], b"xy");
    Ok(())
}

/// A list that ends within an edit.
pub(crate) fn edit_ragged(_: &mut State, _: BatchInfo) -> Processed {
    batch::edit(&[0, 0, 0, 0], b"");
    Ok(())
}

/// The third of two parts.
pub(crate) fn edit_no_part(_: &mut State, _: BatchInfo) -> Processed {
    batch::edit(&[0, 2, 0, 0, 0], b"");
    Ok(())
}

/// Nine bytes promised, two given.
pub(crate) fn emit_short(_: &mut State, _: BatchInfo) -> Processed {
    emit(9)
}

/// One byte promised, two given.
pub(crate) fn emit_long(_: &mut State, _: BatchInfo) -> Processed {
    emit(1)
}

/// A hundred records of twenty bytes, all right.
pub(crate) fn emit_many(_: &mut State, _: BatchInfo) -> Processed {
    for _ in 0..100 {
        let record = Fresh { body_length: 20, attributes_length: 0, time_unix_nano: 0, severity: 0 };
        batch::emit(&[record], &[b'x'; 20]);
    }
    Ok(())
}

fn emit(body_length: u32) -> Processed {
    batch::emit(&[Fresh { body_length, attributes_length: 0, time_unix_nano: 0, severity: 0 }], b"xy");
    Ok(())
}

/// A second window, in the middle of a batch.
pub(crate) fn attach_again(state: &mut State, _: BatchInfo) -> Processed {
    batch::attach(state.window().region(0, 0));
    Ok(())
}

/// A verdict outside of any batch.
pub(crate) fn tick_decides(_: &mut State) -> Processed {
    batch::decide(&[]);
    Ok(())
}

/// A region that begins in the middle of a page.
pub(crate) fn attach_misaligned(_: &mut State) -> Configured {
    batch::attach(Window::grow().region(8, 0));
    Ok(())
}

/// A region that lacks its last 64 KiB.
pub(crate) fn attach_short(_: &mut State) -> Configured {
    batch::attach(Window::grow().region(0, 65_536));
    Ok(())
}

/// The same region twice.
pub(crate) fn attach_twice(state: &mut State) -> Configured {
    modes::attach(state)?;
    batch::attach(state.window().region(0, 0));
    Ok(())
}

/// A verdict before the first batch.
pub(crate) fn decide_in_configure(_: &mut State) -> Configured {
    batch::decide(&[0]);
    Ok(())
}

/// A read before the first batch.
pub(crate) fn read_in_configure(_: &mut State) -> Configured {
    drop(batch::read());
    Ok(())
}

/// A file that nobody has named.
pub(crate) fn read_other_asset(state: &mut State) -> Configured {
    modes::attach(state)?;
    let found = assets::read("/etc/passwd").expect_err("it is not for this guest");
    Err(vec![ConfigProblem { key: "table".into(), found, allowed: "another".into() }])
}

/// A file when batches are there already.
pub(crate) fn read_asset_late(_: &mut State, _: BatchInfo) -> Processed {
    drop(assets::read("table.csv"));
    Ok(())
}
