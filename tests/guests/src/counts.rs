//! Modes that count by themselves, rightly and wrongly. Counter 0 is `seen`, histogram 0 `body_bytes`.

use crate::bindings::{BatchInfo, batch, log, metrics};
use crate::modes;
use crate::state::{Configured, Processed, State};

pub(crate) fn register(state: &mut State) -> Configured {
    modes::attach(state)?;
    metrics::counter("seen");
    metrics::counter("seen");
    metrics::histogram("body_bytes", &[4.0, 16.0]);
    Ok(())
}

pub(crate) fn count(state: &mut State, info: BatchInfo) -> Processed {
    metrics::add(0, info.count.into());
    for body in state.bodies(info) {
        metrics::observe(0, body.len() as f64);
    }
    Ok(())
}

/// Counts, and then fails: nothing of it may count.
pub(crate) fn count_and_fail(state: &mut State, info: BatchInfo) -> Processed {
    count(state, info)?;
    Err("a test guest was told to fail".into())
}

pub(crate) fn unknown_counter(_: &mut State, _: BatchInfo) -> Processed {
    metrics::add(1, 1);
    Ok(())
}

pub(crate) fn no_number(_: &mut State, _: BatchInfo) -> Processed {
    metrics::observe(0, f64::NAN);
    Ok(())
}

pub(crate) fn register_late(_: &mut State, _: BatchInfo) -> Processed {
    metrics::counter("late");
    Ok(())
}

pub(crate) fn wrong_name(_: &mut State) -> Configured {
    metrics::counter("no name");
    Ok(())
}

pub(crate) fn many(_: &mut State) -> Configured {
    for number in 0..65 {
        metrics::counter(&format!("c{number}"));
    }
    Ok(())
}

/// Writes many more lines than the host takes.
pub(crate) fn flood(_: &mut State, _: BatchInfo) -> Processed {
    for number in 0..10_000 {
        log::write(log::Level::Info, &format!("line {number}"));
    }
    Ok(())
}

/// The record behind the last.
pub(crate) fn stamp_no_record(_: &mut State, info: BatchInfo) -> Processed {
    batch::stamp(&[info.count.into(), 9, 1]);
    Ok(())
}

/// An index and a severity beyond what 32 and 8 bits hold, whose lower bits would be right.
pub(crate) fn stamp_wraps(_: &mut State, _: BatchInfo) -> Processed {
    batch::stamp(&[1 << 32, 256 + 9, 1]);
    Ok(())
}

/// A severity that is none.
pub(crate) fn stamp_severity(_: &mut State, _: BatchInfo) -> Processed {
    batch::stamp(&[0, 25, 1]);
    Ok(())
}

/// The second of one output.
pub(crate) fn copy_no_output(_: &mut State, _: BatchInfo) -> Processed {
    batch::copy(&[0, 1]);
    Ok(())
}

/// The same copy twice.
pub(crate) fn copy_twice(_: &mut State, _: BatchInfo) -> Processed {
    batch::copy(&[0, 0, 0, 0]);
    Ok(())
}

/// Asks the host for something ten million times.
pub(crate) fn call_flood(_: &mut State, _: BatchInfo) -> Processed {
    for _ in 0..10_000_000 {
        drop(batch::stream_of(7));
    }
    Ok(())
}
