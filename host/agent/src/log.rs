//! The agent's own log: stderr, for people on a terminal, JSON lines otherwise.

use std::io::IsTerminal;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt;

/// Starts it, once.
pub fn start() {
    // What can't be written is let go of: telling so would go the same way, and panic.
    let log = fmt().with_writer(std::io::stderr).with_max_level(LevelFilter::INFO).log_internal_errors(false);
    if std::io::stderr().is_terminal() {
        log.with_target(false).init();
    } else {
        log.json().flatten_event(true).init();
    }
}
