//! What the process does that compiles.

use crate::program::MAX_COMPONENT_BYTES;
use crate::runtime::config;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::io::{Read, Write};
use wasmtime::Engine;

/// How much processor time compiling may take, in seconds, on all cores together. The largest components of languages
/// that bring a runtime along were seen to take 8 by the clock.
pub(super) const MOST_SECONDS: u64 = 60;

/// How much memory it may take for any component, in bytes: threads' stacks and heaps count as a whole, for each core.
const BASE_BYTES: usize = 1 << 30;

/// How much more for each byte of a component. A filter of 1.3 MB was compiled within 80 MiB.
const BYTES_A_BYTE: usize = 64;

/// Why there is no code.
#[derive(Debug, thiserror::Error)]
pub enum CompileError {
    /// Standard input or output.
    #[error("the pipe to the agent")]
    Pipe(#[from] std::io::Error),
    /// The kernel refuses to bound this process.
    #[error("the limits of the compiler's process")]
    Limits(#[from] rustix::io::Errno),
    /// The bytes are no component.
    #[error(transparent)]
    Component(#[from] wasmtime::Error),
}

/// Compiles the component that `input` holds to its end, and writes the code to `output`. Bounds this process' memory and
/// time for good, so that it is of no use for anything else.
///
/// # Errors
/// [`CompileError`]. A component that takes too much ends the process.
pub fn compile(input: impl Read, mut output: impl Write) -> Result<(), CompileError> {
    let mut component = Vec::new();
    input.take(MAX_COMPONENT_BYTES as u64).read_to_end(&mut component)?;
    let most_bytes = most_bytes(component.len()) as u64;
    bound(Resource::Data, most_bytes, most_bytes)?;
    // At the lower one comes the signal that says so, at the upper one SIGKILL.
    bound(Resource::Cpu, MOST_SECONDS, MOST_SECONDS + 1)?;
    bound(Resource::Core, 0, 0)?;
    // Where memory ends, this process is to end before the agent; where it can't be said, that is for the kernel to see.
    drop(std::fs::write("/proc/self/oom_score_adj", "1000"));
    let code = Engine::new(&config())?.precompile_component(&component)?;
    Ok(output.write_all(&code)?)
}

/// Where the agent itself may have less, that holds, in the same distance.
fn bound(what: Resource, soft: u64, hard: u64) -> rustix::io::Result<()> {
    let maximum = getrlimit(what).maximum.map_or(hard, |inherited| inherited.min(hard));
    setrlimit(what, Rlimit { current: Some(maximum.saturating_sub(hard - soft)), maximum: Some(maximum) })
}

pub(super) fn most_bytes(component_bytes: usize) -> usize {
    BASE_BYTES + BYTES_A_BYTE * component_bytes
}
