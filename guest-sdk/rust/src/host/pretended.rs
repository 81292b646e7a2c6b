//! A host for native tests: one stream, and log lines that are captured while a harness runs the filter.

use std::cell::RefCell;

use crate::Stream;
use crate::log::Level;

thread_local! {
    static LINES: RefCell<Option<Vec<(Level, String)>>> = const { RefCell::new(None) };
}

/// Runs `work` and answers the lines that it wrote, too.
pub(crate) fn capture<T>(work: impl FnOnce() -> T) -> (T, Vec<(Level, String)>) {
    LINES.set(Some(Vec::new()));
    let answer = work();
    (answer, LINES.take().unwrap_or_default())
}

pub(crate) fn stream_of(index: u16) -> Option<Stream> {
    (index == 0).then(|| Stream { source: "test".into(), attributes: Vec::new() })
}

pub(crate) fn write(level: Level, line: &str) {
    LINES.with_borrow_mut(|lines| match lines {
        Some(lines) => lines.push((level, line.to_owned())),
        None => eprintln!("{level:?}: {line}"),
    });
}
