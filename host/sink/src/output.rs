//! The one destination that all lanes of a sink write to: whole records, one write after the other. Doesn't know
//! what it writes.

use crate::failure::Failure;
use crate::file::sync;
use crate::medium::{Begun, Medium};
use logagent_component::{Appended, Extent};
use std::io::{Error, ErrorKind, IoSlice, Result as IoResult};
use std::sync::{Mutex, MutexGuard, PoisonError};

pub(crate) struct Output<W> {
    /// The path, or `stdout`.
    pub(crate) target: String,
    destination: Mutex<Destination<W>>,
}

struct Destination<W> {
    writer: W,
    /// Records are lines, so that a newline mends what was torn.
    has_lines: bool,
    /// The last byte there ends no record: a write failed in the middle, or a process died in one.
    is_torn: bool,
}

impl<W: Medium> Output<W> {
    pub(crate) fn new(target: String, writer: W, has_lines: bool, is_torn: bool) -> Self {
        Self { target, destination: Mutex::new(Destination { writer, has_lines, is_torn }) }
    }

    /// Writes the slices, which begin and end with whole records; nobody else's bytes come between them, and all
    /// lie in one file. Where that fails, what was written of them is taken back if it can be.
    pub(crate) fn write(&self, slices: &mut [IoSlice<'_>]) -> Result<(), Failure> {
        let bytes = slices.iter().map(|slice| slice.len() as u64).sum();
        let mut destination = self.lock();
        destination.mend()?;
        let begun = destination.writer.make_way(bytes)?;
        destination.begin(begun)?;
        destination.put_all(slices).map_err(Failure::of("write"))
    }

    /// Brings all that was written to the disk.
    pub(crate) fn sync(&self) -> Result<(), Failure> {
        self.lock().writer.sync()
    }

    /// Goes on with what is now found under the target's name.
    pub(crate) fn reopen(&self) -> Result<(), Failure> {
        let mut destination = self.lock();
        let begun = destination.writer.reopen()?;
        if let Some(Begun { is_torn }) = begun {
            destination.is_torn = is_torn;
        }
        Ok(())
    }

    #[cfg(test)]
    pub(crate) fn into_writer(self) -> W {
        self.destination.into_inner().unwrap().writer
    }

    fn lock(&self) -> MutexGuard<'_, Destination<W>> {
        // A panic leaves nothing half changed but what `is_torn` knows.
        self.destination.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<W: Medium + Send> Appended for Output<W> {
    fn extent(&self) -> IoResult<Extent> {
        Ok(Extent::of(&self.lock().writer.file()?.metadata()?))
    }

    fn sync(&self) -> IoResult<()> {
        // A copy of the descriptor: the lock would hold up the lanes for as long as the disk takes.
        let file = self.lock().writer.file()?;
        sync(&file).inspect_err(|error| {
            // The system tells of it once alone.
            let refusal = Failure { action: "sync", source: Error::new(error.kind(), error.to_string()) };
            self.lock().writer.refuse(refusal);
        })
    }
}

impl<W: Medium> Destination<W> {
    /// Ends a torn record, which would otherwise swallow the next.
    fn mend(&mut self) -> Result<(), Failure> {
        if self.has_lines && self.is_torn {
            self.put(&mut [IoSlice::new(b"\n")], &mut 0).map_err(Failure::of("write"))?;
        }
        Ok(())
    }

    fn begin(&mut self, begun: Option<Begun>) -> Result<(), Failure> {
        let Some(Begun { is_torn }) = begun else { return Ok(()) };
        self.is_torn = is_torn;
        self.mend()
    }

    /// All of the slices, or none where what was written can be taken back.
    fn put_all(&mut self, slices: &mut [IoSlice<'_>]) -> IoResult<()> {
        let was_torn = self.is_torn;
        let mut written = 0;
        let result = self.put(slices, &mut written);
        if result.is_err() && written > 0 && self.writer.undo(written) {
            self.is_torn = was_torn;
        }
        result
    }

    fn put(&mut self, mut slices: &mut [IoSlice<'_>], all: &mut u64) -> IoResult<()> {
        IoSlice::advance_slices(&mut slices, 0); // Empty ones in front would look like a full disk.
        while !slices.is_empty() {
            match self.writer.write_vectored(slices) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(written) => {
                    *all += written as u64;
                    self.is_torn = last_byte(slices, written) != b'\n';
                    IoSlice::advance_slices(&mut slices, written);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// The last of the first `count` bytes.
fn last_byte(slices: &[IoSlice<'_>], count: usize) -> u8 {
    let mut left = count;
    for slice in slices {
        if left <= slice.len() {
            return slice[left - 1];
        }
        left -= slice.len();
    }
    unreachable!("a writer took more than it was given")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Stingy;

    fn write(output: &Output<Stingy>, parts: &[&str]) -> Result<(), Failure> {
        let mut slices: Vec<_> = parts.iter().map(|part| IoSlice::new(part.as_bytes())).collect();
        output.write(&mut slices)
    }

    fn written(output: Output<Stingy>) -> String {
        String::from_utf8(output.into_writer().written).unwrap()
    }

    #[test]
    fn short_and_interrupted_writes_are_gone_on_with() {
        for most in 1..9 {
            let output = Output::new("t".into(), Stingy::new(most, usize::MAX), true, false);
            write(&output, &["", "one\n", "", "two", "\n", ""]).unwrap();
            assert_eq!(written(output), "one\ntwo\n");
        }
    }

    #[test]
    fn nothing_is_written_where_nothing_is_to_be() {
        let output = Output::new("t".into(), Stingy::new(1, 0), true, false);
        write(&output, &["", ""]).unwrap();
    }

    #[test]
    fn a_line_that_was_torn_is_ended_before_the_next_write() {
        for (space, expected) in [(2, "on\none\n"), (4, "one\none\n"), (6, "one\ntw\none\n")] {
            let output = Output::new("t".into(), Stingy::new(2, space), true, false);
            let error = write(&output, &["one\n", "two\n"]).unwrap_err();
            assert_eq!(error.source.kind(), ErrorKind::StorageFull);
            output.destination.lock().unwrap().writer.space = usize::MAX;
            write(&output, &["one\n"]).unwrap();
            assert_eq!(written(output), expected);
        }
    }

    #[test]
    fn a_file_that_was_torn_before_is_mended_once() {
        let output = Output::new("t".into(), Stingy::new(9, usize::MAX), true, true);
        write(&output, &["one\n"]).unwrap();
        write(&output, &["two\n"]).unwrap();
        assert_eq!(written(output), "\none\ntwo\n");
    }

    #[test]
    fn formats_without_lines_are_not_mended() {
        let output = Output::new("t".into(), Stingy::new(9, usize::MAX), false, true);
        write(&output, &["one"]).unwrap();
        write(&output, &["two"]).unwrap();
        assert_eq!(written(output), "onetwo");
    }
}
