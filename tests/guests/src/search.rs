//! Modes that let the host search, rightly and wrongly. Set 0 holds a literal and a kind, paths 0 one path.

use crate::bindings::scan::{Escapes, Kind, Pattern, Report};
use crate::bindings::{BatchInfo, fields, scan};
use crate::flat::{self, Part, Replacement};
use crate::modes;
use crate::state::{Configured, Processed, State};

pub(crate) fn compile(state: &mut State) -> Configured {
    modes::attach(state)?;
    let patterns = [Pattern::Literal(b"secret".into()), Pattern::Kind(Kind::Email)];
    let set = scan::compile(&patterns, Report::All, Escapes::Raw);
    let paths = fields::compile(&["user".into()]);
    if set.is_err() || paths.is_err() { core::arch::wasm32::unreachable() } else { Ok(()) }
}

/// Cuts out all that the set finds, and puts a star in front of each value that the path finds.
pub(crate) fn search(_: &mut State, _: BatchInfo) -> Processed {
    for found in scan::run(0).chunks_exact(4) {
        edit(found[0], found[2], found[3] - found[2], b"");
    }
    Ok(())
}

/// Puts a star in front of each value that the path finds, and a question mark in front of bodies that are no JSON.
pub(crate) fn find(_: &mut State, _: BatchInfo) -> Processed {
    for found in fields::run(0).chunks_exact(5) {
        let mark: &[u8] = if found[1] == u32::MAX { b"?" } else { b"*" };
        edit(found[0], if found[1] == u32::MAX { 0 } else { found[3] }, 0, mark);
    }
    Ok(())
}

fn edit(index: u32, at: u32, length: u32, with: &[u8]) {
    let patch_length = u32::try_from(with.len()).unwrap_or(u32::MAX);
    flat::edit(&[Replacement { index, part: Part::Body, at, length, patch_length }], with);
}

pub(crate) fn unknown_set(_: &mut State, _: BatchInfo) -> Processed {
    drop(scan::run(1));
    Ok(())
}

pub(crate) fn unknown_paths(_: &mut State, _: BatchInfo) -> Processed {
    drop(fields::run(u32::MAX));
    Ok(())
}

/// Compiles while a batch waits.
pub(crate) fn compile_late(_: &mut State, _: BatchInfo) -> Processed {
    drop(scan::compile(&[], Report::First, Escapes::Raw));
    Ok(())
}

pub(crate) fn run_on_tick(_: &mut State) -> Processed {
    drop(scan::run(0));
    Ok(())
}

/// Searches over and over: the host's time counts, too.
pub(crate) fn forever(_: &mut State, _: BatchInfo) -> Processed {
    loop {
        drop(scan::run(0));
    }
}

/// Wants one set more than there may be.
pub(crate) fn many_sets(state: &mut State) -> Configured {
    modes::attach(state)?;
    for number in 0..65 {
        drop(scan::compile(&[Pattern::Literal(format!("{number}").into())], Report::First, Escapes::Raw));
    }
    Ok(())
}

/// Wants a few sets that are large once compiled.
pub(crate) fn large_sets(state: &mut State) -> Configured {
    modes::attach(state)?;
    for number in 0..8 {
        let pattern = Pattern::Regex(format!("\\w{{30}}{number}"));
        if scan::compile(&[pattern], Report::First, Escapes::Raw).is_err() {
            core::arch::wasm32::unreachable();
        }
    }
    Ok(())
}

/// Tells what the host says of patterns and paths that are wrong: not run, so that the host can look at it.
pub(crate) fn wrong_patterns(_: &mut State) -> Configured {
    use crate::bindings::ConfigProblem;
    let problem = |key: &str, found: String| ConfigProblem { key: key.into(), found, allowed: "none".into() };
    let patterns = [Pattern::Literal(b"fine".into()), Pattern::Regex("(".into()), Pattern::Literal(Vec::new())];
    let patterns = scan::compile(&patterns, Report::First, Escapes::Raw).err().unwrap_or_default();
    let paths = fields::compile(&["fine".into(), "a[".into()]).err().unwrap_or_default();
    let patterns = patterns.into_iter().map(|it| problem(&format!("patterns[{}]", it.index), it.reason));
    let paths = paths.into_iter().map(|it| problem(&format!("paths[{}]", it.index), it.reason));
    Err(patterns.chain(paths).collect())
}
