//! What was being done when the system refused. Not for deciding what then follows.

use logagent_component::SinkError;
use std::io::Error;

/// Says what was being done to which target.
pub(crate) fn failed(target: &str, action: &'static str) -> impl FnOnce(Error) -> SinkError {
    move |source| Failure { action, source }.at(target)
}

/// A [`SinkError`] whose target its receiver knows.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) action: &'static str,
    pub(crate) source: Error,
}

impl Failure {
    pub(crate) fn of(action: &'static str) -> impl FnOnce(Error) -> Self {
        move |source| Self { action, source }
    }

    pub(crate) fn at(self, target: &str) -> SinkError {
        SinkError::Write { target: target.to_owned(), action: self.action, source: self.source }
    }

    /// Each lane is to be told, and an `io::Error` can't be cloned.
    pub(crate) fn copy(&self) -> Self {
        let source = match self.source.raw_os_error() {
            Some(code) => Error::from_raw_os_error(code),
            None => Error::new(self.source.kind(), self.source.to_string()),
        };
        Self { action: self.action, source }
    }
}
