//! A test's private directory: the agent's working directory, with all that it reads and writes.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::PathBuf;
use tempfile::TempDir;

/// The directory; gone with the test.
pub struct Place {
    directory: TempDir,
}

impl Place {
    /// An empty directory with a configuration, `agent.yaml`.
    ///
    /// # Panics
    /// Where there can be none, as for all functions here.
    #[must_use]
    pub fn new(config: &str) -> Self {
        let place = Self { directory: tempfile::tempdir().expect("a temporary directory") };
        place.write("agent.yaml", config);
        place
    }

    /// The path of a file in it.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Makes a file.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), bytes).expect("a file");
    }

    /// Appends to a file, in one write; makes it where it is missing.
    pub fn append(&self, name: &str, bytes: impl AsRef<[u8]>) {
        self.open(name).write_all(bytes.as_ref()).expect("a file");
    }

    /// Opens a file to append.
    #[must_use]
    pub fn open(&self, name: &str) -> File {
        OpenOptions::new().append(true).create(true).open(self.path(name)).expect("a file")
    }

    /// Makes a file, or puts it in another's place, in one step: nobody finds it half written.
    pub fn replace(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let new = format!("{name}.new");
        self.write(&new, bytes);
        self.rename(&new, name);
    }

    /// Renames a file.
    pub fn rename(&self, from: &str, to: &str) {
        std::fs::rename(self.path(from), self.path(to)).expect("both in one directory");
    }

    /// What a file holds; nothing where it is missing.
    #[must_use]
    pub fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap_or_default()
    }

    /// The same as text.
    #[must_use]
    pub fn text(&self, name: &str) -> String {
        String::from_utf8_lossy(&self.read(name)).into_owned()
    }

    /// How many whole lines a file has: one that is being written does not count.
    #[must_use]
    pub fn count_lines(&self, name: &str) -> usize {
        self.read(name).iter().filter(|&&byte| byte == b'\n').count()
    }

    /// How many lines of the agent's standard error hold this text.
    #[must_use]
    pub fn count_said(&self, text: &str) -> usize {
        let stderr = self.text("stderr");
        let whole = stderr.rfind('\n').map_or("", |end| &stderr[..end]);
        whole.lines().filter(|line| line.contains(text)).count()
    }

    /// Makes a FIFO.
    pub fn make_fifo(&self, name: &str) {
        let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
        rustix::fs::mkfifoat(rustix::fs::CWD, self.path(name), mode).expect("a FIFO");
    }
}
