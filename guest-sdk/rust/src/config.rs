//! A filter's configuration: from the host's JSON to a typed value, or to all that is wrong with it.

mod error;
mod message;
mod read;
mod units;

pub use error::{ConfigError, ConfigErrors};
pub(crate) use read::build;
pub use units::{Period, Size};

#[cfg(test)]
mod tests;
