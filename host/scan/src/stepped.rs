//! A search that can be stopped at nearly any byte: an automaton that is built while it is walked, step by step, and
//! never given up, however often it outgrows its memory. For long bodies and large expressions; slower than `meta`
//! where that is quick, and never as slow as that can be between two questions.

#[cfg(test)]
mod tests;
mod threads;

use crate::pace::Pace;
use crate::{Interrupted, MAX_COMPILED_BYTES};
use regex_automata::hybrid::LazyStateID;
use regex_automata::hybrid::dfa::{self, DFA};
use regex_automata::nfa::thompson::{self, NFA, WhichCaptures};
use regex_automata::util::primitives::PatternID;
use regex_automata::{Anchored, Input, Match, MatchKind};
use regex_syntax::hir::Hir;
use threads::Threads;

/// What is walked before it is looked what that took: to make a state of the automaton, each of the expression's may be
/// visited, which is counted as a byte; with states made before, a step is one.
const STRETCH: usize = 16 << 10;

#[derive(Debug)]
pub(crate) struct Stepped {
    forward: DFA,
    reverse: DFA,
}

#[derive(Debug)]
pub(crate) struct Cache {
    forward: dfa::Cache,
    reverse: dfa::Cache,
    /// Made when the automata come upon bytes that they don't take.
    threads: Option<Threads>,
}

/// Why a walk has no answer.
enum Stop {
    Interrupted,
    /// A byte that the automaton doesn't take: beside Unicode's borders of words, those that aren't ASCII.
    Untaken,
}

impl From<Interrupted> for Stop {
    fn from(Interrupted: Interrupted) -> Self {
        Self::Interrupted
    }
}

impl Stepped {
    /// None where the expressions are too large.
    pub(crate) fn new(hirs: &[&Hir], lazy_bytes: usize) -> Option<Self> {
        let config =
            dfa::Config::new().unicode_word_boundary(true).cache_capacity(lazy_bytes).skip_cache_capacity_check(true);
        let build = |config, reverse| dfa::Builder::new().configure(config).build_from_nfa(nfa(hirs, reverse)?).ok();
        let reverse = config.clone().match_kind(MatchKind::All).starts_for_each_pattern(true);
        Some(Self { forward: build(config, false)?, reverse: build(reverse, true)? })
    }

    pub(crate) fn states(&self) -> usize {
        self.forward.get_nfa().states().len()
    }

    pub(crate) fn bytes(&self) -> usize {
        self.forward.get_nfa().memory_usage() + self.reverse.get_nfa().memory_usage()
    }

    /// What a cache may come to take, beside what the automata were allowed.
    pub(crate) fn cache_bytes(&self) -> usize {
        self.create_cache().bytes() + Threads::bytes_for(self.forward.get_nfa())
    }

    pub(crate) fn create_cache(&self) -> Cache {
        Cache { forward: self.forward.create_cache(), reverse: self.reverse.create_cache(), threads: None }
    }

    /// The leftmost match in the input's span, which is to end where its bytes do.
    pub(crate) fn find(
        &self,
        cache: &mut Cache,
        input: &Input<'_>,
        pace: &mut Pace<'_>,
    ) -> Result<Option<Match>, Interrupted> {
        self.walk(cache, input, pace).or_else(|stop| match stop {
            Stop::Interrupted => Err(Interrupted),
            Stop::Untaken => {
                let nfa = self.forward.get_nfa();
                cache.threads.get_or_insert_with(|| Threads::new(nfa)).find(nfa, input, pace)
            }
        })
    }

    /// To the end of the leftmost match, and from there back to its beginning.
    fn walk(&self, cache: &mut Cache, input: &Input<'_>, pace: &mut Pace<'_>) -> Result<Option<Match>, Stop> {
        let state = self.forward.start_state_forward(&mut cache.forward, input).map_err(|_| Stop::Untaken)?;
        let bytes = &input.haystack()[input.get_span()];
        let walk = Walk::new(&self.forward, &mut cache.forward, state);
        let Some((pattern, len)) = walk.run(bytes.iter(), None, pace)? else { return Ok(None) };
        let end = input.start() + len;
        if input.get_anchored().is_anchored() {
            return Ok(Some(Match::new(pattern, input.start()..end)));
        }
        let input = input.clone().range(input.start()..end).anchored(Anchored::Pattern(pattern));
        let state = self.reverse.start_state_reverse(&mut cache.reverse, &input).map_err(|_| Stop::Untaken)?;
        let before = input.start().checked_sub(1).map(|at| input.haystack()[at]);
        let walk = Walk::new(&self.reverse, &mut cache.reverse, state);
        let (_, len) = walk.run(bytes[..len].iter().rev(), before, pace)?.ok_or(Stop::Untaken)?;
        Ok(Some(Match::new(pattern, end - len..end)))
    }
}

impl Cache {
    pub(crate) fn bytes(&self) -> usize {
        let threads = self.threads.as_ref().map_or(0, Threads::bytes);
        self.forward.memory_usage() + self.reverse.memory_usage() + threads
    }
}

fn nfa(hirs: &[&Hir], reverse: bool) -> Option<NFA> {
    let config = thompson::Config::new()
        .utf8(false)
        .which_captures(WhichCaptures::None)
        .nfa_size_limit(Some(MAX_COMPILED_BYTES))
        .reverse(reverse);
    thompson::Compiler::new().configure(config).build_many_from_hir(hirs).ok()
}

/// An automaton on its way.
struct Walk<'a> {
    dfa: &'a DFA,
    cache: &'a mut dfa::Cache,
    state: LazyStateID,
    steps: usize,
    /// The last match: of which pattern, and behind how many bytes.
    found: Option<(PatternID, usize)>,
}

impl<'a> Walk<'a> {
    fn new(dfa: &'a DFA, cache: &'a mut dfa::Cache, state: LazyStateID) -> Self {
        Self { dfa, cache, state, steps: 0, found: None }
    }

    /// Over all bytes, or until the rest makes no difference; `beyond` is the byte behind the last, if there is one.
    fn run<'b>(
        mut self,
        mut bytes: impl Iterator<Item = &'b u8>,
        beyond: Option<u8>,
        pace: &mut Pace<'_>,
    ) -> Result<Option<(PatternID, usize)>, Stop> {
        let visits = self.dfa.get_nfa().states().len();
        let stretch = (STRETCH / visits).max(1);
        loop {
            let (from, made) = (self.steps, self.made());
            let goes_on = self.take(bytes.by_ref().take(stretch));
            let steps = self.steps - from;
            // Bytes that led to states made before are but looked up.
            pace.spend(if self.made() == made { steps } else { steps * visits })?;
            if !goes_on? {
                return Ok(self.found);
            }
            if steps < stretch {
                break;
            }
        }
        self.state = match beyond {
            Some(byte) => self.dfa.next_state(self.cache, self.state, byte),
            None => self.dfa.next_eoi_state(self.cache, self.state),
        }
        .map_err(|_| Stop::Untaken)?;
        self.look()?;
        Ok(self.found)
    }

    /// Steps over these bytes; false when no byte that follows makes a difference.
    fn take<'b>(&mut self, bytes: impl Iterator<Item = &'b u8>) -> Result<bool, Stop> {
        for byte in bytes {
            self.state = self.dfa.next_state(self.cache, self.state, *byte).map_err(|_| Stop::Untaken)?;
            if self.state.is_tagged() && !self.look()? {
                return Ok(false);
            }
            self.steps += 1;
        }
        Ok(true)
    }

    /// What the state says: a match is known one byte late.
    fn look(&mut self) -> Result<bool, Stop> {
        if self.state.is_match() {
            self.found = Some((self.dfa.match_pattern(self.cache, self.state, 0), self.steps));
        }
        if self.state.is_quit() { Err(Stop::Untaken) } else { Ok(!self.state.is_dead()) }
    }

    /// Another number when states were made.
    fn made(&self) -> (usize, usize) {
        (self.cache.clear_count(), self.cache.memory_usage())
    }
}
