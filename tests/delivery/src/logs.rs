//! Services that write numbered lines into logs, rotate them and truncate them. Their files are real ones, in memory, and
//! outlive what befalls the agent.

use fastrand::Rng;
use logagent_testkit::numbered;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

pub(crate) struct Logs {
    directory: TempDir,
    logs: Vec<Log>,
    /// All that were ever written.
    pub(crate) contents: Vec<Contents>,
}

struct Log {
    name: String,
    file: File,
    contents: usize,
    /// Of a line that was begun.
    rest: Vec<u8>,
    rotations: u32,
    /// It must not grow beyond this many bytes now.
    most: u64,
}

/// What a file holds from its beginning, or from a truncation, to its end, or the next: an oracle's stream.
pub(crate) struct Contents {
    pub(crate) stream: String,
    pub(crate) inode: u64,
    pub(crate) lines: Vec<Line>,
    bytes: u64,
    /// Its inode has had, or will have, other contents.
    pub(crate) shares_inode: bool,
    /// Lines behind this may be lost: they were truncated away.
    pub(crate) safe_to: u64,
}

pub(crate) struct Line {
    pub(crate) body: String,
    /// The byte behind its newline.
    pub(crate) end: u64,
}

/// Files there cost no disk, and their inodes are not used again.
const MEMORY: &str = "/dev/shm";

impl Logs {
    pub(crate) fn new(count: usize) -> Self {
        let memory = Path::new(MEMORY);
        let directory = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() };
        let directory = directory.expect("a directory");
        let mut logs = Self { directory, logs: Vec::new(), contents: Vec::new() };
        for index in 0..count {
            let name = format!("{index}.log");
            let (file, contents) = logs.open(&name);
            logs.logs.push(Log { name, file, contents, rest: Vec::new(), rotations: 0, most: u64::MAX });
        }
        logs
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn count(&self) -> usize {
        self.logs.len()
    }

    fn open(&mut self, name: &str) -> (File, usize) {
        let file = OpenOptions::new().append(true).create(true).open(self.path(name)).expect("a file");
        let inode = file.metadata().expect("a file").ino();
        (file, self.begin(inode, false))
    }

    fn begin(&mut self, inode: u64, shares_inode: bool) -> usize {
        let stream = format!("s{}", self.contents.len());
        let (lines, safe_to) = (Vec::new(), u64::MAX);
        self.contents.push(Contents { stream, inode, lines, bytes: 0, shares_inode, safe_to });
        self.contents.len() - 1
    }

    /// Writes some lines, in a write that ends anywhere.
    pub(crate) fn write(&mut self, index: usize, random: &mut Rng) {
        let log = &mut self.logs[index];
        let contents = &mut self.contents[log.contents];
        for _ in 0..random.usize(..8) {
            let padding = if random.u8(..20) == 0 { 700 } else { random.usize(..60) };
            let body = numbered(&contents.stream, contents.lines.len() as u64, padding);
            let end = contents.bytes + body.len() as u64 + 1;
            if end > log.most {
                break;
            }
            log.rest.extend_from_slice(body.as_bytes());
            log.rest.push(b'\n');
            contents.bytes = end;
            contents.lines.push(Line { body, end });
        }
        let cut = if random.bool() { log.rest.len() } else { random.usize(..=log.rest.len()) };
        log.file.write_all(&log.rest[..cut]).expect("a file");
        log.rest.drain(..cut);
    }

    /// Ends a line that was begun.
    pub(crate) fn finish(&mut self, index: usize) {
        let log = &mut self.logs[index];
        log.file.write_all(&log.rest).expect("a file");
        log.rest.clear();
    }

    /// The inode of the file that is written.
    pub(crate) fn inode(&self, index: usize) -> u64 {
        self.contents[self.logs[index].contents].inode
    }

    /// Renames it, and begins another.
    pub(crate) fn rotate(&mut self, index: usize) {
        self.finish(index);
        let log = &mut self.logs[index];
        log.rotations += 1;
        let (name, aside) = (log.name.clone(), format!("{}.{}", log.name, log.rotations));
        std::fs::rename(self.path(&name), self.path(&aside)).expect("a file");
        let (file, contents) = self.open(&name);
        let log = &mut self.logs[index];
        (log.file, log.contents, log.most) = (file, contents, u64::MAX);
    }

    /// Truncates it, of which all before `safe_to` was delivered by what is known of its inode. Nothing is written into it
    /// until it is looked at.
    pub(crate) fn truncate(&mut self, index: usize, safe_to: u64) {
        let log = &mut self.logs[index];
        log.file.set_len(0).expect("a file");
        log.rest.clear();
        log.most = 0;
        let before = &mut self.contents[log.contents];
        // Of an inode that has had other contents, it may be these that are known.
        before.safe_to = if before.shares_inode { 0 } else { safe_to };
        before.shares_inode = true;
        let inode = before.inode;
        self.logs[index].contents = self.begin(inode, true);
    }

    /// The agent starts anew, or has looked: it knows what was truncated.
    pub(crate) fn is_looked_at(&mut self) {
        self.logs.iter_mut().for_each(|log| log.most = u64::MAX);
    }
}
