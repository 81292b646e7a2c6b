//! Finds files and hands their streams to the lanes. One look goes over all patterns and all known files, in time
//! linear in both; when to look is decided elsewhere.

use super::FileSourceConfig;
use super::complaints::Complaints;
use super::descriptors::Descriptors;
use super::identity::Identity;
use super::open::{OpenFile, Owner};
use super::patterns::{Found, Patterns};
use super::resume::Resume;
use super::tracked::Tracked;
use super::watch::{Paths, Watch};
use logagent_component::{Intake, Stream, Woken};
use opening::Opened;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

mod opening;
mod parting;
#[cfg(test)]
mod tests;

/// How long a run over what is there waits for descriptors before it counts them again, unless it is woken.
const WAIT: Duration = Duration::from_millis(50);

/// The files that are known, by what they are.
pub(super) struct Discovery {
    config: FileSourceConfig,
    owner: Owner,
    patterns: Arc<Patterns>,
    retire: Duration,
    files: HashMap<Identity, Tracked>,
    descriptors: Descriptors,
    complaints: Complaints,
    resume: Resume,
    /// Files of the run before may still have to be opened that no pattern finds.
    may_be_renamed: bool,
    /// What files held that were there at the start and had to wait, where that is not to be read.
    skipped: HashMap<Identity, u64>,
    looks: u64,
}

impl Discovery {
    pub(super) fn new(config: FileSourceConfig, owner: Owner, patterns: Arc<Patterns>, retire: Duration) -> Self {
        let resume = Resume::new(config.checkpoints.as_deref(), &config.name);
        let (files, complaints) = (HashMap::new(), Complaints::new(config.meter.clone(), config.once));
        let descriptors = Descriptors::new(config.max_open_files, !config.once);
        let (may_be_renamed, skipped) = (true, HashMap::new());
        Self {
            config,
            owner,
            patterns,
            retire,
            files,
            descriptors,
            complaints,
            resume,
            may_be_renamed,
            skipped,
            looks: 0,
        }
    }

    /// Hands over what is there, as descriptors become free, with a word about each pattern that means nothing.
    pub(super) fn look_once(&mut self, intake: &Intake) {
        let mut paths = Vec::new();
        let patterns = self.patterns.clone();
        for (pattern, files) in patterns.expand(&mut self.complaints) {
            if files.is_empty() {
                tracing::warn!(pattern, source = &*self.config.name, "no file matches");
            }
            paths.extend(files.into_iter().map(|found| found.path));
        }
        for path in &paths {
            if !self.open_in_time(path, intake) {
                return;
            }
        }
        for path in self.resume.renamed() {
            if !self.open_in_time(&path, intake) {
                return;
            }
        }
    }

    /// Opens it when there is a descriptor for it; whether the source goes on.
    fn open_in_time(&mut self, path: &Path, intake: &Intake) -> bool {
        loop {
            match self.open(path, Instant::now()) {
                Opened::Stream(_, stream) => intake.assign(stream),
                Opened::Nothing => {}
                Opened::Later if self.owner.signal.wait(WAIT) == Woken::Stopped => return false,
                Opened::Later => {
                    self.descriptors.count();
                    continue;
                }
            }
            return true;
        }
    }

    /// Finds what is new, what has grown, and what is gone.
    pub(super) fn look(&mut self, watch: &mut Watch, intake: &Intake, now: Instant) {
        self.looks += 1;
        self.complaints.next_look();
        self.descriptors.count();
        // Watched first, so that a file which comes after the expansion is told of.
        watch.cover(self.directories());
        let (mut streams, mut paths, mut unknown) = (Vec::new(), Paths::new(), Vec::new());
        let patterns = self.patterns.clone();
        for found in patterns.expand(&mut self.complaints).into_iter().flat_map(|(_, files)| files) {
            match self.meet(&found, now, &mut streams) {
                Some(file) => drop(paths.insert(found.path, file)),
                None => unknown.push(found.path),
            }
        }
        if std::mem::take(&mut self.may_be_renamed) {
            unknown.extend(self.resume.renamed());
        }
        self.part(now);
        self.open_again();
        for path in unknown {
            match self.open(&path, now) {
                Opened::Stream(file, stream) => {
                    streams.push(stream);
                    paths.insert(path, file);
                }
                Opened::Later => self.put_off(&path),
                Opened::Nothing => {}
            }
        }
        let links = self.files.values().filter_map(|known| Some((known.target.clone()?, known.file.clone())));
        paths.extend(links);
        // Known first, so that bytes which come after the stream's first look are told of.
        watch.know(paths);
        streams.into_iter().for_each(|stream| intake.assign(stream));
    }

    /// There is no descriptor for this file yet.
    fn put_off(&mut self, path: &Path) {
        self.may_be_renamed = true;
        if self.skips_what_is_there()
            && let Ok(metadata) = path.metadata()
        {
            self.skipped.insert(Identity::of(&metadata), metadata.len());
        }
    }

    /// Whether files wait for others to be closed, so that looking again is worthwhile.
    pub(super) fn is_short(&self) -> bool {
        self.descriptors.is_short()
    }

    /// The directories of the patterns, and of the files that links lead to.
    fn directories(&self) -> Vec<PathBuf> {
        let targets = self.files.values().filter_map(|known| known.target.as_ref()?.parent());
        let mut directories = self.patterns.directories();
        directories.extend(targets.map(Path::to_owned));
        directories
    }

    /// A file has this path: the file if it is known.
    fn meet(&mut self, found: &Found, now: Instant, streams: &mut Vec<Box<dyn Stream>>) -> Option<Arc<OpenFile>> {
        let known = self.files.get_mut(&Identity::of(&found.metadata))?;
        known.is_found(found, self.looks, now, self.retire);
        let file = known.file.clone();
        if let Some(at) = file.closed_at().filter(|_| !file.is_finished())
            && known.may_reopen(at, now)
            && file.unpark(&found.path)
        {
            self.descriptors.take(file.clone());
            // Its lane had an error reading it, or took it for over just when it was found again.
            file.reopen();
            streams.extend(self.stream(&file, at));
        }
        Some(file)
    }

    /// Opens those that a lane wants to read and that were closed.
    fn open_again(&mut self) {
        let look = self.looks;
        let wanted = self.files.values().filter(|known| known.file.handle.is_wanted() && known.found_by == look);
        for known in wanted {
            if !self.descriptors.has_room(&self.files, look) {
                return;
            }
            if known.file.unpark(&known.path) {
                self.descriptors.take(known.file.clone());
            }
        }
    }
}
