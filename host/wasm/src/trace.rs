//! Where a component failed, as its names and DWARF say. Never with what it failed on.

use wasmtime::{FrameInfo, FrameSymbol, Trap, WasmBacktrace};

/// How many functions of the stack are named: the outermost are the contract's, the innermost the language's.
const FUNCTIONS: usize = 6;

/// The trap, or else the error, and the innermost functions in which it happened.
pub(crate) fn message(error: &wasmtime::Error, trap: Option<&Trap>) -> String {
    // The outermost text of an error with a trace is that trace, in many lines.
    let mut text = trap.map_or_else(|| error.root_cause().to_string(), |trap| reason(&trap.to_string()));
    let Some(trace) = error.downcast_ref::<WasmBacktrace>() else { return text };
    for (number, function) in trace.frames().iter().flat_map(functions).take(FUNCTIONS).enumerate() {
        text += if number == 0 { " in " } else { " < " };
        text += &function;
    }
    text
}

/// Without the prefix that all of them have.
fn reason(trap: &str) -> String {
    trap.strip_prefix("wasm trap: ").unwrap_or(trap).to_owned()
}

/// A frame's function, with file and line where the component says which, and before it those that were inlined there.
fn functions(frame: &FrameInfo) -> Vec<String> {
    let inlined = |symbol: &FrameSymbol| {
        let place = symbol.file().zip(symbol.line()).map(|(file, line)| format!(" ({file}:{line})"));
        name(symbol.name().or_else(|| frame.func_name()), frame) + &place.unwrap_or_default()
    };
    match frame.symbols() {
        [] => vec![name(frame.func_name(), frame)],
        symbols => symbols.iter().map(inlined).collect(),
    }
}

fn name(found: Option<&str>, frame: &FrameInfo) -> String {
    match found {
        Some(name) => format!("{:#}", rustc_demangle::demangle(name)),
        None => format!("function {}", frame.func_index()),
    }
}
