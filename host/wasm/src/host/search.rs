//! The contract's `scan` and `fields`: searches that the host compiles, shares between instances, and runs over the
//! batch in hand.

mod shared;

pub(crate) use shared::Searches;

use super::{Caller, Host};
use crate::contract::search::{WitEscapes, WitPattern, WitProblem, WitReport};
use bytemuck::allocation::cast_vec;
use logagent_component::Fault;
use logagent_fields::Paths;
use logagent_scan::{Options, Set};
use std::sync::Arc;
use wasmtime::Trap;
use wasmtime::component::LinkerInstance;

/// How many sets of patterns, and of paths, an instance has at most.
const MOST: usize = 64;

pub(super) fn link_scan(scan: &mut LinkerInstance<'_, Host>) -> wasmtime::Result<()> {
    scan.func_wrap("compile", |mut caller: Caller<'_>, (patterns, report, escapes)| {
        Ok((caller.data_mut().compile_patterns(patterns, report, escapes)?,))
    })?;
    scan.func_wrap("run", |mut caller: Caller<'_>, (set,)| Ok((caller.data_mut().scan(set)?,)))
}

pub(super) fn link_fields(fields: &mut LinkerInstance<'_, Host>) -> wasmtime::Result<()> {
    fields.func_wrap("compile", |mut caller: Caller<'_>, (paths,): (Vec<String>,)| {
        Ok((caller.data_mut().compile_paths(&paths)?,))
    })?;
    fields.func_wrap("run", |mut caller: Caller<'_>, (paths,)| Ok((caller.data_mut().find(paths)?,)))
}

/// One instance's searches.
pub(super) struct Search {
    shared: Arc<Searches>,
    sets: Vec<Arc<Set>>,
    paths: Vec<Arc<Paths>>,
    scan_scratch: logagent_scan::Scratch,
    fields_scratch: logagent_fields::Scratch,
    /// How much the runs before found: what the next will need room for.
    scan_count: usize,
    fields_count: usize,
}

impl Search {
    pub(super) fn new(shared: Arc<Searches>) -> Self {
        Self {
            shared,
            sets: Vec::new(),
            paths: Vec::new(),
            scan_scratch: logagent_scan::Scratch::default(),
            fields_scratch: logagent_fields::Scratch::default(),
            scan_count: 0,
            fields_count: 0,
        }
    }
}

type Compiled = Result<u32, Vec<WitProblem>>;

impl Host {
    fn compile_patterns(
        &mut self,
        patterns: Vec<WitPattern>,
        report: WitReport,
        escapes: WitEscapes,
    ) -> wasmtime::Result<Compiled> {
        self.check_configures("scan.compile")?;
        let patterns = patterns.into_iter().map(Into::into).collect();
        let options = Options { report: report.into(), escapes: escapes.into() };
        let compiled = self.search.shared.set(patterns, options);
        let problem = |error: &logagent_scan::PatternError| WitProblem::new(error.index, &error.reason);
        let compiled = compiled.map_err(|errors| errors.iter().map(problem).collect());
        numbered(compiled, &mut self.search.sets, "sets of patterns")
    }

    fn compile_paths(&mut self, paths: &[String]) -> wasmtime::Result<Compiled> {
        self.check_configures("fields.compile")?;
        let compiled = self.search.shared.paths(paths);
        let problem = |error: &logagent_fields::PathError| WitProblem::new(error.index, &error.reason);
        let compiled = compiled.map_err(|errors| errors.iter().map(problem).collect());
        numbered(compiled, &mut self.search.paths, "sets of paths")
    }

    fn scan(&mut self, number: u32) -> wasmtime::Result<Vec<u32>> {
        let bodies = self.batch.as_ref().ok_or(OUTSIDE_SCAN)?.bodies();
        let Search { sets, scan_scratch, scan_count, .. } = &mut self.search;
        let set = sets.get(number as usize);
        let set = set.ok_or(Fault::Unknown { what: "set of patterns", number, count: sets.len() })?;
        let mut found = Vec::with_capacity(*scan_count);
        let mut goes_on = || self.clock.has_time();
        let ran = set.run(&bodies, scan_scratch, &mut goes_on, &mut found);
        ran.map_err(|_| stopped(goes_on(), "matches in a batch", logagent_scan::MAX_MATCHES))?;
        *scan_count = found.len();
        Ok(cast_vec(found))
    }

    fn find(&mut self, number: u32) -> wasmtime::Result<Vec<u32>> {
        let bodies = self.batch.as_ref().ok_or(OUTSIDE_FIELDS)?.bodies();
        let Search { paths, fields_scratch, fields_count, .. } = &mut self.search;
        let chosen = paths.get(number as usize);
        let chosen = chosen.ok_or(Fault::Unknown { what: "set of paths", number, count: paths.len() })?;
        let mut found = Vec::with_capacity(*fields_count);
        let mut goes_on = || self.clock.has_time();
        let ran = chosen.find(&bodies, fields_scratch, &mut goes_on, &mut found);
        ran.map_err(|_| stopped(goes_on(), "fields in a batch", logagent_fields::MAX_FIELDS))?;
        *fields_count = found.len();
        Ok(cast_vec(found))
    }
}

const OUTSIDE_SCAN: Fault = Fault::Moment { function: "scan.run", place: "process" };
const OUTSIDE_FIELDS: Fault = Fault::Moment { function: "fields.run", place: "process" };

/// Why a search ended early, which the epoch can't bring about in the host's own code: there was too much to find, where it had time left.
fn stopped(has_time: bool, what: &'static str, most: usize) -> wasmtime::Error {
    if has_time { Fault::TooMany { what, most }.into() } else { Trap::Interrupt.into() }
}

/// The number under which an instance has what was compiled.
fn numbered<T>(
    compiled: Result<Arc<T>, Vec<WitProblem>>,
    kept: &mut Vec<Arc<T>>,
    what: &'static str,
) -> wasmtime::Result<Compiled> {
    let compiled = match compiled {
        Ok(compiled) => compiled,
        Err(problems) => return Ok(Err(problems)),
    };
    if kept.len() == MOST {
        return Err(Fault::TooMany { what, most: MOST }.into());
    }
    kept.push(compiled);
    Ok(Ok(u32::try_from(kept.len() - 1).expect("MOST bounds them")))
}
