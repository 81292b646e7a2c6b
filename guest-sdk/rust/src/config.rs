//! A filter's configuration: from the host's JSON to a typed value, or to all that is wrong with it.

mod error;
mod message;
mod read;

pub use error::{ConfigError, ConfigErrors};
pub(crate) use read::build;

#[cfg(test)]
mod tests;
