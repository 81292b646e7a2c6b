//! What is found in a buffer's directory at the start. Complete segments are known by their headers; the one that was
//! written last is read to its end, and what is torn there is cut off.

use crate::books::{Place, Segment};
use crate::error::BufferError;
use crate::format::{ENTRY_HEADER, EntryHeader, SEGMENT_HEADER, Seal, SegmentHeader, Sync};
use crate::key::Key;
use crate::position::Position;
use crate::store::SPARE_PREFIX;
use crate::walk::{Entries, ReadAt, Survey};
use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::{Error, ErrorKind, Result};
use std::ops::RangeInclusive;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

const EXTENSION: &str = "seg";

/// The path of a segment.
pub(crate) fn path(directory: &Path, id: u64) -> PathBuf {
    directory.join(format!("{id:08}.{EXTENSION}"))
}

/// The segments that a directory holds, oldest first.
pub(crate) fn list(directory: &Path) -> Result<Vec<u64>> {
    let mut ids = Vec::new();
    for entry in std::fs::read_dir(directory)? {
        let path = PathBuf::from(entry?.file_name());
        let stem =
            path.file_stem().and_then(|stem| stem.to_str()).filter(|_| path.extension() == Some(EXTENSION.as_ref()));
        ids.extend(stem.and_then(|stem| stem.parse::<u64>().ok()));
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

/// The segments that are missing between these: each has the number behind that of the one before.
pub(crate) fn gaps(ids: &[u64]) -> impl Iterator<Item = RangeInclusive<u64>> {
    ids.windows(2).filter(|pair| pair[1] - pair[0] > 1).map(|pair| pair[0] + 1..=pair[1] - 1)
}

/// A segment's file, and what its first bytes say.
pub(crate) struct Opened {
    pub(crate) file: File,
    pub(crate) length: u64,
    /// `None` where it is damaged; entries may still be read, with what the first of them says.
    pub(crate) header: Option<SegmentHeader>,
    pub(crate) seal: Option<Seal>,
    pub(crate) sync: Option<Sync>,
    /// What lies here is another segment's, which has arrived: its file was taken for this one, and nothing written.
    is_stale: bool,
}

impl Opened {
    pub(crate) fn open(path: &Path, id: u64, writable: bool) -> Result<Self> {
        let file = OpenOptions::new().read(true).write(writable).open(path)?;
        let length = file.metadata()?.len();
        let mut start = vec![0; usize::try_from(length.min(SEGMENT_HEADER + ENTRY_HEADER as u64)).unwrap_or(0)];
        ReadAt::read_exact_at(&file, &mut start, 0)?;
        let found = SegmentHeader::decode(&start);
        let header = found.filter(|header| header.id == id);
        let seal = start.split_at_checked(Seal::NONE.len()).and_then(|(_, seal)| Seal::decode(seal, length));
        let sync = header.map(|header| header.sync).or_else(|| first_sync(&start, id));
        Ok(Self { file, length, header, seal, sync, is_stale: found.is_some() && header.is_none() })
    }

    /// Its entries; `None` where nothing says what they begin with.
    pub(crate) fn entries(&self, id: u64) -> Option<Entries<'_, File>> {
        let end = self.seal.map_or(self.length, |seal| seal.end);
        Some(Entries { file: &self.file, sync: self.sync?, segment: id, end })
    }

    /// Whether an entry begins there that has no end. What else lies behind the last may be of the segment whose file
    /// this was before.
    pub(crate) fn is_torn(&self, end: u64) -> bool {
        let Some(sync) = self.sync else { return false };
        let mut begun = sync;
        let length = usize::try_from(self.length.saturating_sub(end)).unwrap_or(usize::MAX);
        let begun = &mut begun[..sync.len().min(length)];
        !begun.is_empty() && ReadAt::read_exact_at(&self.file, begun, end).is_ok() && sync.starts_with(begun)
    }

    fn check_key(&self, key: Option<&Key>, path: &Path) -> std::result::Result<(), BufferError> {
        let Some(SegmentHeader { key: Some(check), sync, .. }) = self.header else { return Ok(()) };
        match key {
            None => Err(BufferError::NoKey { path: path.to_owned() }),
            Some(key) if key.check(sync) != check => Err(BufferError::WrongKey { path: path.to_owned() }),
            Some(_) => Ok(()),
        }
    }
}

/// What entries begin with, as the first of them says.
fn first_sync(start: &[u8], id: u64) -> Option<Sync> {
    let entry = start.get(usize::try_from(SEGMENT_HEADER).ok()?..)?.first_chunk::<ENTRY_HEADER>()?;
    let sync = *entry.first_chunk()?;
    EntryHeader::decode(entry, sync, id).map(|_| sync)
}

/// What was found.
#[derive(Default)]
pub(crate) struct Recovered {
    pub(crate) segments: VecDeque<Segment>,
    pub(crate) position: Place,
    /// The next segment's number: no segment that held something has it, or had.
    pub(crate) next: u64,
    pub(crate) torn: u64,
    /// Segments of which nothing can be read.
    pub(crate) unreadable: Vec<u64>,
    /// Segments that are not there, and were neither delivered nor dropped.
    pub(crate) missing: Vec<RangeInclusive<u64>>,
}

/// Looks at what a directory holds.
pub(crate) fn recover(
    directory: &Path,
    position: Position,
    key: Option<&Key>,
) -> std::result::Result<Recovered, BufferError> {
    let position = if let Position::Known(place) = position { place } else { Place::default() };
    let mut recovered = Recovered { position, next: position.segment + 1, ..Recovered::default() };
    remove_spares(directory).map_err(BufferError::io(directory, "remove spare files in"))?;
    let ids = list(directory).map_err(BufferError::io(directory, "list"))?;
    let (arrived, wanted) = ids.split_at(ids.partition_point(|id| *id < position.segment));
    for id in arrived {
        // Only its end was not carried out.
        let path = path(directory, *id);
        std::fs::remove_file(&path).map_err(BufferError::io(path, "remove"))?;
    }
    for id in wanted {
        recovered.take(*id, &path(directory, *id), key, wanted.last() == Some(id))?;
    }
    // The number of a file that is no segment says nothing.
    recovered.missing = gaps(wanted).filter(|gap| *gap.end() < recovered.next).collect();
    Ok(recovered)
}

fn remove_spares(directory: &Path) -> Result<()> {
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(SPARE_PREFIX) {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

impl Recovered {
    fn take(&mut self, id: u64, path: &Path, key: Option<&Key>, is_last: bool) -> std::result::Result<(), BufferError> {
        let opened = Opened::open(path, id, true).map_err(BufferError::io(path, "open"))?;
        opened.check_key(key, path)?;
        let Some(entries) = opened.entries(id) else {
            // Made, and nothing written: a kill came in between, or someone has cut it. No other is made before.
            if is_last && (opened.length <= SEGMENT_HEADER || opened.is_stale) {
                self.torn += u64::from(!opened.is_stale);
                drop(std::fs::remove_file(path));
            } else {
                self.unreadable.push(id);
            }
            return Ok(());
        };
        let seal = match opened.seal {
            Some(seal) => seal,
            None => {
                let survey = entries.survey(|_, _| Ok(())).map_err(BufferError::io(path, "read"))?;
                self.torn += u64::from(opened.is_torn(survey.seal.end));
                finish(&opened, &survey).map_err(BufferError::io(path, "cut"))?
            }
        };
        self.next = self.next.max(id.saturating_add(1));
        self.segments.push_back(Segment { id, sync: entries.sync, seal, is_open: false, lost: None });
        Ok(())
    }
}

/// Cuts off what is torn, and writes down what the rest came to, so that the next start need not read it.
fn finish(opened: &Opened, survey: &Survey) -> Result<Seal> {
    if survey.seal.end < opened.length {
        opened.file.set_len(survey.seal.end)?;
    }
    match opened.file.write_all_at(&survey.seal.encode(), Seal::AT) {
        // A full disk: the next start reads it again.
        Err(error) if is_full(&error) => {}
        written => written?,
    }
    Ok(survey.seal)
}

fn is_full(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded)
}
