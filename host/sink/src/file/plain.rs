//! System calls on a file that is written by them, with the points at which a test has the agent die.

use logagent_failpoint::{self as failpoint, Point};
use std::fs::File;
use std::io::{IoSlice, Result, Write as _};

/// Writes some of the slices behind what is there; answers how many bytes.
pub(super) fn write(mut file: &File, slices: &[IoSlice<'_>]) -> Result<usize> {
    failpoint::pass(Point::OutputWriteBefore);
    failpoint::pass_having(Point::OutputWriteMiddle, || tear(file, slices));
    let written = file.write_vectored(slices)?;
    failpoint::pass(Point::OutputWriteAfter);
    Ok(written)
}

/// Writes half of the first slice, as a write does that a kill has cut short.
fn tear(mut file: &File, slices: &[IoSlice<'_>]) {
    let first = slices.first().map_or(&[][..], |slice| slice);
    let _ = file.write(&first[..first.len() / 2]);
}

/// Brings what was written to the disk.
pub(crate) fn sync(file: &File) -> Result<()> {
    failpoint::pass(Point::OutputSyncBefore);
    file.sync_data()?;
    failpoint::pass(Point::OutputSyncAfter);
    Ok(())
}
