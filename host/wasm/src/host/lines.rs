//! The contract's `log`: a filter's own lines, bounded in length and in number a second.

use super::{Caller, Host};
use crate::contract::Level;
use crate::told::told;
use std::sync::Arc;
use std::time::{Duration, Instant};
use wasmtime::Result;
use wasmtime::component::{LinkerInstance, WasmStr};

pub(super) fn link(log: &mut LinkerInstance<'_, Host>) -> Result<()> {
    log.func_wrap("write", |caller, (level, line)| write(caller, level, &line))
}

/// One instance's lines.
pub(super) struct Lines {
    filter: Arc<str>,
    budget: Budget,
}

impl Lines {
    /// So many a second may be written: a filter that says more hides what others say.
    pub(super) fn new(filter: Arc<str>, most: u32) -> Self {
        Self { filter, budget: Budget::new(most) }
    }
}

/// How many lines may still be written in the running second.
struct Budget {
    most: u32,
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
    fn new(most: u32) -> Self {
        Self { most, second: None, written: 0, left_out: 0 }
    }

    fn ask(&mut self, now: Instant) -> Answer {
        let mut left_out = 0;
        if self.second.is_none_or(|second| now.duration_since(second) >= Duration::from_secs(1)) {
            left_out = self.left_out;
            *self = Self { second: Some(now), ..Self::new(self.most) };
        }
        if self.written == self.most {
            self.left_out += 1;
            return Answer::LeaveOut;
        }
        self.written += 1;
        Answer::Write { left_out }
    }
}

fn write(mut caller: Caller<'_>, level: Level, line: &WasmStr) -> Result<()> {
    let Answer::Write { left_out } = caller.data_mut().lines.budget.ask(Instant::now()) else { return Ok(()) };
    let line = told(&line.to_str(&caller)?);
    let Lines { filter, budget } = &caller.data().lines;
    let filter = &**filter;
    if left_out > 0 {
        tracing::warn!(filter, left_out, "it logs more than {} lines a second (limits.log_lines)", budget.most);
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
        let mut budget = Budget::new(3);
        let start = Instant::now();
        for _ in 0..3 {
            assert_eq!(budget.ask(start), Answer::Write { left_out: 0 });
        }
        assert_eq!(budget.ask(start + Duration::from_millis(999)), Answer::LeaveOut);
        assert_eq!(budget.ask(start + Duration::from_millis(1000)), Answer::Write { left_out: 1 });
        assert_eq!(budget.ask(start + Duration::from_millis(1001)), Answer::Write { left_out: 0 });
    }
}
