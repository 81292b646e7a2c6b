//! Finds files and hands their streams to the lanes. One look goes over all patterns and all known files, in time
//! linear in both; when to look is decided elsewhere.

use super::complaints::Complaints;
use super::identity::Identity;
use super::open::OpenFile;
use super::patterns::{Found, Patterns};
use super::resume::Resume;
use super::stream::FileStream;
use super::tracked::Tracked;
use super::watch::{Paths, Watch};
use super::{FileSourceConfig, ReadFrom};
use crate::Lines;
use logagent_component::{Intake, Stream};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

#[cfg(test)]
mod tests;

/// The files that are known, by what they are.
pub(super) struct Discovery {
    config: FileSourceConfig,
    patterns: Arc<Patterns>,
    retire: Duration,
    files: HashMap<Identity, Tracked>,
    complaints: Complaints,
    resume: Resume,
    looks: u64,
}

impl Discovery {
    pub(super) fn new(config: FileSourceConfig, patterns: Arc<Patterns>, retire: Duration) -> Self {
        let resume = Resume::new(config.checkpoints.as_deref(), &config.name);
        let (files, complaints) = (HashMap::new(), Complaints::default());
        Self { config, patterns, retire, files, complaints, resume, looks: 0 }
    }

    /// Hands over what is there, with a word about each pattern that means nothing.
    pub(super) fn look_once(&mut self, intake: &Intake) {
        let mut streams = Vec::new();
        let patterns = self.patterns.clone();
        for (pattern, files) in patterns.expand(&mut self.complaints) {
            if files.is_empty() {
                tracing::warn!(pattern, source = &*self.config.name, "no file matches");
            }
            for found in files {
                self.meet(&found, Instant::now(), &mut streams);
            }
        }
        self.open_renamed(Instant::now(), &mut streams);
        streams.into_iter().for_each(|stream| intake.assign(stream));
    }

    /// Finds what is new, what has grown, and what is gone.
    pub(super) fn look(&mut self, watch: &mut Watch, intake: &Intake, now: Instant) {
        self.looks += 1;
        self.complaints.next_look();
        // Watched first, so that a file which comes after the expansion is told of.
        watch.cover(self.directories());
        let mut streams = Vec::new();
        let mut paths = Paths::new();
        let patterns = self.patterns.clone();
        for found in patterns.expand(&mut self.complaints).into_iter().flat_map(|(_, files)| files) {
            if let Some(file) = self.meet(&found, now, &mut streams) {
                paths.insert(found.path, file);
            }
        }
        if self.looks == 1 {
            self.open_renamed(now, &mut streams);
        }
        self.part(now);
        let links = self.files.values().filter_map(|known| Some((known.target.clone()?, known.file.clone())));
        paths.extend(links);
        // Known first, so that bytes which come after the stream's first look are told of.
        watch.know(paths);
        streams.into_iter().for_each(|stream| intake.assign(stream));
    }

    /// The directories of the patterns, and of the files that links lead to.
    fn directories(&self) -> Vec<PathBuf> {
        let targets = self.files.values().filter_map(|known| known.target.as_ref()?.parent());
        let mut directories = self.patterns.directories();
        directories.extend(targets.map(Path::to_owned));
        directories
    }

    /// A file has this path: the file if it can be read, and its stream if it had none.
    fn meet(&mut self, found: &Found, now: Instant, streams: &mut Vec<Box<dyn Stream>>) -> Option<Arc<OpenFile>> {
        let identity = Identity::of(&found.metadata);
        if let Some(known) = self.files.get_mut(&identity) {
            known.is_found(found.metadata.len(), self.looks, now);
            let file = known.file.clone();
            if let Some(at) = file.closed_at() {
                // Its lane had an error reading it, or took it for over just when it was found again.
                file.reopen();
                streams.push(self.stream(&file, at));
            }
            return Some(file);
        }
        self.open(&found.path, now, streams)
    }

    fn open(&mut self, path: &Path, now: Instant, streams: &mut Vec<Box<dyn Stream>>) -> Option<Arc<OpenFile>> {
        let opened = OpenFile::open(path, self.config.index, &self.config.name);
        let (file, metadata) = opened.map_err(|error| self.complaints.complain(path, "open", &error)).ok()??;
        // What was opened may be another file than what was found.
        let Entry::Vacant(entry) = self.files.entry(Identity::of(&metadata)) else { return None };
        let file = Arc::new(file);
        let target = path.is_symlink().then(|| path.canonicalize().ok()).flatten();
        entry.insert(Tracked::new(file.clone(), target, self.looks, now));
        let kept = self.resume.take(Identity::of(&metadata), path, file.file(), metadata.len());
        let at = kept.unwrap_or(if self.skips_what_is_there() { metadata.len() } else { 0 });
        file.set_confirmed_to(at);
        if let Some(checkpoints) = &self.config.checkpoints {
            checkpoints.keep(file.clone());
        }
        tracing::debug!(path = %path.display(), at, "file opened");
        streams.push(self.stream(&file, at));
        Some(file)
    }

    /// Files that the run before has read, and that have other names now.
    fn open_renamed(&mut self, now: Instant, streams: &mut Vec<Box<dyn Stream>>) {
        for path in self.resume.renamed() {
            self.open(&path, now, streams);
        }
    }

    /// A run that reads what is there, once, would otherwise read nothing.
    fn skips_what_is_there(&self) -> bool {
        self.looks == 1 && self.config.read_from == ReadFrom::End && !self.config.once
    }

    fn stream(&self, file: &Arc<OpenFile>, at: u64) -> Box<dyn Stream> {
        let lines = Lines::new(self.config.max_record_bytes).joined(self.config.multiline.clone());
        Box::new(FileStream::new(file.clone(), at, lines, self.config.once))
    }

    /// Looks after the files that this look has found no path for.
    fn part(&mut self, now: Instant) {
        let (look, retire) = (self.looks, self.retire);
        self.files.retain(|_, known| {
            if known.found_by == look {
                return true;
            }
            // A size that can't be had any more (NFS) is none that changes.
            known.is_lost(known.file.size().unwrap_or_else(|_| known.file.read_to()), now, retire);
            let is_open = known.file.closed_at().is_none();
            if !is_open {
                known.file.forget();
            }
            is_open
        });
    }
}
