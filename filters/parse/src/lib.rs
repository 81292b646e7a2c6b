//! The standard filter `parse`: reads bodies of a known form, and says of each record what its body said: attributes,
//! time and severity, perhaps a shorter body. It drops nothing unless told to, and keeps nothing between batches.

mod config;
mod format;
mod frame;

mod names;
mod parsed;
mod roles;

mod cri;
mod json;
mod logfmt;
mod nginx;
mod pattern;
mod syslog;

mod level;
mod time;

mod attributes;
mod block;
mod escape;
mod key;
mod look;
mod marks;
mod number;
mod out;
mod pack;
mod pen;
mod unique;

use logagent_sdk::{Batch, ConfigErrors, Decisions, Failure, Filter};

use format::Format;
use frame::Frame;

pub use config::{Config, OnFailure, SeverityConfig, TimeConfig};
pub use format::FormatName;
pub use time::TimeFormat;

/// The filter.
#[derive(Debug)]
pub struct ParseFilter {
    format: Format,
    frame: Frame,
}

impl Filter for ParseFilter {
    type Config = Config;
    const NAME: &'static str = "parse";
    const REASONS: &'static [&'static str] = &["malformed"];

    fn configure(config: Config) -> Result<Self, ConfigErrors> {
        config.build()
    }

    fn process(&mut self, batch: &Batch<'_>, decisions: &mut Decisions) -> Result<(), Failure> {
        self.format.run(batch, &mut self.frame, decisions);
        Ok(())
    }
}

logagent_sdk::export!(ParseFilter);
