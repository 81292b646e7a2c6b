//! The host's functions as the contract has them, in the SDK's own types.

use crate::Stream;
use crate::bindings::{batch, log};
use crate::log::Level;

pub(crate) fn stream_of(index: u16) -> Option<Stream> {
    batch::stream_of(index).map(|stream| Stream { source: stream.source, attributes: stream.attributes })
}

pub(crate) fn write(level: Level, line: &str) {
    let level = match level {
        Level::Error => log::Level::Error,
        Level::Warn => log::Level::Warn,
        Level::Info => log::Level::Info,
        Level::Debug => log::Level::Debug,
    };
    log::write(level, line);
}
