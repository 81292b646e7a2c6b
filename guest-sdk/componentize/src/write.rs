//! Puts a file in place in one step. Not durable against power loss: a build tool can be run again.

use std::ffi::OsString;
use std::path::Path;
use std::{fs, io, process};

/// Writes `bytes` beside `path` and renames the file over it, so that whoever watches `path` (an agent that
/// reloads its filters) never sees half a component.
///
/// # Errors
/// Where the directory can't be made, or the file not written or renamed; nothing is left behind then.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory)?;
    }
    let mut name = OsString::from(".");
    name.push(path.file_name().ok_or(io::ErrorKind::InvalidInput)?);
    // The process's number keeps two builds at once from writing into one file.
    name.push(format!(".{}.tmp", process::id()));
    let temporary = path.with_file_name(name);
    let written = fs::write(&temporary, bytes).and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        // The first error is the one to tell; that the cleaning up fails, too, is no news.
        let _ = fs::remove_file(&temporary);
    }
    written
}
