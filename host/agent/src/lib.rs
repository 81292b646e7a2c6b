//! What both binaries share: the wiring of configuration, components and pipeline into a running agent. The only
//! place that knows all crates.

pub mod cli;
mod command;
mod compiler;
mod control;
pub mod exit;
pub mod log;
mod progress;
mod reload;
mod replay;
mod report;
pub mod run;
pub mod speech;
mod state_keeper;
pub mod validate;
mod wiring;

pub use command::obey;
