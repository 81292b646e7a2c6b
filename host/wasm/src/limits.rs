//! What an instance may use.

use std::time::Duration;
use wasmtime::ResourceLimiter;

/// The limits of one instance, as configured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long one call may run.
    pub time: Duration,
    /// How much linear memory it may have, in bytes; the window does not count.
    pub memory: usize,
}

/// No filter needs more: tables hold function pointers, and a table's entry costs the host 8 bytes.
const TABLE_ENTRIES: usize = 100_000;

/// Answers wasmtime whether an instance may grow.
pub(crate) struct Limiter {
    memory_bytes: usize,
}

impl Limiter {
    pub(crate) fn new(memory_bytes: usize) -> Self {
        Self { memory_bytes }
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        Ok(desired <= self.memory_bytes)
    }

    fn table_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        Ok(desired <= TABLE_ENTRIES)
    }

    fn memories(&self) -> usize {
        // A component is several core modules, but one memory is all that the window and the lists are about.
        1
    }
}
