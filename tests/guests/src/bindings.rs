//! What wit-bindgen makes of wit/. Nothing is written by hand here.

#![allow(missing_docs, clippy::all, clippy::undocumented_unsafe_blocks, clippy::cast_possible_truncation)]

wit_bindgen::generate!({ path: "../../wit", world: "filter", pub_export_macro: true });

pub use logagent::filter::{assets, batch, fields, log, metrics, scan, state as memory};
