//! What a compressed file holds, as a run of bytes that is read once. Knows no lines and no lanes.

use flate2::bufread::MultiGzDecoder;
use std::fs::File;
use std::io::{self, BufRead, ErrorKind, Read};
use std::os::unix::fs::FileExt;
use std::sync::Arc;

/// As much as is read of the file at a time: read(2) costs little beside unpacking so much.
pub(super) const INPUT_BYTES: usize = 64 << 10;

/// The largest window that a zstd decoder must offer (RFC 8878, 3.1.1.1.2), as a power of two: what one file may take.
const ZSTD_WINDOW_LOG: u32 = 23;

/// How a file is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    /// RFC 1952, of any number of members.
    Gzip,
    /// RFC 8878, of any number of frames.
    Zstd,
}

/// A compressed file that is being read.
pub(super) struct Unpacker {
    decoder: Decoder,
    /// What ended it, behind bytes that count.
    failed: Option<io::Error>,
}

enum Decoder {
    Gzip(Box<MultiGzDecoder<Input>>),
    Zstd(Box<zstd::Decoder<'static, Input>>),
}

/// The compressed bytes. At their present end they are not over, unless it was said so.
pub(super) struct Input {
    file: Arc<File>,
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
    /// What lies behind `end`.
    at: u64,
    is_whole: bool,
}

impl Packing {
    /// How many first bytes tell.
    pub(super) const BYTES: usize = 4;

    /// `None` where the file is not compressed.
    pub(super) fn of(file: &File) -> io::Result<Option<Self>> {
        let mut first = [0; Self::BYTES];
        let count = file.read_at(&mut first, 0)?;
        Ok(match &first[..count] {
            [0x1f, 0x8b, ..] => Some(Self::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd] => Some(Self::Zstd),
            _ => None,
        })
    }
}

impl Unpacker {
    pub(super) fn new(packing: Packing, file: Arc<File>) -> io::Result<Self> {
        let buffer = vec![0; INPUT_BYTES].into_boxed_slice();
        let input = Input { file, buffer, start: 0, end: 0, at: 0, is_whole: false };
        let decoder = match packing {
            Packing::Gzip => Decoder::Gzip(Box::new(MultiGzDecoder::new(input))),
            Packing::Zstd => {
                let mut decoder = zstd::Decoder::with_buffer(input)?;
                decoder.window_log_max(ZSTD_WINDOW_LOG)?;
                Decoder::Zstd(Box::new(decoder))
            }
        };
        Ok(Self { decoder, failed: None })
    }

    /// The next bytes; 0 at their end. An error of the kind `WouldBlock` means that the file ends before them, for now.
    pub(super) fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while filled < space.len() && self.failed.is_none() {
            match self.decoder.read(&mut space[filled..]) {
                Ok(0) => return Ok(filled),
                Ok(count) => filled += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => self.failed = Some(error),
            }
        }
        match self.failed.take_if(|_| filled == 0) {
            Some(error) => Err(error),
            None => Ok(filled),
        }
    }

    /// The file's present end is its end.
    pub(super) fn is_whole(&mut self) {
        self.decoder.input().is_whole = true;
    }

    /// Up to where the file itself was read.
    pub(super) fn read_to(&mut self) -> u64 {
        self.decoder.input().at
    }
}

impl Decoder {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Gzip(decoder) => decoder.read(space),
            Self::Zstd(decoder) => decoder.read(space),
        }
    }

    fn input(&mut self) -> &mut Input {
        match self {
            Self::Gzip(decoder) => decoder.get_mut(),
            Self::Zstd(decoder) => decoder.get_mut(),
        }
    }
}

impl Read for Input {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(space)?;
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Input {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.start == self.end {
            let count = self.file.read_at(&mut self.buffer, self.at)?;
            (self.start, self.end, self.at) = (0, count, self.at + count as u64);
            if count == 0 && !self.is_whole {
                return Err(ErrorKind::WouldBlock.into());
            }
        }
        Ok(&self.buffer[self.start..self.end])
    }

    fn consume(&mut self, count: usize) {
        self.start += count;
    }
}
