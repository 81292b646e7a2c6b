//! A small file system in memory, which can be made larger.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Mounted; gone with this.
pub struct Mounted(PathBuf);

impl Mounted {
    /// A tmpfs of so many KiB at this directory, which is made.
    ///
    /// # Errors
    /// Why there can be none: only root may mount.
    pub fn new(at: &Path, kib: u32) -> Result<Self, String> {
        std::fs::create_dir_all(at).map_err(|error| error.to_string())?;
        mount(&["-t", "tmpfs", "-o", &format!("size={kib}k"), "test"], at)?;
        Ok(Self(at.to_owned()))
    }

    /// It may hold so many KiB from now on.
    ///
    /// # Errors
    /// Why it can't.
    pub fn resize(&self, kib: u32) -> Result<(), String> {
        mount(&["-o", &format!("remount,size={kib}k")], &self.0)
    }
}

fn mount(arguments: &[&str], at: &Path) -> Result<(), String> {
    let output = Command::new("mount").args(arguments).arg(at).output().map_err(|error| error.to_string())?;
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()) }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        // Lazily: whoever still has a file open there keeps it.
        drop(Command::new("umount").arg("-l").arg(&self.0).status());
    }
}
