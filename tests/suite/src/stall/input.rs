//! The input: files that are written as fast as they are read, renamed when they are large enough, and gone when the next
//! is renamed.

use crate::{Place, Report, json_logs, lines};
use logagent_testkit::until;
use std::fs::File;
use std::io::Write as _;

/// One for each lane.
const FILES: [&str; 2] = ["a.log", "b.log"];

const BLOCK_BYTES: usize = 256 << 10;

/// After so many blocks a file is renamed.
const BLOCKS_A_FILE: u64 = 64;

/// So much may wait to be read: less than a file, so that none goes unread.
const MOST_UNREAD: u64 = 12 << 20;

/// What the rings of both lanes do not hold.
pub(super) const MORE_THAN_RINGS: u64 = 48 << 20;

pub(super) struct Input<'a> {
    place: &'a Place,
    block: Vec<u8>,
    records_a_block: u64,
    open: Vec<File>,
    /// To each file.
    blocks: u64,
    /// What the agent was last seen to have received.
    received: u64,
}

impl<'a> Input<'a> {
    pub(super) fn new(place: &'a Place) -> Self {
        let block = json_logs(1, BLOCK_BYTES);
        let records_a_block = lines(&block).count() as u64;
        Self { place, block, records_a_block, open: Vec::new(), blocks: 0, received: 0 }
    }

    fn all_blocks(&self) -> u64 {
        self.blocks * FILES.len() as u64
    }

    pub(super) fn bytes(&self) -> u64 {
        self.all_blocks() * self.block.len() as u64
    }

    pub(super) fn records(&self) -> u64 {
        self.all_blocks() * self.records_a_block
    }

    /// Writes so much and a little more, whether it is read or not.
    pub(super) fn write(&mut self, bytes: u64) {
        while self.bytes() < bytes {
            self.step();
        }
    }

    /// The same, at the speed at which it is read, to its end.
    pub(super) fn feed(&mut self, bytes: u64) {
        while self.bytes() < bytes {
            self.step();
            self.until_unread_is_at_most(MOST_UNREAD);
        }
        self.until_unread_is_at_most(0);
    }

    /// A block to each file.
    fn step(&mut self) {
        if self.blocks.is_multiple_of(BLOCKS_A_FILE) {
            self.begin_files();
        }
        for file in &mut self.open {
            file.write_all(&self.block).expect("a file");
        }
        self.blocks += 1;
    }

    fn begin_files(&mut self) {
        if !self.open.is_empty() {
            FILES.iter().for_each(|name| self.place.rename(name, &format!("{name}.1")));
        }
        self.open = FILES.iter().map(|name| self.place.open(name)).collect();
    }

    fn until_unread_is_at_most(&mut self, most: u64) {
        let written = self.records();
        let most = most / self.block.len() as u64 * self.records_a_block;
        if written - self.received > most {
            until("what was written is read", || {
                self.received = Report::of_running(self.place).map_or(0, |report| report.count("received"));
                written - self.received <= most
            });
        }
    }
}
