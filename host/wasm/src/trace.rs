//! Where a component failed, as its names and DWARF say. Never with what it failed on.

use std::fmt::Write;
use wasmtime::{FrameInfo, Trap, WasmBacktrace};

/// How many functions of the stack are named: the outermost are the contract's, the innermost the language's.
const FRAMES: usize = 6;

/// The trap, or else the error, and the innermost functions in which it happened.
pub(crate) fn message(error: &wasmtime::Error, trap: Option<&Trap>) -> String {
    // The outermost text of an error with a trace is that trace, in many lines.
    let mut text = trap.map_or_else(|| error.root_cause().to_string(), |trap| reason(&trap.to_string()));
    let Some(trace) = error.downcast_ref::<WasmBacktrace>() else { return text };
    for (number, frame) in trace.frames().iter().take(FRAMES).enumerate() {
        text += if number == 0 { " in " } else { " < " };
        push(&mut text, frame);
    }
    text
}

/// Without the prefix that all of them have.
fn reason(trap: &str) -> String {
    trap.strip_prefix("wasm trap: ").unwrap_or(trap).to_owned()
}

/// A function, with file and line where the component says which.
fn push(text: &mut String, frame: &FrameInfo) {
    let symbols = frame.symbols();
    let name = symbols.first().and_then(|symbol| symbol.name()).or_else(|| frame.func_name());
    match name {
        Some(name) => *text += name,
        None => drop(write!(text, "function {}", frame.func_index())),
    }
    if let Some(symbol) = symbols.first()
        && let (Some(file), Some(line)) = (symbol.file(), symbol.line())
    {
        let _ = write!(text, " ({file}:{line})");
    }
}
