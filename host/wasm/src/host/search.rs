//! The contract's `scan` and `fields`: searches that the host compiles, shares between instances, and runs over the
//! batch in hand.

mod compiled;
mod shared;

pub(crate) use shared::{Lease, Searches};

use super::{Caller, Host};
use crate::contract::search::{WitEscapes, WitPattern, WitProblem, WitReport};
use crate::limits::CallClock;
use bytemuck::allocation::cast_vec;
use compiled::Compiled;
use logagent_component::Fault;
use logagent_fields::Paths;
use logagent_record::Bodies;
use logagent_scan::{Options, Set};
use std::sync::Arc;
use wasmtime::Trap;
use wasmtime::component::LinkerInstance;

/// How many sets of patterns, and of paths, an instance has at most.
const MOST: usize = 64;

pub(super) fn link_scan(scan: &mut LinkerInstance<'_, Host>) -> wasmtime::Result<()> {
    scan.func_wrap("compile", |mut caller: Caller<'_>, (patterns, report, escapes)| {
        Ok((caller.data_mut().compile::<Set>(&source(patterns, report, escapes))?,))
    })?;
    scan.func_wrap("run", |mut caller: Caller<'_>, (set,)| Ok((caller.data_mut().search::<Set>(set)?,)))
}

pub(super) fn link_fields(fields: &mut LinkerInstance<'_, Host>) -> wasmtime::Result<()> {
    fields.func_wrap("compile", |mut caller: Caller<'_>, (paths,): (Vec<String>,)| {
        Ok((caller.data_mut().compile::<Paths>(&paths)?,))
    })?;
    fields.func_wrap("run", |mut caller: Caller<'_>, (paths,)| Ok((caller.data_mut().search::<Paths>(paths)?,)))
}

fn source(patterns: Vec<WitPattern>, report: WitReport, escapes: WitEscapes) -> <Set as Compiled>::Source {
    let options = Options { report: report.into(), escapes: escapes.into() };
    (patterns.into_iter().map(Into::into).collect(), options)
}

/// One instance's searches.
pub(super) struct Search {
    lease: Arc<Lease>,
    sets: Kept<Set>,
    paths: Kept<Paths>,
}

/// Those of one kind, by the numbers that the instance has for them.
struct Kept<T: Compiled> {
    list: Vec<Arc<T>>,
    scratch: T::Scratch,
    /// How much the run before found: what the next will need room for.
    found_count: usize,
}

impl Search {
    pub(super) fn new(lease: Arc<Lease>) -> Self {
        Self { lease, sets: Kept::new(), paths: Kept::new() }
    }

    /// What they take of the host's memory. What is shared counts for each that shares it.
    fn bytes(&self) -> usize {
        self.sets.bytes() + self.paths.bytes()
    }
}

impl Host {
    /// Answers the number under which the instance has what was compiled.
    fn compile<T: Compiled>(&mut self, source: &T::Source) -> wasmtime::Result<Result<u32, Vec<WitProblem>>> {
        self.check_configures(T::COMPILE)?;
        let compiled = match self.search.lease.get::<T>(source) {
            Ok(compiled) => compiled,
            Err(problems) => return Ok(Err(problems)),
        };
        let number = T::kept(&mut self.search).add(compiled)?;
        let (needed, limit) = (self.search.bytes(), self.limits.memory);
        if needed > limit { Err(Fault::Searches { needed, limit }.into()) } else { Ok(Ok(number)) }
    }

    fn search<T: Compiled>(&mut self, number: u32) -> wasmtime::Result<Vec<u32>> {
        let batch = self.batch.as_ref().ok_or(Fault::Moment { function: T::RUN, place: "process" })?;
        let bodies = batch.bodies();
        T::kept(&mut self.search).run(number, &bodies, &self.clock)
    }
}

impl<T: Compiled> Kept<T> {
    fn new() -> Self {
        Self { list: Vec::new(), scratch: T::Scratch::default(), found_count: 0 }
    }

    fn add(&mut self, compiled: Arc<T>) -> Result<u32, Fault> {
        if self.list.len() == MOST {
            return Err(Fault::TooMany { what: T::NAMES[1], most: MOST });
        }
        self.list.push(compiled);
        Ok(u32::try_from(self.list.len() - 1).expect("MOST bounds them"))
    }

    /// The scratch is at one set's disposal at a time.
    fn bytes(&self) -> usize {
        let compiled: usize = self.list.iter().map(|it| it.memory_bytes()).sum();
        compiled + self.list.iter().map(|it| it.scratch_bytes()).max().unwrap_or(0)
    }

    fn run(&mut self, number: u32, bodies: &Bodies<'_>, clock: &CallClock) -> wasmtime::Result<Vec<u32>> {
        let Self { list, scratch, found_count } = self;
        let chosen = list.get(number as usize);
        let chosen = chosen.ok_or(Fault::Unknown { what: T::NAMES[0], number, count: list.len() })?;
        let mut found = Vec::with_capacity(*found_count);
        let mut goes_on = || clock.has_time();
        if !chosen.search(bodies, scratch, &mut goes_on, &mut found) {
            return Err(stopped::<T>(clock.has_time()));
        }
        *found_count = found.len();
        Ok(cast_vec(found))
    }
}

/// Why a search ended early, which the epoch can't bring about in the host's own code: there was too much to find, where
/// it had time left.
fn stopped<T: Compiled>(has_time: bool) -> wasmtime::Error {
    let (what, most) = T::FOUND;
    if has_time { Fault::TooMany { what, most }.into() } else { Trap::Interrupt.into() }
}
