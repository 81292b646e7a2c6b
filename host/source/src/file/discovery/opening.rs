//! How a file that was found is opened, where it is read from, and by which stream.

use super::Discovery;
use crate::Lines;
use crate::file::identity::Identity;
use crate::file::open::{FINISHED, OpenFile};
use crate::file::packed::PackedStream;
use crate::file::stream::FileStream;
use crate::file::tracked::Tracked;
use crate::file::unpack::Packing;
use crate::file::{FileSourceConfig, ReadFrom};
use logagent_component::Stream;
use std::fs::Metadata;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

/// What came of opening a file.
pub(super) enum Opened {
    /// It is read from now on.
    Stream(Arc<OpenFile>, Box<dyn Stream>),
    /// It is none, it was known, or it needs no reading.
    Nothing,
    /// Others have to be closed before.
    Later,
}

impl Discovery {
    pub(super) fn open(&mut self, path: &Path, now: Instant) -> Opened {
        if !self.descriptors.has_room(&self.files, self.looks) {
            return Opened::Later;
        }
        let opened = OpenFile::open(path, &self.owner).map_err(|error| self.complaints.complain(path, "open", &error));
        let Ok(Some((file, metadata))) = opened else { return Opened::Nothing };
        // What was opened may be another file than what was found.
        if self.files.contains_key(&Identity::of(&metadata)) || self.owner.unpacks && is_begun(path, &metadata) {
            return Opened::Nothing;
        }
        if file.packing.is_some() && !self.descriptors.has_room_for_packed() {
            return Opened::Later;
        }
        let file = Arc::new(file);
        self.descriptors.take(file.clone());
        let target = path.is_symlink().then(|| path.canonicalize().ok()).flatten();
        self.files.insert(Identity::of(&metadata), Tracked::new(file.clone(), target, self.looks, now));
        let at = self.begin(&file, path, &metadata);
        if let Some(checkpoints) = &self.config.checkpoints {
            checkpoints.keep(file.clone());
        }
        tracing::debug!(path = %path.display(), at, "file opened");
        match self.stream(&file, at) {
            Some(stream) => Opened::Stream(file, stream),
            None => Opened::Nothing,
        }
    }

    /// Where a new file is read from.
    fn begin(&mut self, file: &OpenFile, path: &Path, metadata: &Metadata) -> u64 {
        let size = file.packing.is_none().then_some(metadata.len());
        let resumed =
            file.handle.get().and_then(|handle| self.resume.take(Identity::of(metadata), path, &handle, size));
        let skipped = self.skipped.remove(&Identity::of(metadata));
        let at = match resumed {
            Some(at) => at,
            None if skipped.is_some() => size.and(skipped).unwrap_or(FINISHED),
            None if self.skips_what_is_there() => size.unwrap_or(FINISHED),
            None => 0,
        };
        file.begin_at(at);
        at
    }

    /// A run that reads what is there, once, would otherwise read nothing.
    pub(super) fn skips_what_is_there(&self) -> bool {
        self.looks == 1 && self.config.read_from == ReadFrom::End && !self.config.once
    }

    /// `None` where the file needs no reading.
    pub(super) fn stream(&self, file: &Arc<OpenFile>, at: u64) -> Option<Box<dyn Stream>> {
        let FileSourceConfig { max_record_bytes, once, cri, .. } = self.config;
        let lines = Lines::new(max_record_bytes).joined(self.config.multiline.clone()).in_parts(cri);
        let Some(packing) = file.packing else { return Some(Box::new(FileStream::new(file.clone(), at, lines, once))) };
        let made = match file.handle.get() {
            Some(from) if at < FINISHED => PackedStream::new((file.clone(), packing), from, at, lines, once),
            _ => {
                file.finish();
                file.close(at);
                return None;
            }
        };
        made.map(|stream| Box::new(stream) as Box<dyn Stream>)
            .inspect_err(|error| {
                file.fail();
                tracing::error!(path = %file.path.display(), %error, "can't unpack this file");
            })
            .ok()
    }
}

/// Whether this is going to be a compressed file, and can't be told to be one yet.
fn is_begun(path: &Path, metadata: &Metadata) -> bool {
    let has_name = path.extension().is_some_and(|extension| extension == "gz" || extension == "zst");
    has_name && metadata.len() < Packing::BYTES as u64
}
