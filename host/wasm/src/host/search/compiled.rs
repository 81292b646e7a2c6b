//! What guests have the host compile, and search with: sets of patterns, and of paths, as one thing.

use super::shared::{Lease, Leased, Searches, Shelf};
use super::{Kept, Search};
use crate::contract::search::WitProblem;
use bytemuck::Pod;
use logagent_fields::{Field, Paths};
use logagent_record::Bodies;
use logagent_scan::{Match, Options, Pattern, Set};

/// Searched for over the bodies of a batch.
pub(super) trait Compiled: Sized {
    /// What it is compiled from.
    type Source: Clone + PartialEq;
    /// One answer, which is a few numbers of 32 bits.
    type Found: Pod;
    type Scratch: Default;

    const COMPILE: &'static str;
    const RUN: &'static str;
    /// One of it, and several.
    const NAMES: [&'static str; 2];
    /// The answers to one search, and how many it may have.
    const FOUND: (&'static str, usize);

    fn compile(source: &Self::Source) -> Result<Self, Vec<WitProblem>>;

    /// What it takes, in bytes.
    fn memory_bytes(&self) -> usize;

    /// What searching with it may come to take of scratch, in bytes.
    fn scratch_bytes(&self) -> usize;

    /// False where it was stopped, or there was too much to find.
    fn search(
        &self,
        bodies: &Bodies<'_>,
        scratch: &mut Self::Scratch,
        goes_on: &mut dyn FnMut() -> bool,
        found: &mut Vec<Self::Found>,
    ) -> bool;

    fn shelf(searches: &Searches) -> &Shelf<Self>;

    fn leased(lease: &Lease) -> &Leased<Self>;

    fn kept(search: &mut Search) -> &mut Kept<Self>;
}

impl Compiled for Set {
    type Source = (Vec<Pattern>, Options);
    type Found = Match;
    type Scratch = logagent_scan::Scratch;

    const COMPILE: &'static str = "scan.compile";
    const RUN: &'static str = "scan.run";
    const NAMES: [&'static str; 2] = ["set of patterns", "sets of patterns"];
    const FOUND: (&'static str, usize) = ("matches in a batch", logagent_scan::MAX_MATCHES);

    fn compile((patterns, options): &Self::Source) -> Result<Self, Vec<WitProblem>> {
        let problem = |error: &logagent_scan::PatternError| WitProblem::new(error.index, &error.reason);
        Self::new(patterns, *options).map_err(|errors| errors.iter().map(problem).collect())
    }

    fn memory_bytes(&self) -> usize {
        self.memory_bytes()
    }

    fn scratch_bytes(&self) -> usize {
        self.scratch_bytes()
    }

    fn search(
        &self,
        bodies: &Bodies<'_>,
        scratch: &mut Self::Scratch,
        goes_on: &mut dyn FnMut() -> bool,
        found: &mut Vec<Match>,
    ) -> bool {
        self.run(bodies, scratch, goes_on, found).is_ok()
    }

    fn shelf(searches: &Searches) -> &Shelf<Self> {
        &searches.sets
    }

    fn leased(lease: &Lease) -> &Leased<Self> {
        &lease.sets
    }

    fn kept(search: &mut Search) -> &mut Kept<Self> {
        &mut search.sets
    }
}

impl Compiled for Paths {
    type Source = Vec<String>;
    type Found = Field;
    type Scratch = logagent_fields::Scratch;

    const COMPILE: &'static str = "fields.compile";
    const RUN: &'static str = "fields.run";
    const NAMES: [&'static str; 2] = ["set of paths", "sets of paths"];
    const FOUND: (&'static str, usize) = ("fields in a batch", logagent_fields::MAX_FIELDS);

    fn compile(paths: &Self::Source) -> Result<Self, Vec<WitProblem>> {
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let problem = |error: &logagent_fields::PathError| WitProblem::new(error.index, &error.reason);
        Self::new(&paths).map_err(|errors| errors.iter().map(problem).collect())
    }

    fn memory_bytes(&self) -> usize {
        self.memory_bytes()
    }

    /// The same few pages whatever the paths are.
    fn scratch_bytes(&self) -> usize {
        0
    }

    fn search(
        &self,
        bodies: &Bodies<'_>,
        scratch: &mut Self::Scratch,
        goes_on: &mut dyn FnMut() -> bool,
        found: &mut Vec<Field>,
    ) -> bool {
        self.find(bodies, scratch, goes_on, found).is_ok()
    }

    fn shelf(searches: &Searches) -> &Shelf<Self> {
        &searches.paths
    }

    fn leased(lease: &Lease) -> &Leased<Self> {
        &lease.paths
    }

    fn kept(search: &mut Search) -> &mut Kept<Self> {
        &mut search.paths
    }
}
