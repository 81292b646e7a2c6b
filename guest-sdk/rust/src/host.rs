//! What the host does for a filter: for real inside of a component, pretended natively.

#[cfg(target_arch = "wasm32")]
mod real;
#[cfg(target_arch = "wasm32")]
pub(crate) use real::{Counter, Histogram, Paths, Set, read_asset, state, stream_of, write};

#[cfg(not(target_arch = "wasm32"))]
mod pretended;
#[cfg(not(target_arch = "wasm32"))]
pub(crate) use pretended::{Captured, Counter, Histogram, Paths, Set, capture, read_asset, state, stream_of, write};
