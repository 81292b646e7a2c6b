//! The filter's own log lines. They go to the agent's log with the filter's name; natively to the harness,
//! or to stderr.
//!
//! ```
//! logagent_sdk::info!("{} rules read", 3);
//! ```

use crate::host;

/// How much a line matters.
///
/// ```
/// logagent_sdk::log::write(logagent_sdk::log::Level::Debug, "seen");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Something failed.
    Error,
    /// Something is odd.
    Warn,
    /// Something worth knowing.
    Info,
    /// Something for whoever looks into this filter.
    Debug,
}

/// Writes one line; the host keeps its first 4,096 bytes.
///
/// ```
/// use logagent_sdk::{log, testing::once};
/// let outcome = once(["a"], |_, _| log::write(log::Level::Warn, "odd"));
/// assert_eq!(outcome.logged, [(log::Level::Warn, "odd".to_owned())]);
/// ```
pub fn write(level: Level, line: &str) {
    host::write(level, line);
}

/// Logs that something failed; takes what `format!` takes.
///
/// ```
/// logagent_sdk::error!("no table {}", "users");
/// ```
#[macro_export]
macro_rules! error {
    ($($part:tt)+) => { $crate::log::write($crate::log::Level::Error, &::std::format!($($part)+)) };
}

/// Logs that something is odd; takes what `format!` takes.
///
/// ```
/// logagent_sdk::warn!("table {} is empty", "users");
/// ```
#[macro_export]
macro_rules! warn {
    ($($part:tt)+) => { $crate::log::write($crate::log::Level::Warn, &::std::format!($($part)+)) };
}

/// Logs something worth knowing; takes what `format!` takes.
///
/// ```
/// logagent_sdk::info!("{} rules read", 3);
/// ```
#[macro_export]
macro_rules! info {
    ($($part:tt)+) => { $crate::log::write($crate::log::Level::Info, &::std::format!($($part)+)) };
}

/// Logs something for whoever looks into the filter; takes what `format!` takes.
///
/// ```
/// logagent_sdk::debug!("a batch of {}", 512);
/// ```
#[macro_export]
macro_rules! debug {
    ($($part:tt)+) => { $crate::log::write($crate::log::Level::Debug, &::std::format!($($part)+)) };
}
