//! What an output's bytes go to, and what it can do besides taking them. Doesn't know of records, but is told where
//! one ends.

use crate::detached::Patient;
use crate::failure::Failure;
use std::fs::File;
use std::io::{Error, ErrorKind, Result as IoResult, Write};

/// Another file begins: what is known of its last byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Begun {
    /// It ends no record.
    pub(crate) is_torn: bool,
}

/// Its `write` takes as many bytes as it likes, and fails only where it took none.
pub(crate) trait Medium: Write {
    /// Called between two records, before so many bytes are written: here may another file begin.
    fn make_way(&mut self, _bytes: u64) -> Result<Option<Begun>, Failure> {
        Ok(None)
    }

    /// Takes back the last bytes, of a write that failed in its middle. Answers whether it could: not where others have
    /// written behind them.
    fn undo(&mut self, _bytes: u64) -> bool {
        false
    }

    /// Brings all that was written to the disk.
    fn sync(&mut self) -> Result<(), Failure> {
        Ok(())
    }

    /// The file that is written now, opened once more; an error where it is none whose length and disk can be asked for, or
    /// where the disk has refused what was written.
    fn file(&self) -> IoResult<File> {
        Err(Error::new(ErrorKind::Unsupported, "no regular file"))
    }

    /// The disk has refused what was written: nothing more may be.
    fn refuse(&mut self, _refusal: Failure) {}

    /// Opens what is now found under the name, where that is another file.
    fn reopen(&mut self) -> Result<Option<Begun>, Failure> {
        Ok(None)
    }
}

impl Medium for File {}
impl Medium for Patient {}

impl Medium for Box<dyn Medium + Send> {
    fn make_way(&mut self, bytes: u64) -> Result<Option<Begun>, Failure> {
        (**self).make_way(bytes)
    }

    fn undo(&mut self, bytes: u64) -> bool {
        (**self).undo(bytes)
    }

    fn sync(&mut self) -> Result<(), Failure> {
        (**self).sync()
    }

    fn file(&self) -> IoResult<File> {
        (**self).file()
    }

    fn refuse(&mut self, refusal: Failure) {
        (**self).refuse(refusal);
    }

    fn reopen(&mut self) -> Result<Option<Begun>, Failure> {
        (**self).reopen()
    }
}

#[cfg(test)]
impl Medium for crate::fixture::Stingy {}
