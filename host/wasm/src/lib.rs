//! Filters as WebAssembly components: loading, the window, the calls, the limits. The only crate that knows
//! wasmtime. Knows nothing of pipelines: it gives the lane [`Filter`](logagent_component::Filter)s, which answer
//! with decisions; carrying them out is the lane's business.

mod cache;
mod compiler;
mod contract;
mod filter;
mod host;
mod instance;
mod limits;
mod program;
mod runtime;
mod told;
mod trace;
mod window;

pub use compiler::{CompileError, compile};
pub use contract::{ConfigProblem, PACKAGE};
pub use filter::WasmFilter;
pub use host::{Access, Asset, StateHandle};
pub use instance::StartError;
pub use limits::Limits;
pub use program::{LoadError, Program};
pub use runtime::{Runtime, RuntimeError};
