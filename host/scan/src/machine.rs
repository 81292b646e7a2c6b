//! One or more expressions, compiled, and how they are searched for: in one go where that is over soon whatever the
//! bytes, else in steps. Knows nothing of bodies.

use crate::pace::Pace;
use crate::stepped::{self, Stepped};
use crate::{Interrupted, MAX_COMPILED_BYTES, PatternProblem, expression};
use regex_automata::meta::{self, Regex};
use regex_automata::nfa::thompson::WhichCaptures;
use regex_automata::{Input, Match};
use regex_syntax::hir::Hir;

/// `meta` can't be stopped, and at worst visits each state for each byte, some 8 ns each: so many are 30 ms.
const AT_ONCE_STEPS: usize = 1 << 22;

/// So many of them are counted as a byte, since nearly always an automaton is there that takes one step for all.
const STEPS_OF_BYTE: usize = 64;

#[derive(Debug)]
pub(crate) struct Machine {
    regex: Regex,
    stepped: Stepped,
    /// What a byte takes at worst.
    steps: usize,
    cache_bytes: usize,
}

/// What a machine needs to search; each lane has its own. Either part is made when it is needed: many expressions are
/// rarely come to, and most never see a long body.
#[derive(Debug, Default)]
pub(crate) struct Cache {
    regex: Option<Box<meta::Cache>>,
    stepped: Option<Box<stepped::Cache>>,
}

/// What `meta` may take for a search by backtracking: the default of `regex_automata::nfa::thompson::backtrack`.
const BACKTRACK_BYTES: usize = 256 << 10;

impl Machine {
    /// Where so many bytes are `compiled` already.
    pub(crate) fn new(hirs: &[&Hir], lazy_bytes: usize, compiled: usize) -> Result<Self, PatternProblem> {
        let config = meta::Config::new()
            .utf8_empty(false)
            // Where a match begins and ends is all that is asked for.
            .which_captures(WhichCaptures::Implicit)
            .nfa_size_limit(Some(MAX_COMPILED_BYTES))
            .hybrid_cache_capacity(lazy_bytes);
        let regex = meta::Builder::new().configure(config).build_many_from_hir(hirs).map_err(|error| {
            let message = || expression::last_line(&error.to_string());
            error.size_limit().map_or_else(|| PatternProblem::InvalidRegex { message: message() }, too_large)
        })?;
        let (bytes, limit) = (compiled + regex.memory_usage(), MAX_COMPILED_BYTES);
        if bytes > limit {
            return Err(PatternProblem::TooLarge { bytes, limit });
        }
        // The same expressions without their groups are smaller: the limit is all that can be in the way.
        let stepped = Stepped::new(hirs, lazy_bytes).ok_or_else(|| too_large(MAX_COMPILED_BYTES))?;
        let automata = regex.create_cache().memory_usage() + stepped.cache_bytes() + 4 * lazy_bytes;
        let steps = stepped.states() * steps_of_state(hirs.len());
        Ok(Self { regex, stepped, steps, cache_bytes: automata + BACKTRACK_BYTES })
    }

    /// How many states the expressions have together.
    pub(crate) fn states(&self) -> usize {
        self.stepped.states()
    }

    /// What it takes, without what it takes once more, at most, for the steps.
    pub(crate) fn bytes(&self) -> usize {
        self.regex.memory_usage()
    }

    /// All that it takes.
    pub(crate) fn all_bytes(&self) -> usize {
        self.regex.memory_usage() + self.stepped.bytes()
    }

    /// What its cache may come to take.
    pub(crate) fn cache_bytes(&self) -> usize {
        self.cache_bytes
    }

    /// The leftmost match in the input's span, which is to end where its bytes do.
    pub(crate) fn find(
        &self,
        cache: &mut Cache,
        input: &Input<'_>,
        pace: &mut Pace<'_>,
    ) -> Result<Option<Match>, Interrupted> {
        let bytes = input.get_span().len();
        let steps = bytes.saturating_mul(self.steps);
        if steps > AT_ONCE_STEPS {
            let stepped = cache.stepped.get_or_insert_with(|| Box::new(self.stepped.create_cache()));
            return self.stepped.find(stepped, input, pace);
        }
        pace.spend(bytes + steps / STEPS_OF_BYTE)?;
        let cache = cache.regex.get_or_insert_with(|| Box::new(self.regex.create_cache()));
        Ok(self.regex.search_with(cache, input))
    }
}

impl Cache {
    /// What it takes as it is.
    pub(crate) fn bytes(&self) -> usize {
        self.regex.as_ref().map_or(0, |cache| cache.memory_usage())
            + self.stepped.as_ref().map_or(0, |cache| cache.bytes())
    }
}

/// With several expressions, each state carries the places of all their matches along.
fn steps_of_state(expressions: usize) -> usize {
    1 + expressions / 8
}

fn too_large(limit: usize) -> PatternProblem {
    PatternProblem::TooLarge { bytes: limit + 1, limit }
}
