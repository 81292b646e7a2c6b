//! The expression's states themselves, all that are alive side by side (K. Thompson, Regular Expression Search
//! Algorithm, CACM 1968; the order of threads as R. Pike's `sam` keeps it): takes every byte, and is slow. Knows
//! nothing of automata.

use crate::Interrupted;
use crate::pace::Pace;
use regex_automata::nfa::thompson::{NFA, State};
use regex_automata::util::primitives::{PatternID, StateID};
use regex_automata::{Input, Match};
use std::mem;

#[derive(Debug)]
pub(super) struct Threads {
    now: List,
    next: List,
    /// States yet to be followed.
    stack: Vec<StateID>,
}

/// Threads in the order of their preference, no two in the same state.
#[derive(Debug)]
struct List {
    threads: Vec<Thread>,
    /// For each state, where its thread is, if it has one.
    places: Vec<usize>,
}

#[derive(Clone, Copy, Debug)]
struct Thread {
    state: StateID,
    /// Where its match would begin.
    start: usize,
}

impl Threads {
    pub(super) fn new(nfa: &NFA) -> Self {
        let list = || List { threads: vec![], places: vec![0; nfa.states().len()] };
        Self { now: list(), next: list(), stack: vec![] }
    }

    /// What the threads of an expression may come to take.
    pub(super) fn bytes_for(nfa: &NFA) -> usize {
        // Lists grow by doubling.
        let list = 2 * size_of::<Thread>() + size_of::<usize>();
        nfa.states().len() * (2 * list + 2 * size_of::<StateID>())
    }

    pub(super) fn bytes(&self) -> usize {
        self.now.bytes() + self.next.bytes() + self.stack.capacity() * size_of::<StateID>()
    }

    pub(super) fn find(
        &mut self,
        nfa: &NFA,
        input: &Input<'_>,
        pace: &mut Pace<'_>,
    ) -> Result<Option<Match>, Interrupted> {
        let anchored = input.get_anchored().is_anchored();
        let mut found = None;
        self.now.threads.clear();
        for at in input.start()..=input.end() {
            if found.is_none() && (at == input.start() || !anchored) {
                self.follow(nfa, input, nfa.start_anchored(), at, at);
            } else if self.now.threads.is_empty() {
                break;
            }
            pace.spend(1 + self.now.threads.len())?;
            found = self.step(nfa, input, at).or(found);
        }
        Ok(found)
    }

    /// Each thread over the byte at `at`, until one has matched: those behind it are less preferred.
    fn step(&mut self, nfa: &NFA, input: &Input<'_>, at: usize) -> Option<Match> {
        let byte = input.haystack()[..input.end()].get(at).copied();
        let now = mem::take(&mut self.now.threads);
        let mut matched = None;
        mem::swap(&mut self.now, &mut self.next);
        self.now.threads.clear();
        for Thread { state, start } in &now {
            if let State::Match { pattern_id } = nfa.state(*state) {
                matched = Some(found(*pattern_id, *start, at));
                break;
            }
            if let Some(next) = byte.and_then(|byte| after(nfa.state(*state), byte)) {
                self.follow(nfa, input, next, *start, at + 1);
            }
        }
        self.next.threads = now;
        matched
    }

    /// Adds the state, and all that it leads to without a byte, to those that are alive at `at`.
    fn follow(&mut self, nfa: &NFA, input: &Input<'_>, state: StateID, start: usize, at: usize) {
        self.stack.push(state);
        while let Some(state) = self.stack.pop() {
            if !self.now.add(Thread { state, start }) {
                continue;
            }
            match nfa.state(state) {
                State::Look { look, next } if nfa.look_matcher().matches(*look, input.haystack(), at) => {
                    self.stack.push(*next);
                }
                State::Union { alternates } => self.stack.extend(alternates.iter().rev()),
                State::BinaryUnion { alt1, alt2 } => self.stack.extend([*alt2, *alt1]),
                State::Capture { next, .. } => self.stack.push(*next),
                _ => {}
            }
        }
    }
}

impl List {
    fn bytes(&self) -> usize {
        self.threads.capacity() * size_of::<Thread>() + self.places.capacity() * size_of::<usize>()
    }

    /// False when the state has a thread already, which is preferred.
    fn add(&mut self, thread: Thread) -> bool {
        let place = self.places[thread.state.as_usize()];
        let is_new = self.threads.get(place).is_none_or(|other| other.state != thread.state);
        if is_new {
            self.places[thread.state.as_usize()] = self.threads.len();
            self.threads.push(thread);
        }
        is_new
    }
}

fn found(pattern: PatternID, start: usize, end: usize) -> Match {
    Match::new(pattern, start..end)
}

/// Where a state leads with this byte.
fn after(state: &State, byte: u8) -> Option<StateID> {
    match state {
        State::ByteRange { trans } => trans.matches_byte(byte).then_some(trans.next),
        State::Sparse(sparse) => sparse.matches_byte(byte),
        State::Dense(dense) => dense.matches_byte(byte),
        _ => None,
    }
}
