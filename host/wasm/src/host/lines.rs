//! The contract's `log`: a filter's own lines, bounded in length and in number a second.

use super::{Caller, Host};
use crate::contract::Level;
use std::sync::Arc;
use std::time::{Duration, Instant};
use wasmtime::Result;
use wasmtime::component::{LinkerInstance, WasmStr};

/// What is kept of a line, in bytes.
const LINE_BYTES: usize = 4096;

/// A filter that says more in a second hides what others say.
const LINES_A_SECOND: u32 = 100;

pub(super) fn link(log: &mut LinkerInstance<'_, Host>) -> Result<()> {
    log.func_wrap("write", |caller, (level, line)| write(caller, level, &line))
}

/// One instance's lines.
pub(super) struct Lines {
    filter: Arc<str>,
    budget: Budget,
}

impl Lines {
    pub(super) fn new(filter: Arc<str>) -> Self {
        Self { filter, budget: Budget::default() }
    }
}

/// How many lines may still be written in the running second.
#[derive(Default)]
struct Budget {
    second: Option<Instant>,
    written: u32,
    left_out: u64,
}

/// What becomes of a line.
#[derive(Debug, PartialEq, Eq)]
enum Answer {
    /// It is written, and before it, how many of the second before were not.
    Write {
        left_out: u64,
    },
    LeaveOut,
}

impl Budget {
    fn ask(&mut self, now: Instant) -> Answer {
        let mut left_out = 0;
        if self.second.is_none_or(|second| now.duration_since(second) >= Duration::from_secs(1)) {
            left_out = self.left_out;
            *self = Self { second: Some(now), ..Self::default() };
        }
        if self.written == LINES_A_SECOND {
            self.left_out += 1;
            return Answer::LeaveOut;
        }
        self.written += 1;
        Answer::Write { left_out }
    }
}

fn write(mut caller: Caller<'_>, level: Level, line: &WasmStr) -> Result<()> {
    let Answer::Write { left_out } = caller.data_mut().lines.budget.ask(Instant::now()) else { return Ok(()) };
    let line = line.to_str(&caller)?;
    let line = &line[..line.floor_char_boundary(LINE_BYTES)];
    let filter = &*caller.data().lines.filter;
    if left_out > 0 {
        tracing::warn!(filter, left_out, "it logs more than {LINES_A_SECOND} lines a second");
    }
    match level {
        Level::Error => tracing::error!(filter, "{line}"),
        Level::Warn => tracing::warn!(filter, "{line}"),
        Level::Info => tracing::info!(filter, "{line}"),
        Level::Debug => tracing::debug!(filter, "{line}"),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seconds_lines_are_bounded_and_what_is_left_out_is_told() {
        let mut budget = Budget::default();
        let start = Instant::now();
        for _ in 0..LINES_A_SECOND {
            assert_eq!(budget.ask(start), Answer::Write { left_out: 0 });
        }
        assert_eq!(budget.ask(start + Duration::from_millis(999)), Answer::LeaveOut);
        assert_eq!(budget.ask(start + Duration::from_millis(1000)), Answer::Write { left_out: 1 });
        assert_eq!(budget.ask(start + Duration::from_millis(1001)), Answer::Write { left_out: 0 });
    }
}
