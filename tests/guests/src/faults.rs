//! Modes that fail: at once, at one record, or by never coming to an end.

use std::arch::wasm32::unreachable;
use std::hint::black_box;
use std::ptr::with_exposed_provenance_mut;

use crate::bindings::{BatchInfo, ConfigProblem, batch};
use crate::state::{Configured, Processed, State};

/// What a record begins with that only the `poison` modes can't bear.
const POISON: &[u8] = b"POISON";

pub(crate) fn trap(_: &mut State, _: BatchInfo) -> Processed {
    unreachable()
}

/// Writes where there is no memory.
pub(crate) fn store_outside(_: &mut State, _: BatchInfo) -> Processed {
    // SAFETY: not sound, which is the point: WebAssembly makes a trap of it.
    unsafe { with_exposed_provenance_mut::<u8>(usize::MAX).write_volatile(1) };
    Ok(())
}

pub(crate) fn panic(_: &mut State, _: BatchInfo) -> Processed {
    panic!("a test guest was told to panic")
}

pub(crate) fn error(_: &mut State, _: BatchInfo) -> Processed {
    Err("a test guest was told to fail".into())
}

/// Drops every record first: nothing of that may count.
pub(crate) fn error_late(_: &mut State, info: BatchInfo) -> Processed {
    batch::decide(&vec![1; info.count as usize]);
    Err("a test guest was told to fail late".into())
}

fn is_poisoned(state: &State, info: BatchInfo) -> bool {
    state.bodies(info).any(|body| body.starts_with(POISON))
}

pub(crate) fn poison_trap(state: &mut State, info: BatchInfo) -> Processed {
    if is_poisoned(state, info) { unreachable() } else { Ok(()) }
}

pub(crate) fn poison_error(state: &mut State, info: BatchInfo) -> Processed {
    if is_poisoned(state, info) { Err("poison".into()) } else { Ok(()) }
}

pub(crate) fn poison_spin(state: &mut State, info: BatchInfo) -> Processed {
    if is_poisoned(state, info) { spin_forever() } else { Ok(()) }
}

pub(crate) fn spin(_: &mut State, _: BatchInfo) -> Processed {
    spin_forever()
}

fn spin_forever() -> ! {
    let mut turns = 0_u64;
    loop {
        turns = black_box(turns.wrapping_add(1));
    }
}

/// Takes some milliseconds for a batch.
pub(crate) fn spin_a_while(_: &mut State, _: BatchInfo) -> Processed {
    for turn in 0..100_000_000_u64 {
        black_box(turn);
    }
    Ok(())
}

/// Takes memory until there is none, and then fails as an allocator does: it traps.
pub(crate) fn grow(state: &mut State, info: BatchInfo) -> Processed {
    loop {
        leak(state, info)?;
    }
}

/// Takes a MiB a batch and never gives it back.
pub(crate) fn leak(state: &mut State, _: BatchInfo) -> Processed {
    state.hoard.push(vec![1; 1 << 20]);
    Ok(())
}

/// Goes deeper until the stack ends.
pub(crate) fn recurse(_: &mut State, info: BatchInfo) -> Processed {
    if deeper(u64::from(info.count)) == 0 { Err("the stack has no end".into()) } else { Ok(()) }
}

#[expect(unconditional_recursion, reason = "the stack's end is what the test is about")]
fn deeper(depth: u64) -> u64 {
    let below = [black_box(depth); 64];
    deeper(below[63].wrapping_add(1)).wrapping_add(black_box(below[0]))
}

pub(crate) fn tick_error(_: &mut State) -> Processed {
    Err("a test guest was told to fail on tick".into())
}

pub(crate) fn tick_trap(_: &mut State) -> Processed {
    unreachable()
}

/// Refuses its configuration for two reasons.
pub(crate) fn refuse(_: &mut State) -> Configured {
    let problem = |key: &str, found: &str, allowed: &str| ConfigProblem {
        key: key.into(),
        found: found.into(),
        allowed: allowed.into(),
    };
    Err(vec![problem("mode", "the text \"refuse\"", "another mode"), problem("level[2]", "the number 5", "a text")])
}

pub(crate) fn configure_trap(_: &mut State) -> Configured {
    unreachable()
}

pub(crate) fn configure_spin(_: &mut State) -> Configured {
    spin_forever()
}
