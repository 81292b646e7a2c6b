//! A buffer seen from outside, without the agent: what its files say, or what each of its entries is. Changes nothing.

use crate::books::Place;
use crate::error::BufferError;
use crate::format::{ENTRY_HEADER, EntryHeader, SEGMENT_HEADER};
use crate::key::Key;
use crate::position::{self, Position};
use crate::quarantine::Quarantine;
use crate::recover::{self, Opened};
use crate::walk::{ReadAt, Survey};
use std::path::{Path, PathBuf};

/// What a buffer's directory holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inspection {
    /// Oldest first.
    pub segments: Vec<SegmentView>,
    /// Where reading goes on; `None` where nothing was read yet.
    pub position: Option<PositionView>,
    /// The position's file is damaged: all that is there would be delivered again.
    pub is_position_damaged: bool,
    /// Records that have not arrived, as far as entries are whole.
    pub backlog: u64,
    /// Disk space that damaged ranges take which were kept aside, in bytes.
    pub quarantine_bytes: u64,
}

/// A place in a buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PositionView {
    /// The segment.
    pub segment: u64,
    /// In bytes from its start.
    pub at: u64,
    /// Records of this segment before it.
    pub records: u64,
}

/// A segment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SegmentView {
    /// Its number.
    pub id: u64,
    /// Its file.
    pub path: PathBuf,
    /// How long the file is.
    pub bytes: u64,
    /// Its entries, as far as they are whole.
    pub entries: u64,
    /// Their records.
    pub records: u64,
    /// When its first and last entry were written, in nanoseconds since the Unix epoch.
    pub written: Option<(u64, u64)>,
    /// It was written to its end, and says what it came to.
    pub is_complete: bool,
    /// Its entries are encrypted.
    pub is_encrypted: bool,
    /// What is wrong with it, in words.
    pub problems: Vec<String>,
}

/// What the files of a buffer say of themselves. Complete segments are taken at their word.
///
/// # Errors
/// [`BufferError::Io`] where the directory or a file can't be read.
pub fn inspect(directory: &Path) -> Result<Inspection, BufferError> {
    look(directory, |opened, view| {
        let survey = match opened.seal {
            Some(seal) => Survey { seal, ..Survey::default() },
            None => survey(opened, view.id, |_, _| Ok(true))?.0,
        };
        view.take(&survey);
        Ok(())
    })
}

/// Checks each entry; with a key, also that it decrypts.
///
/// # Errors
/// [`BufferError`] where the directory, a file or the key can't be read. What is wrong with entries is no error, but
/// among the segments' problems.
pub fn verify(directory: &Path, key_file: Option<&Path>) -> Result<Inspection, BufferError> {
    let read = |path: &Path| Key::read(path).map_err(|source| BufferError::KeyFile { path: path.to_owned(), source });
    let key = key_file.map(read).transpose()?;
    look(directory, |opened, view| {
        let (survey, undecrypted) = survey(opened, view.id, |at, header| decrypts(opened, at, header, key.as_ref()))?;
        view.take(&survey);
        if undecrypted > 0 {
            view.problems.push(format!("{undecrypted} entries can't be decrypted with this key"));
        }
        let ranges = survey.corrupt.iter().map(|(from, to)| format!("damaged from byte {from} to {to}"));
        view.problems.extend(ranges);
        let whole = survey.seal.end;
        if opened.seal.map_or_else(|| opened.is_torn(whole), |seal| whole < seal.end) {
            view.problems.push(format!("torn or damaged from byte {whole} on"));
        }
        if opened.seal.is_some_and(|seal| seal.records != survey.seal.records) {
            view.problems.push("holds other records than its header says".into());
        }
        Ok(())
    })
}

impl Inspection {
    /// Whether something is wrong.
    #[must_use]
    pub fn is_bad(&self) -> bool {
        self.is_position_damaged || self.segments.iter().any(|segment| !segment.problems.is_empty())
    }

    /// Notes what is missing with the segment behind it. What comes before the position has arrived.
    fn note_missing(&mut self) {
        let from = self.position.map_or(0, |position| position.segment);
        let arrived = self.segments.partition_point(|segment| segment.id < from);
        let wanted = &mut self.segments[arrived..];
        let ids: Vec<u64> = wanted.iter().map(|segment| segment.id).collect();
        for gap in recover::gaps(&ids) {
            let behind = wanted.iter_mut().find(|segment| segment.id > *gap.end()).expect("a gap has two ends");
            behind.problems.push(match gap.into_inner() {
                (first, last) if first == last => format!("segment {first} before it is missing"),
                (first, last) => format!("segments {first} to {last} before it are missing"),
            });
        }
    }
}

impl SegmentView {
    fn take(&mut self, survey: &Survey) {
        let seal = &survey.seal;
        (self.entries, self.records) = (seal.entries, seal.records);
        self.written = (seal.entries > 0).then_some((seal.first, seal.last));
    }
}

fn look(
    directory: &Path,
    mut fill: impl FnMut(&Opened, &mut SegmentView) -> std::io::Result<()>,
) -> Result<Inspection, BufferError> {
    let path = directory.join("position");
    let position = position::look(&path).map_err(BufferError::io(path, "read"))?;
    let mut inspection = Inspection {
        position: if let Position::Known(place) = position { Some(place.into()) } else { None },
        is_position_damaged: position == Position::Damaged,
        quarantine_bytes: Quarantine::new(directory).bytes(),
        ..Inspection::default()
    };
    for id in recover::list(directory).map_err(BufferError::io(directory, "list"))? {
        let path = recover::path(directory, id);
        let opened = Opened::open(&path, id, false).map_err(BufferError::io(&path, "open"))?;
        let mut view = SegmentView { id, path: path.clone(), bytes: opened.length, ..SegmentView::default() };
        view.is_complete = opened.seal.is_some();
        view.is_encrypted = opened.header.is_some_and(|header| header.key.is_some());
        if opened.header.is_none() {
            view.problems.push(if opened.length > 0 { "its header is damaged" } else { "is empty" }.into());
        }
        fill(&opened, &mut view).map_err(BufferError::io(path, "read"))?;
        inspection.backlog += backlog(&view, inspection.position);
        inspection.segments.push(view);
    }
    inspection.note_missing();
    Ok(inspection)
}

fn backlog(segment: &SegmentView, position: Option<PositionView>) -> u64 {
    match position {
        Some(position) if segment.id < position.segment => 0,
        Some(position) if segment.id == position.segment => segment.records.saturating_sub(position.records),
        _ => segment.records,
    }
}

/// Looks at all entries; answers how many of them `is_right` says are not.
fn survey(
    opened: &Opened,
    id: u64,
    is_right: impl Fn(u64, &EntryHeader) -> std::io::Result<bool>,
) -> std::io::Result<(Survey, u64)> {
    let Some(entries) = opened.entries(id) else {
        let mut nothing = Survey::default();
        nothing.seal.end = opened.length.min(SEGMENT_HEADER);
        return Ok((nothing, 0));
    };
    let mut wrong = 0;
    let survey = entries.survey(|at, header| {
        wrong += u64::from(!is_right(at, header)?);
        Ok(())
    })?;
    Ok((survey, wrong))
}

fn decrypts(opened: &Opened, at: u64, header: &EntryHeader, key: Option<&Key>) -> std::io::Result<bool> {
    let Some(key) = key.filter(|_| header.is_encrypted) else { return Ok(true) };
    // No longer than the file: the header fits it.
    let mut payload = vec![0; header.payload_bytes as usize];
    opened.file.read_exact_at(&mut payload, at + ENTRY_HEADER as u64)?;
    Ok(key.decrypt(header, &mut payload))
}

impl From<Place> for PositionView {
    fn from(place: Place) -> Self {
        let Place { segment, at, records } = place;
        Self { segment, at, records }
    }
}
