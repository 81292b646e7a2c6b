//! The input: four files at a time that are written as fast as they are read, renamed when they are large enough, cut
//! to nothing and removed once they were read. Each has numbered lines among the others, and lines that poison guests.

use crate::checked::Checked;
use crate::layout::CHECK;
use logagent_tests::{Agent, Place, json_logs, lines};
use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::Write as _;
use std::time::Duration;

/// Files that are written at a time: one for each lane.
const FILES: u64 = 4;

const BLOCK_BYTES: usize = 256 << 10;

/// After these, a file is renamed: 16 MiB.
const BLOCKS_A_FILE: u64 = 64;

/// One block in so many has a line that poisons guests.
const BLOCKS_A_POISON: u64 = 32;

/// How many blocks may wait to be read: so many that lanes never wait for input, and few enough for the disk.
const MOST_UNREAD: u64 = 2 * FILES * BLOCKS_A_FILE;

const PAUSE: Duration = Duration::from_millis(2);

pub(crate) struct Load<'a> {
    place: &'a Place,
    block: Vec<u8>,
    open: Vec<File>,
    /// Rounds whose files were renamed, and how many blocks each has.
    renamed: VecDeque<(u64, u64)>,
    /// How often all files were begun.
    round: u64,
    /// In each file of this round.
    blocks: u64,
    all_blocks: u64,
    records: u64,
    checked: Checked<'a>,
}

impl<'a> Load<'a> {
    pub(crate) fn new(place: &'a Place) -> Self {
        Self {
            place,
            block: json_logs(1, BLOCK_BYTES),
            open: Vec::new(),
            renamed: VecDeque::new(),
            round: 0,
            blocks: 0,
            all_blocks: 0,
            records: 0,
            checked: Checked::new(place),
        }
    }

    /// Writes a block to each file, unless enough waits to be read.
    pub(crate) fn step(&mut self, agent: &Agent<'_>) {
        self.look(agent);
        if self.blocks == BLOCKS_A_FILE {
            self.finish_files();
        }
        if self.blocks == BLOCKS_A_FILE || self.all_blocks - self.checked.seen() >= MOST_UNREAD {
            std::thread::sleep(PAUSE);
            return;
        }
        if self.open.is_empty() {
            self.open = (0..FILES).map(|file| self.place.open(&format!("in.{file}.log"))).collect();
        }
        for file in 0..FILES {
            self.write_block(file);
        }
        self.blocks += 1;
    }

    /// The numbered line is the last: once it is in the output, all of the block was read.
    fn write_block(&mut self, file: u64) {
        let mut bytes = self.block.clone();
        if self.blocks % BLOCKS_A_POISON == BLOCKS_A_POISON / 2 {
            bytes.extend_from_slice(b"POISON\n");
        }
        bytes.extend_from_slice(format!("{CHECK}[{file},{},{}]}}\n", self.round, self.blocks).as_bytes());
        self.records += lines(&bytes).count() as u64;
        self.all_blocks += 1;
        self.open[usize::try_from(file).expect("an index")].write_all(&bytes).expect("room");
    }

    /// Renames the files, once the agent has found all of them; the next step begins others.
    fn finish_files(&mut self) {
        if self.open.is_empty() || !self.checked.has_begun(self.round, FILES) {
            return;
        }
        for file in 0..FILES {
            self.place.rename(&format!("in.{file}.log"), &format!("read.{file}.{}", self.round));
        }
        self.open.clear();
        self.renamed.push_back((self.round, self.blocks));
        (self.round, self.blocks) = (self.round + 1, 0);
    }

    /// Looks at what is read. The agent holds a file for some seconds after that: only one that was cut takes no room.
    fn look(&mut self, agent: &Agent<'_>) {
        self.checked.step(agent);
        while let Some(&(round, blocks)) = self.renamed.front()
            && self.checked.forget(round, FILES, blocks)
        {
            for path in (0..FILES).map(|file| self.place.path(&format!("read.{file}.{round}"))) {
                File::options().write(true).open(&path).and_then(|file| file.set_len(0)).expect("a file of ours");
                fs::remove_file(&path).expect("a file of ours");
            }
            self.renamed.pop_front();
        }
    }

    /// Ends the files, and answers whether all that was written is in the output.
    pub(crate) fn is_all_read(&mut self, agent: &Agent<'_>) -> bool {
        self.look(agent);
        self.finish_files();
        self.renamed.is_empty() && self.checked.is_empty()
    }

    /// Records, so far.
    pub(crate) fn records(&self) -> u64 {
        self.records
    }

    /// Files, so far.
    pub(crate) fn files(&self) -> u64 {
        self.round * FILES
    }
}
