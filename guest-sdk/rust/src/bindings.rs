//! What wit-bindgen makes of wit/. Nothing is written by hand here.

#![allow(
    missing_docs,
    unused_macros,
    unused_imports,
    dead_code,
    clippy::all,
    clippy::undocumented_unsafe_blocks,
    clippy::cast_possible_truncation
)]

wit_bindgen::generate!({
    path: "../../wit",
    world: "filter",
    pub_export_macro: true,
    export_macro_name: "export_filter",
    default_bindings_module: "logagent_sdk::__private::bindings",
});

pub use logagent::filter::{assets, batch, fields, log, metrics, scan, state};
