//! The search for literals: over all bodies of a batch at once, since starting a search costs more than
//! searching a line. Case-sensitive bytes; nothing of text is known here.

use std::ops::Range;

use aho_corasick::{AhoCorasick, Input};
use logagent_sdk::{Batch, ConfigError, ConfigErrors, Run};
use memchr::memmem::Finder;

/// Up to so many literals, a sweep for each is faster than one for all of them: as a component, memmem sweeps
/// at 8 to 14 GB/s, since it looks at 16 bytes at a time, and an automaton at 0.6, since it looks at one.
const MAX_SWEEPS: usize = 8;

#[derive(Debug)]
pub(crate) enum Literals {
    Few(Vec<Finder<'static>>),
    Many(AhoCorasick),
}

impl Literals {
    /// The literals are not empty. The first match to end is reported, whatever its literal: of matches that
    /// overlap, a longer one that leaves the body must not hide a shorter one inside of it.
    pub(crate) fn new(literals: &[String]) -> Result<Self, ConfigErrors> {
        if literals.len() <= MAX_SWEEPS {
            return Ok(Self::Few(literals.iter().map(|it| Finder::new(it.as_bytes()).into_owned()).collect()));
        }
        let too_many = |_| ConfigError::new("contains", "more than an automaton can hold", "fewer or shorter literals");
        Ok(Self::Many(AhoCorasick::new(literals).map_err(too_many)?))
    }

    /// Names the records that contain one of the literals; some of them more than once.
    pub(crate) fn for_each_match(&self, batch: &Batch<'_>, mut on_match: impl FnMut(usize)) {
        match self {
            Self::Few(finders) => {
                finders.iter().for_each(|finder| search(batch, |bytes, from| find(finder, bytes, from), &mut on_match));
            }
            Self::Many(automaton) => {
                let find = |bytes: &[u8], from| automaton.find(Input::new(bytes).range(from..)).map(|hit| hit.range());
                search(batch, find, on_match);
            }
        }
    }
}

#[inline]
fn find(finder: &Finder<'_>, bytes: &[u8], from: usize) -> Option<Range<usize>> {
    let at = from + finder.find(&bytes[from..])?;
    Some(at..at + finder.needle().len())
}

fn search(batch: &Batch<'_>, find: impl Fn(&[u8], usize) -> Option<Range<usize>>, mut on_match: impl FnMut(usize)) {
    match batch.bodies() {
        Some(run) => sweep(run, find, on_match),
        None => {
            let matches = batch.records().filter(|record| find(record.body(), 0).is_some());
            matches.for_each(|record| on_match(record.index()));
        }
    }
}

/// One pass over the run. Whatever a hit turns out to be, the search goes on behind it at a body's border:
/// - inside of a body, the record is decided;
/// - one that begins in a gap says nothing of the body behind it, which is searched from its start;
/// - one that leaves its body is the first to end of all that begin there, so that none of them is inside.
#[inline]
fn sweep(run: Run<'_>, find: impl Fn(&[u8], usize) -> Option<Range<usize>>, mut on_match: impl FnMut(usize)) {
    let bytes = run.bytes();
    let mut bodies = run.cursor();
    let mut from = 0;
    while let Some(hit) = find(bytes, from) {
        let Some(body) = bodies.seek(hit.start) else { return };
        from = if hit.start < body.start { body.start } else { body.end };
        if body.holds(hit.start, hit.len()) {
            on_match(body.index);
        }
    }
}
