//! The contract's `state`: what a filter remembers. Its writes count at once, and are undone where the call fails.

mod items;
mod parts;
mod running;
mod transaction;

pub(crate) use transaction::State;
pub use transaction::StateHandle;

use super::{Caller, Host, Phase};
use crate::contract::state::{WitAnswer, WitChange, WitItems, WitOutcome, WitPage};
use items::{One, several};
use logagent_component::Fault;
use logagent_state::{Cursor, Flat, Values};
use running::Running;

use wasmtime::Result;
use wasmtime::component::{LinkerInstance, WasmList};

type Bytes = WasmList<u8>;

pub(super) fn link(state: &mut LinkerInstance<'_, Host>) -> Result<()> {
    link_many(state)?;
    link_one(state)?;
    state.func_wrap("range", |caller, (prefix, start, most_bytes): (Bytes, u64, u32)| {
        run(caller, "state.range", |caller, it| {
            let (page, next) = it.range(prefix.as_le_slice(caller), start, most_bytes);
            Ok((WitPage { keys: page.keys.into(), values: page.values.into(), next: next.map(Cursor::to_bits) },))
        })
    })?;
    state.func_wrap("clear", |caller, ()| {
        run(caller, "state.clear", |_, it| {
            it.clear();
            Ok(())
        })
    })?;
    state.func_wrap("count", |caller, ()| run(caller, "state.count", |_, it| Ok((it.count(),))))
}

fn link_many(state: &mut LinkerInstance<'_, Host>) -> Result<()> {
    state.func_wrap("get-many", |caller, (keys,): (WitItems,)| {
        run(caller, "state.get-many", |caller, it| Ok((WitAnswer::from(it.get(several(&keys, caller)?)?),)))
    })?;
    state.func_wrap("contains-many", |caller, (keys,): (WitItems,)| {
        run(caller, "state.contains-many", |caller, it| Ok((it.contains(several(&keys, caller)?)?,)))
    })?;
    state.func_wrap("set-many", |caller, (keys, values, ttl_ms): (WitItems, WitItems, u64)| {
        run(caller, "state.set-many", |caller, it| {
            Ok((it.set(several(&keys, caller)?, several(&values, caller)?, ttl_ms)?,))
        })
    })?;
    state.func_wrap("insert-many", |caller, (keys, values, ttl_ms): (WitItems, WitItems, u64)| {
        run(caller, "state.insert-many", |caller, it| {
            Ok((it.insert(several(&keys, caller)?, several(&values, caller)?, ttl_ms)?,))
        })
    })?;
    state.func_wrap(
        "compare-and-set-many",
        |caller, (keys, expected, values, ttl_ms): (WitItems, WitItems, WitItems, u64)| {
            run(caller, "state.compare-and-set-many", |caller, it| {
                let (expected, values) = (several(&expected, caller)?, several(&values, caller)?);
                Ok((it.compare_and_set(several(&keys, caller)?, expected, values, ttl_ms)?,))
            })
        },
    )?;
    state.func_wrap(
        "fold-many",
        |caller, (keys, how, operands, ttl_ms): (WitItems, WitChange, WasmList<i64>, u64)| {
            run(caller, "state.fold-many", |caller, it| {
                Ok((it.fold(several(&keys, caller)?, how.into(), operands.as_le_slice(caller), ttl_ms)?,))
            })
        },
    )?;
    state.func_wrap("append-many", |caller, (keys, values, most_bytes, ttl_ms): (WitItems, WitItems, u32, u64)| {
        run(caller, "state.append-many", |caller, it| {
            Ok((it.append(several(&keys, caller)?, several(&values, caller)?, most_bytes, ttl_ms)?,))
        })
    })?;
    state.func_wrap("remove-many", |caller, (keys,): (WitItems,)| {
        run(caller, "state.remove-many", |caller, it| Ok((WitAnswer::from(it.remove(several(&keys, caller)?)?),)))
    })
}

fn link_one(state: &mut LinkerInstance<'_, Host>) -> Result<()> {
    state.func_wrap("get", |caller, (key,): (Bytes,)| {
        run(caller, "state.get", |caller, it| Ok((first(it.get(One::of(&key, caller).flat())?),)))
    })?;
    state.func_wrap("contains", |caller, (key,): (Bytes,)| {
        run(caller, "state.contains", |caller, it| Ok((it.contains(One::of(&key, caller).flat())? == [1],)))
    })?;
    state.func_wrap("set", |caller, (key, value, ttl_ms): (Bytes, Bytes, u64)| {
        run(caller, "state.set", |caller, it| {
            outcome(&it.set(One::of(&key, caller).flat(), One::of(&value, caller).flat(), ttl_ms)?)
        })
    })?;
    state.func_wrap("insert", |caller, (key, value, ttl_ms): (Bytes, Bytes, u64)| {
        run(caller, "state.insert", |caller, it| {
            outcome(&it.insert(One::of(&key, caller).flat(), One::of(&value, caller).flat(), ttl_ms)?)
        })
    })?;
    state.func_wrap(
        "compare-and-set",
        |caller, (key, expected, value, ttl_ms): (Bytes, Option<Bytes>, Bytes, u64)| {
            run(caller, "state.compare-and-set", |caller, it| {
                let expected = expected.map_or(One::ABSENT, |expected| One::of(&expected, caller));
                let (key, value) = (One::of(&key, caller), One::of(&value, caller));
                outcome(&it.compare_and_set(key.flat(), expected.flat(), value.flat(), ttl_ms)?)
            })
        },
    )?;
    state.func_wrap("fold", |caller, (key, how, operand, ttl_ms): (Bytes, WitChange, i64, u64)| {
        run(caller, "state.fold", |caller, it| {
            Ok((it.fold(One::of(&key, caller).flat(), how.into(), &[operand], ttl_ms)?[0],))
        })
    })?;
    state.func_wrap("append", |caller, (key, value, most_bytes, ttl_ms): (Bytes, Bytes, u32, u64)| {
        run(caller, "state.append", |caller, it| {
            outcome(&it.append(One::of(&key, caller).flat(), One::of(&value, caller).flat(), most_bytes, ttl_ms)?)
        })
    })?;
    state.func_wrap("remove", |caller, (key,): (Bytes,)| {
        run(caller, "state.remove", |caller, it| Ok((first(it.remove(One::of(&key, caller).flat())?),)))
    })
}

/// Runs one of the functions in the call's transaction. The state is taken out meanwhile: the guest's lists are read by
/// way of the caller.
fn run<T>(
    mut caller: Caller<'_>,
    function: &'static str,
    work: impl FnOnce(&Caller<'_>, &mut Running<'_>) -> Result<T>,
) -> Result<T> {
    let host = caller.data_mut();
    if !matches!(host.phase, Phase::Process | Phase::Tick) {
        return Err(Fault::Moment { function, place: "process and tick" }.into());
    }
    let mut state = std::mem::take(&mut host.state);
    let (clock, most_journal_bytes) = (host.clock, host.limits.memory);
    let running = state.running(function, clock, most_journal_bytes);
    let answer = running.and_then(|mut running| work(&caller, &mut running));
    caller.data_mut().state = state;
    answer
}

fn first(mut values: Values) -> Option<Vec<u8>> {
    (values.lengths.first() != Some(&Flat::ABSENT)).then(|| std::mem::take(&mut values.bytes))
}

fn outcome(statuses: &[u8]) -> Result<(WitOutcome,)> {
    Ok((match statuses {
        [0] => WitOutcome::NotDone,
        [1] => WitOutcome::Done,
        _ => WitOutcome::Refused,
    },))
}
