//! A set of patterns, and what a run of it is made of: bodies as they are, bodies decoded, secrets.

use crate::engines::Engines;
use crate::pace::Pace;
use crate::scratch::{Work, check_count};
use crate::{Escapes, Interrupted, Kind, Match, Options, Pattern, PatternError, Report, Scratch, all, first};
use logagent_record::Bodies;
use std::fmt;

/// Patterns, compiled. Instances share one in an `Arc`.
pub struct Set {
    engines: Engines,
    options: Options,
}

impl fmt::Debug for Set {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Set").field("patterns", &self.engines.patterns).field("options", &self.options).finish()
    }
}

impl Set {
    /// Compiles the patterns. A match names them by their index here.
    ///
    /// # Errors
    /// Every pattern that is wrong or too large, by its index. With too many patterns, that alone.
    pub fn new(patterns: &[Pattern], options: Options) -> Result<Self, Vec<PatternError>> {
        Ok(Self { engines: Engines::new(patterns, options.report)?, options })
    }

    /// What it takes itself, in bytes: once for all that share it.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        self.engines.bytes()
    }

    /// What a [`Scratch`] may come to take for its expressions, in bytes. What grows with the bodies is not among it.
    #[must_use]
    pub fn scratch_bytes(&self) -> usize {
        self.engines.cache_need().bytes()
    }

    /// Searches the bodies; `matches` is emptied first. `goes_on` is asked after every few KiB, or after a few
    /// milliseconds of them where expressions are so large that each byte takes long; when it answers false, the run
    /// is over.
    ///
    /// # Errors
    /// When `goes_on` answered false, or there are more matches than [`MAX_MATCHES`](crate::MAX_MATCHES); `matches`
    /// is empty then.
    ///
    /// # Panics
    /// Where a record points outside of the bytes, as [`Bodies::body`] does.
    pub fn run(
        &self,
        bodies: &Bodies<'_>,
        scratch: &mut Scratch,
        goes_on: &mut dyn FnMut() -> bool,
        matches: &mut Vec<Match>,
    ) -> Result<(), Interrupted> {
        matches.clear();
        let mut pace = Pace::new(goes_on);
        let result =
            self.search(bodies, &mut scratch.work, &mut pace, matches).and_then(|()| match self.options.escapes {
                Escapes::Raw => Ok(()),
                Escapes::Json => self.search_decoded(bodies, scratch, &mut pace, matches),
            });
        result.inspect_err(|Interrupted| matches.clear())
    }

    /// Searches bodies as they are, and leaves the matches in order.
    fn search(
        &self,
        bodies: &Bodies<'_>,
        work: &mut Work,
        pace: &mut Pace<'_>,
        matches: &mut Vec<Match>,
    ) -> Result<(), Interrupted> {
        work.prepare(&self.engines);
        for run in bodies.runs() {
            match self.options.report {
                Report::First => first::search(&self.engines, &run, work, pace, matches)?,
                Report::All => all::search(&self.engines, &run, work, pace, matches)?,
            }
        }
        self.find_secrets(bodies, work, pace, matches)?;
        if self.options.report == Report::All {
            all::tidy(matches);
        }
        check_count(matches.len())
    }

    fn find_secrets(
        &self,
        bodies: &Bodies<'_>,
        work: &mut Work,
        pace: &mut Pace<'_>,
        matches: &mut Vec<Match>,
    ) -> Result<(), Interrupted> {
        let Some(finder) = &self.engines.secrets else { return Ok(()) };
        work.found.clear();
        if !finder.find(bodies, pace.goes_on(), &mut work.found) {
            return Err(Interrupted);
        }
        // By kind: looked up once, not for each that was found.
        let patterns = Kind::ALL.map(|kind| self.engines.kinds.get(&kind).copied().unwrap_or_default());
        matches.extend(work.found.iter().map(|found| Match {
            record: found.record,
            pattern: patterns[found.kind as usize],
            start: found.start,
            end: found.end,
        }));
        self.one_each(matches);
        check_count(matches.len())
    }

    /// Leaves the first match of each record, where one is what was asked for.
    fn one_each(&self, matches: &mut Vec<Match>) {
        if self.options.report == Report::First {
            matches.sort_unstable_by_key(|found| (found.record, found.pattern, found.start, found.end));
            matches.dedup_by_key(|found| found.record);
        }
    }

    /// Searches the bodies with escapes again as what these stand for, and puts that in the place of what was found in
    /// their bytes, or beside it.
    fn search_decoded(
        &self,
        bodies: &Bodies<'_>,
        scratch: &mut Scratch,
        pace: &mut Pace<'_>,
        matches: &mut Vec<Match>,
    ) -> Result<(), Interrupted> {
        let Scratch { decoded, in_decoded, restored, work } = scratch;
        restored.clear();
        decoded.begin(bodies, pace)?;
        while decoded.advance(bodies, pace)? {
            in_decoded.clear();
            self.search(&decoded.bodies(), work, pace, in_decoded)?;
            restored.extend(in_decoded.iter().map(|found| decoded.restore(*found)));
            check_count(restored.len())?;
        }
        matches.retain(|found| !decoded.replaces(found.record));
        matches.append(restored);
        match self.options.report {
            Report::First => self.one_each(matches),
            Report::All => all::tidy(matches),
        }
        check_count(matches.len())
    }
}
