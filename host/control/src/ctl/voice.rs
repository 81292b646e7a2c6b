//! The two ways to speak that commands are given: answers, of which it is noted whether they arrived, and remarks, of which
//! that doesn't matter.

use std::io::{self, Write};

/// Where answers go.
pub(super) struct Answers<'a> {
    out: &'a mut dyn Write,
    failure: Option<io::Error>,
}

impl<'a> Answers<'a> {
    pub(super) fn new(out: &'a mut dyn Write) -> Self {
        Self { out, failure: None }
    }

    /// Why an answer has not arrived; none where all have.
    pub(super) fn finish(mut self) -> Option<io::Error> {
        if self.failure.is_none() {
            self.failure = self.out.flush().err();
        }
        self.failure
    }

    /// The command gets an error of the same kind, which it may show as something else's.
    fn note(&mut self, error: io::Error) -> io::Error {
        let kind = error.kind();
        self.failure.get_or_insert(error);
        kind.into()
    }
}

impl Write for Answers<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes).map_err(|error| self.note(error))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush().map_err(|error| self.note(error))
    }
}

/// Where remarks go, if they can be written there.
pub(super) struct Remarks<'a>(pub(super) &'a mut dyn Write);

impl Write for Remarks<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        drop(self.0.write_all(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        drop(self.0.flush());
        Ok(())
    }
}
