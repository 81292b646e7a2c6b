//! Reading a snapshot, a block at a time. Nothing that stands in the file is believed before its checksum is checked, and
//! nothing of it makes the reader panic or ask for much memory.

use crate::cursor::Cursor;
use crate::format::{
    BLOCK_HEAD_BYTES, HEADER_START_BYTES, MAGIC, MOST_BLOCK_BYTES, MOST_HEADER_BYTES, VERSION, checksum,
};
use logagent_state::{Expiry, UnixMs};
use std::io::{self, ErrorKind, Read};

/// What is wrong with a file that should be a snapshot.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum DamageError {
    #[error("it is no snapshot of a logagent's state")]
    Foreign,
    #[error("it is of version {found}, and this logagent reads version {VERSION}")]
    Version { found: u32 },
    #[error("it ends within what begins at byte {at}")]
    Torn { at: u64 },
    #[error("at byte {at} there is {what}")]
    Damaged { what: &'static str, at: u64 },
    #[error("it can't be read from byte {at} on")]
    Io { at: u64, source: io::Error },
}

type Checked<T> = Result<T, DamageError>;

/// What stands first in a snapshot.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) written_at: UnixMs,
    pub(crate) names: Vec<String>,
}

impl Header {
    fn parse(mut from: Cursor<'_>) -> Option<Self> {
        let written_at = UnixMs(from.u64()?);
        let mut names = Vec::new();
        for _ in 0..from.u16()? {
            let bytes = from.u16()?;
            names.push(String::from_utf8(from.take(usize::from(bytes))?.to_vec()).ok()?);
        }
        from.is_empty().then_some(Self { written_at, names })
    }
}

/// A snapshot that is being read.
pub(crate) struct Reader<R> {
    from: R,
    /// Where what is read now begins.
    at: u64,
    blocks: u32,
    entries: u64,
    payload: Vec<u8>,
}

impl<R: Read> Reader<R> {
    pub(crate) fn new(from: R) -> Self {
        Self { from, at: 0, blocks: 0, entries: 0, payload: Vec::new() }
    }

    /// The header, which must be read first.
    pub(crate) fn header(&mut self) -> Checked<Header> {
        let (start, length) = self.start()?;
        let mut rest = vec![0; length];
        let mut sum = [0; 4];
        self.fill(&mut rest)?;
        self.fill(&mut sum)?;
        if checksum(&start, &rest) != u32::from_le_bytes(sum) {
            return Err(self.damaged("a header that its checksum does not fit"));
        }
        let header = Header::parse(Cursor(&rest)).ok_or_else(|| self.damaged("a header that makes no sense"))?;
        self.at += (start.len() + rest.len() + sum.len()) as u64;
        Ok(header)
    }

    /// What tells a snapshot from other files, and the length of the header's rest.
    fn start(&mut self) -> Checked<([u8; HEADER_START_BYTES], usize)> {
        let mut start = [0; HEADER_START_BYTES];
        match self.fill(&mut start) {
            Err(DamageError::Torn { .. }) => return Err(DamageError::Foreign),
            filled => filled?,
        }
        let mut cursor = Cursor(&start);
        if cursor.array() != Some(MAGIC) {
            return Err(DamageError::Foreign);
        }
        let [found, length] = [cursor.u32(), cursor.u32()].map(Option::unwrap_or_default);
        if found != VERSION {
            return Err(DamageError::Version { found });
        }
        match length as usize {
            length if length > MOST_HEADER_BYTES => Err(self.damaged("a header of an impossible length")),
            length => Ok((start, length)),
        }
    }

    /// Reads the next block; `None` at the end, which is checked against what was read.
    pub(crate) fn block(&mut self) -> Checked<Option<Block<'_>>> {
        let mut head = [0; BLOCK_HEAD_BYTES];
        self.fill(&mut head)?;
        let mut cursor = Cursor(&head);
        let [length, count, sum] = [cursor.u32(), cursor.u32(), cursor.u32()].map(Option::unwrap_or_default);
        let is_end = length == 0;
        let length = if is_end { size_of::<u64>() } else { length as usize };
        if length > MOST_BLOCK_BYTES {
            return Err(self.damaged("a block of an impossible length"));
        }
        let mut payload = std::mem::take(&mut self.payload);
        payload.resize(length, 0);
        self.fill(&mut payload)?;
        self.payload = payload;
        if checksum(&head[..8], &self.payload) != sum {
            return Err(self.damaged("a block that its checksum does not fit"));
        }
        if is_end {
            return self.check_end(count).map(|()| None);
        }
        let at = self.at;
        self.at += (head.len() + length) as u64;
        self.blocks = self.blocks.wrapping_add(1);
        self.entries += u64::from(count);
        Ok(Some(Block { rest: Cursor(&self.payload), left: count, at }))
    }

    /// Whether the end says as many blocks and entries as were read, and nothing comes behind it.
    fn check_end(&mut self, blocks: u32) -> Checked<()> {
        if blocks != self.blocks || self.payload[..] != self.entries.to_le_bytes() {
            return Err(self.damaged("an end that counts otherwise"));
        }
        match self.fill(&mut [0]) {
            Err(DamageError::Torn { .. }) => Ok(()),
            Err(other) => Err(other),
            Ok(()) => Err(self.damaged("an end that something comes behind")),
        }
    }

    fn fill(&mut self, buffer: &mut [u8]) -> Checked<()> {
        let at = self.at;
        self.from.read_exact(buffer).map_err(|source| match source.kind() {
            ErrorKind::UnexpectedEof => DamageError::Torn { at },
            _ => DamageError::Io { at, source },
        })
    }

    fn damaged(&self, what: &'static str) -> DamageError {
        DamageError::Damaged { what, at: self.at }
    }
}

/// A block whose checksum is right: its entries.
pub(crate) struct Block<'a> {
    rest: Cursor<'a>,
    left: u32,
    /// Where it begins in the file.
    pub(crate) at: u64,
}

/// An entry, as it stands in a block.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Stored<'a> {
    /// Which of the header's names.
    pub(crate) name: usize,
    pub(crate) key: &'a [u8],
    pub(crate) value: &'a [u8],
    pub(crate) expiry: Expiry,
}

impl<'a> Stored<'a> {
    fn parse(from: &mut Cursor<'a>) -> Option<Self> {
        let (name, key_bytes, value_bytes) = (from.u16()?, from.u16()?, from.u32()?);
        let expiry = match from.u64()? {
            0 => Expiry::Never,
            at => Expiry::At(UnixMs(at)),
        };
        let (key, value) = (from.take(usize::from(key_bytes))?, from.take(value_bytes as usize)?);
        Some(Self { name: usize::from(name), key, value, expiry })
    }
}

impl<'a> Iterator for Block<'a> {
    type Item = Checked<Stored<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.left == 0 && self.rest.is_empty() {
            return None;
        }
        let entry = if self.left == 0 { None } else { Stored::parse(&mut self.rest) };
        match entry {
            Some(entry) => {
                self.left -= 1;
                Some(Ok(entry))
            }
            None => {
                // Nothing behind it would make sense.
                (self.left, self.rest) = (0, Cursor(&[]));
                Some(Err(DamageError::Damaged { what: "a block whose entries make no sense", at: self.at }))
            }
        }
    }
}
