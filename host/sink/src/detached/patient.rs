//! A file that waits where it is full, although someone made it non-blocking: a terminal or pipe is shared with
//! other processes, and so is that mode.

use rustix::event::{PollFd, PollFlags, poll};
use std::fs::File;
use std::io::{ErrorKind, IoSlice, Result, Write};

pub(crate) struct Patient(pub(crate) File);

impl Patient {
    fn wait(&self) -> Result<()> {
        poll(&mut [PollFd::new(&self.0, PollFlags::OUT)], None)?;
        Ok(())
    }
}

impl Write for Patient {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.write_vectored(&[IoSlice::new(bytes)])
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> Result<usize> {
        loop {
            match self.0.write_vectored(slices) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => self.wait()?,
                written => return written,
            }
        }
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}
