//! Makes a component of a core module that was built with wit-bindgen for wasm32-unknown-unknown.
//!
//! Not for modules that need an adapter (WASI): a filter has nothing to adapt to. Not a build system either:
//! cargo builds the core module, this wraps it.

mod encode;
mod run;
mod write;

pub use encode::{EncodeError, encode};
pub use run::{Failure, Usage, run};
pub use write::write_atomically;
