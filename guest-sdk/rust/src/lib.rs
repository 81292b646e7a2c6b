//! Write a filter for LogAgent in a page of Rust, and test it with `cargo test`, without WebAssembly.
//!
//! ```
//! use logagent_sdk::{Batch, ConfigErrors, Decisions, Failure, Filter, Reason};
//!
//! #[derive(serde::Deserialize)]
//! #[serde(deny_unknown_fields)]
//! struct Config {
//!     word: String,
//! }
//!
//! struct Quiet(Config);
//!
//! impl Filter for Quiet {
//!     type Config = Config;
//!     const NAME: &'static str = "quiet";
//!     const REASONS: &'static [&'static str] = &["word"];
//!
//!     fn configure(config: Config) -> Result<Self, ConfigErrors> {
//!         Ok(Self(config))
//!     }
//!
//!     fn process(&mut self, batch: &Batch<'_>, decisions: &mut Decisions) -> Result<(), Failure> {
//!         const WORD: Reason = Reason::named(Quiet::REASONS, "word");
//!         for record in batch.records() {
//!             if record.body().starts_with(self.0.word.as_bytes()) {
//!                 decisions.drop(record.index(), WORD);
//!             }
//!         }
//!         Ok(())
//!     }
//! }
//!
//! logagent_sdk::export!(Quiet);
//!
//! let mut harness = logagent_sdk::testing::Harness::<Quiet>::new(serde_json::json!({"word": "DEBUG"})).unwrap();
//! let outcome = harness.process(["DEBUG nothing", "WARN something"]).unwrap();
//! assert_eq!(outcome.kept(), ["WARN something"]);
//! ```
//!
//! Built as a `cdylib` for wasm32-unknown-unknown and wrapped by `logagent-componentize`, it is a component.
//! This crate knows one contract, wit/, and nothing of the host; it opens no files and reads no clock.

mod filter;

mod batch;
mod record;
mod run;
mod value;

mod attributes;
mod copies;
mod decisions;
mod edits;
mod emits;
pub mod severity;
mod share;
mod stamps;
mod vocabulary;

pub mod assets;
pub mod fields;
pub mod scan;
pub mod state;

mod config;
pub mod log;
pub mod metrics;
mod stream;

#[doc(hidden)]
pub mod bindings;
mod export;
mod host;
#[cfg(target_arch = "wasm32")]
mod runtime;
#[cfg(not(target_arch = "wasm32"))]
pub mod testing;
#[cfg(target_arch = "wasm32")]
mod window;

pub use attributes::Attributes;
pub use batch::{Batch, Records};
pub use config::{ConfigError, ConfigErrors, Period, Size};
pub use decisions::Decisions;
pub use edits::Part;
pub use emits::{Emits, Fresh};
pub use filter::{Failure, Filter};
pub use record::Record;
pub use run::{Cursor, Run, Span};
pub use share::{Share, Spread};
pub use stream::Stream;
pub use value::{Entries, Value};
pub use vocabulary::{Output, Reason};

/// What `export!` expands to. No part of the interface: it changes without notice.
#[cfg(target_arch = "wasm32")]
#[doc(hidden)]
pub mod __private {
    pub use crate::bindings;
    pub use crate::runtime::{Running, configure, process, tick};
}
