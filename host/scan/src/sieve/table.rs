//! The automaton's table, and how it is drawn up from the one that `regex-automata` builds.

use super::{Answer, Sieve};
use crate::{MAX_COMPILED_BYTES, narrow};
use regex_automata::dfa::{Automaton, StartKind, dense};
use regex_automata::nfa::thompson::{self, WhichCaptures};
use regex_automata::util::primitives::StateID;
use regex_automata::util::start;
use regex_syntax::hir::{Hir, HirKind, Repetition};
use std::borrow::Borrow;
use std::collections::HashMap;

/// What the automaton may take while it is made.
const BUILD_BYTES: usize = 4 << 20;

/// The first states are ends: these two, and one for each pattern. An end leads only to itself, so that it is enough
/// to look now and then whether one was reached.
const NOTHING: u32 = 0;
const UNKNOWN: u32 = 1;
const FIRST_MATCH: u32 = 2;

#[derive(Debug)]
pub(crate) struct Table {
    /// Of each state, where each class of bytes leads, and last, what the body's end means.
    next: Vec<u32>,
    classes: [u8; 256],
    /// States are kept as places of their rows: a row has two to this power entries.
    row_bits: u32,
    start: u32,
    first_live: u32,
    end_of_body: u32,
}

impl Table {
    pub(crate) fn new(hirs: &[&Hir]) -> Option<Self> {
        let plain = || hirs.iter().map(|hir| without_looks(hir)).collect::<Vec<_>>();
        // Unicode's classes make large automata, so do borders of words: where that is too much, one for ASCII
        // alone passes on all else, and one without assertions passes on a few more.
        let dfa =
            determinize(hirs, false).or_else(|| determinize(hirs, true)).or_else(|| determinize(&plain(), true))?;
        let start = dfa.start_state(&start::Config::new()).ok()?;
        let mut draft =
            Draft { dfa: &dfa, first_live: FIRST_MATCH + narrow(hirs.len()), live: vec![], known: HashMap::new() };
        let start = draft.number(start);
        draft.table(start)
    }

    pub(crate) fn bytes(&self) -> usize {
        size_of::<Self>() + size_of_val(self.next.as_slice())
    }

    #[inline]
    pub(crate) fn start(&self) -> u32 {
        self.start
    }

    #[inline]
    pub(crate) fn step(&self, state: u32, byte: u8) -> u32 {
        self.next[state as usize + usize::from(self.classes[usize::from(byte)])]
    }

    /// Whether the rest of the body makes no difference.
    #[inline]
    pub(crate) fn is_end(&self, state: u32) -> bool {
        state < self.first_live
    }

    /// What it means that the body ends in this state.
    #[inline]
    pub(crate) fn answer(&self, state: u32) -> Answer {
        match self.next[(state + self.end_of_body) as usize] >> self.row_bits {
            NOTHING => Answer::Nothing,
            UNKNOWN => Answer::Unknown,
            pattern => Answer::Match((pattern - FIRST_MATCH) as usize),
        }
    }
}

/// The expression without its assertions: it matches wherever the original does.
fn without_looks(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Look(_) => Hir::empty(),
        HirKind::Capture(capture) => without_looks(&capture.sub),
        HirKind::Repetition(repetition) => {
            Hir::repetition(Repetition { sub: Box::new(without_looks(&repetition.sub)), ..repetition.clone() })
        }
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(without_looks).collect()),
        HirKind::Alternation(parts) => Hir::alternation(parts.iter().map(without_looks).collect()),
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) => hir.clone(),
    }
}

fn determinize<H: Borrow<Hir>>(hirs: &[H], ascii: bool) -> Option<dense::DFA<Vec<u32>>> {
    let nfa_config = thompson::Config::new()
        .utf8(false)
        .which_captures(WhichCaptures::None)
        .nfa_size_limit(Some(MAX_COMPILED_BYTES));
    let nfa = thompson::Compiler::new().configure(nfa_config).build_many_from_hir(hirs).ok()?;
    let mut config = dense::Config::new()
        .start_kind(StartKind::Unanchored)
        .unicode_word_boundary(true)
        .dfa_size_limit(Some(Sieve::MAX_BYTES))
        .determinize_size_limit(Some(BUILD_BYTES));
    for byte in (128..=255).filter(|_| ascii) {
        config = config.quit(byte, true);
    }
    dense::Builder::new().configure(config).build_from_nfa(&nfa).ok()
}

struct Draft<'a> {
    dfa: &'a dense::DFA<Vec<u32>>,
    first_live: u32,
    /// The states that are not ends, as they are come upon.
    live: Vec<StateID>,
    known: HashMap<StateID, u32>,
}

impl Draft<'_> {
    fn number(&mut self, state: StateID) -> u32 {
        if self.dfa.is_dead_state(state) {
            NOTHING
        } else if self.dfa.is_quit_state(state) {
            UNKNOWN
        } else if self.dfa.is_match_state(state) {
            FIRST_MATCH + narrow(self.dfa.match_pattern(state, 0).as_usize())
        } else {
            let next = self.first_live + narrow(self.live.len());
            let live = &mut self.live;
            *self.known.entry(state).or_insert_with(|| {
                live.push(state);
                next
            })
        }
    }

    fn table(mut self, start: u32) -> Option<Table> {
        let classes = *self.dfa.byte_classes();
        let of_byte: [u8; 256] = std::array::from_fn(|byte| classes.get(u8::try_from(byte).unwrap_or(u8::MAX)));
        let members: Vec<u8> =
            (0..=u8::MAX).filter(|byte| !(0..*byte).any(|other| classes.get(other) == classes.get(*byte))).collect();
        let row_bits = (members.len() + 1).next_power_of_two().ilog2();
        let mut next: Vec<u32> = (0..self.first_live).flat_map(|end| vec![end << row_bits; 1 << row_bits]).collect();
        let mut drawn = 0;
        while let Some(state) = self.live.get(drawn).copied() {
            let row = next.len();
            next.resize(row + (1 << row_bits), NOTHING);
            for byte in &members {
                let to = self.number(self.dfa.next_state(state, *byte));
                next[row + usize::from(classes.get(*byte))] = to << row_bits;
            }
            next[row + members.len()] = self.number_at_end(state) << row_bits;
            drawn += 1;
        }
        Some(Table {
            next,
            classes: of_byte,
            row_bits,
            start: start << row_bits,
            first_live: self.first_live << row_bits,
            end_of_body: narrow(members.len()),
        })
    }

    /// The end that a body's end leads to.
    fn number_at_end(&self, state: StateID) -> u32 {
        let end = self.dfa.next_eoi_state(state);
        if self.dfa.is_match_state(end) {
            FIRST_MATCH + narrow(self.dfa.match_pattern(end, 0).as_usize())
        } else {
            NOTHING
        }
    }
}
