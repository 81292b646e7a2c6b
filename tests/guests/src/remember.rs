//! Modes that use `state`, rightly and wrongly.

use std::arch::wasm32::unreachable;

use crate::bindings::memory::{self, Change, Items, Outcome};
use crate::bindings::{BatchInfo, batch};
use crate::faults;
use crate::modes;
use crate::state::{Configured, Processed, State};

const ABSENT: u32 = u32::MAX;

fn items(all: &[&[u8]]) -> Items {
    let lengths = all.iter().map(|item| u32::try_from(item.len()).expect("32-bit memory")).collect();
    Items { bytes: all.concat(), lengths }
}

/// Counts each body, and drops those that were there before, in whatever lane.
pub(crate) fn count(state: &mut State, info: BatchInfo) -> Processed {
    let bodies: Vec<&[u8]> = state.bodies(info).collect();
    let counts = memory::fold_many(&items(&bodies), Change::Add, &vec![1; bodies.len()], 0);
    let verdicts: Vec<u8> = counts.iter().map(|&count| u8::from(count > 1)).collect();
    batch::decide(&verdicts);
    Ok(())
}

/// Changes four keys in four ways. `kept` and `gone` were there before.
fn change_all(state: &mut State, info: BatchInfo) {
    drop(count(state, info));
    memory::set(b"kept", b"changed", 0);
    memory::remove(b"gone");
    memory::insert(b"new", b"1", 0);
    memory::append(b"kept", b"!", 100, 0);
}

pub(crate) fn trap(state: &mut State, info: BatchInfo) -> Processed {
    change_all(state, info);
    unreachable()
}

pub(crate) fn error(state: &mut State, info: BatchInfo) -> Processed {
    change_all(state, info);
    Err("a test guest was told to fail".into())
}

pub(crate) fn spin(state: &mut State, info: BatchInfo) -> Processed {
    change_all(state, info);
    faults::spin(state, info)
}

pub(crate) fn clear(_: &mut State, _: BatchInfo) -> Processed {
    memory::clear();
    if memory::contains(b"kept") { Ok(()) } else { Err("it is gone before the call has ended".into()) }
}

pub(crate) fn clear_and_trap(_: &mut State, _: BatchInfo) -> Processed {
    memory::clear();
    unreachable()
}

/// Each function once, with what it answers.
pub(crate) fn all_functions(_: &mut State, _: BatchInfo) -> Processed {
    check(memory::get(b"a").is_none() && !memory::contains(b"a"), "a is absent")?;
    check(memory::set(b"a", b"1", 0) == Outcome::Done, "set")?;
    check(memory::insert(b"a", b"2", 0) == Outcome::NotDone, "insert where there is one")?;
    check(memory::insert(b"b", b"2", 60_000) == Outcome::Done, "insert where there is none")?;
    check(memory::compare_and_set(b"a", None, b"x", 0) == Outcome::NotDone, "none is expected")?;
    check(memory::compare_and_set(b"a", Some(b"1"), b"3", 0) == Outcome::Done, "the right one is expected")?;
    check(memory::append(b"a", b"45", 3, 0) == Outcome::Done, "append")?;
    check(memory::append(b"a", b"6", 3, 0) == Outcome::NotDone, "append beyond the bound")?;
    check(memory::get(b"a").as_deref() == Some(b"345"), "own writes are read")?;
    check(memory::fold(b"n", Change::Add, 5, 0) == 5, "a new number")?;
    check(memory::fold(b"n", Change::Min, 3, 0) == 3 && memory::fold(b"n", Change::Max, 4, 0) == 4, "min and max")?;
    check(memory::fold(b"n", Change::Add, i64::MAX, 0) == i64::MAX, "saturates")?;
    check(memory::fold(b"a", Change::Add, 7, 0) == 7, "no number")?;
    let found = memory::get_many(&items(&[b"a", b"x", b"b"]));
    check(found.lengths == [3, ABSENT, 1] && found.bytes == b"3452", "many")?;
    check(memory::contains_many(&items(&[b"x", b"a"])) == [0, 1], "contains many")?;
    let page = memory::range(b"a", 0, 1 << 20);
    check(page.keys.bytes == b"a" && page.values.bytes == b"345" && page.next.is_none(), "a page")?;
    check(memory::count() == 3, "three keys")?;
    check(memory::remove(b"b").as_deref() == Some(b"2") && memory::remove(b"b").is_none(), "remove")?;
    let expected = Items { bytes: b"345".to_vec(), lengths: vec![3, ABSENT] };
    let swapped = memory::compare_and_set_many(&items(&[b"a", b"c"]), &expected, &items(&[b"x", b"y"]), 0);
    check(swapped == [1, 1], "compare and set many")?;
    check(memory::set_many(&items(&[b"d", b"d"]), &items(&[b"1", b"2"]), 0) == [1, 1], "set many")?;
    check(memory::insert_many(&items(&[b"d", b"e"]), &items(&[b"3", b"4"]), 0) == [0, 1], "insert many")?;
    check(memory::append_many(&items(&[b"d"]), &items(&[b"9"]), 10, 0) == [1], "append many")?;
    let removed = memory::remove_many(&items(&[b"d", b"f"]));
    check(removed.lengths == [2, ABSENT] && removed.bytes == b"29", "remove many")
}

fn check(holds: bool, what: &str) -> Processed {
    if holds { Ok(()) } else { Err(what.into()) }
}

pub(crate) fn short_items(_: &mut State, _: BatchInfo) -> Processed {
    drop(memory::get_many(&Items { bytes: b"abc".to_vec(), lengths: vec![4] }));
    Ok(())
}

pub(crate) fn uneven(_: &mut State, _: BatchInfo) -> Processed {
    drop(memory::set_many(&items(&[b"a", b"b"]), &items(&[b"1"]), 0));
    Ok(())
}

pub(crate) fn no_key(_: &mut State, _: BatchInfo) -> Processed {
    drop(memory::get_many(&Items { bytes: Vec::new(), lengths: vec![ABSENT] }));
    Ok(())
}

pub(crate) fn long_key(_: &mut State, _: BatchInfo) -> Processed {
    drop(memory::get(&[b'k'; 1025]));
    Ok(())
}

pub(crate) fn no_value(_: &mut State, _: BatchInfo) -> Processed {
    drop(memory::set_many(&items(&[b"a"]), &Items { bytes: Vec::new(), lengths: vec![ABSENT] }, 0));
    Ok(())
}

pub(crate) fn long_value(_: &mut State, _: BatchInfo) -> Processed {
    memory::set(b"a", &vec![0; (1 << 20) + 1], 0);
    Ok(())
}

/// Writes large values over and over: what undoes that would fill the host.
pub(crate) fn hoard(_: &mut State, _: BatchInfo) -> Processed {
    let value = vec![0; 1 << 20];
    loop {
        memory::set(b"a", &value, 0);
    }
}

/// Writes a million keys: more than the budget holds.
pub(crate) fn flood(_: &mut State, _: BatchInfo) -> Processed {
    for number in 0..100_u64 {
        let keys: Vec<Vec<u8>> = (0..10_000_u64).map(|key| (number * 10_000 + key).to_le_bytes().to_vec()).collect();
        let keys: Vec<&[u8]> = keys.iter().map(Vec::as_slice).collect();
        drop(memory::set_many(&items(&keys), &items(&keys), 0));
    }
    Ok(())
}

/// Asks for one large value ten thousand times in one call: 10 GB.
pub(crate) fn huge_answer(_: &mut State, _: BatchInfo) -> Processed {
    memory::set(b"a", &vec![0; 1 << 20], 0);
    drop(memory::get_many(&items(&[&b"a"[..]; 10_000])));
    Ok(())
}

pub(crate) fn early(state: &mut State) -> Configured {
    modes::attach(state)?;
    drop(memory::get(b"a"));
    Ok(())
}

pub(crate) fn tick(_: &mut State) -> Processed {
    memory::fold(b"ticks", Change::Add, 1, 0);
    Ok(())
}

/// How many keys the benchmark's modes name in a call, and of how many in all: `tests/bench` fills the map with as many.
const KEYS: usize = 1000;
const ENTRIES: u64 = 1 << 20;

/// Keys of 16 bytes, each call others, in no order (the multiplier is that of Knuth's multiplicative hash).
fn next_keys(state: &mut State) -> Items {
    let first = state.records_seen;
    state.records_seen += KEYS as u64;
    let mut bytes = Vec::with_capacity(KEYS * 16);
    for number in first..first + KEYS as u64 {
        bytes.extend_from_slice(&u128::from(number.wrapping_mul(2_654_435_761) % ENTRIES).to_le_bytes());
    }
    Items { bytes, lengths: vec![16; KEYS] }
}

pub(crate) fn bench_get(state: &mut State, _: BatchInfo) -> Processed {
    let values = memory::get_many(&next_keys(state));
    check(values.lengths.iter().all(|&length| length == 8), "a key that is not there")
}

pub(crate) fn bench_add(state: &mut State, _: BatchInfo) -> Processed {
    let numbers = memory::fold_many(&next_keys(state), Change::Add, &[1; KEYS], 0);
    check(numbers.iter().all(|&number| number > 0), "a number that was not added to")
}
