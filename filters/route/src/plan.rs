//! From the records that match each rule to verdicts and copies. Set by set: each rule takes the records that are its
//! own, and leaves the rest to the next.

use logagent_conditions::{Conditions, Marks};
use logagent_sdk::{Decisions, Output};

use crate::config::Match;

/// What a rule does with the records that match its condition, which has the rule's index.
#[derive(Debug)]
pub(crate) struct Rule {
    /// The output's index.
    pub(crate) at: usize,
    pub(crate) output: Output,
    /// Whether the output gets copies only.
    pub(crate) keep: bool,
}

#[derive(Debug)]
pub(crate) struct Plan {
    rules: Vec<Rule>,
    mode: Match,
    otherwise: Option<Output>,
    room: Room,
}

/// Sets of records, kept from batch to batch for their memory.
#[derive(Debug, Default)]
struct Room {
    /// The records that a rule takes.
    taken: Marks,
    /// Those that match no rule so far.
    unmatched: Marks,
    /// Those that have no verdict so far.
    undecided: Marks,
    /// By output, those that go there already: of an output that several rules name, a record comes there once.
    sent: Vec<Marks>,
}

impl Plan {
    pub(crate) fn new(rules: Vec<Rule>, mode: Match, otherwise: Option<Output>) -> Self {
        let outputs = rules.iter().map(|rule| rule.at + 1).max().unwrap_or(0);
        let room = Room { sent: vec![Marks::default(); outputs], ..Room::default() };
        Self { rules, mode, otherwise, room }
    }

    pub(crate) fn decide(&mut self, count: usize, conditions: &Conditions, decisions: &mut Decisions) {
        self.room.begin(count);
        match self.mode {
            Match::First => self.first(conditions, decisions),
            Match::All => self.all(conditions, decisions),
        }
        if let Some(output) = self.otherwise {
            self.room.unmatched.iter().for_each(|index| decisions.route(index, output));
        }
    }

    fn first(&mut self, conditions: &Conditions, decisions: &mut Decisions) {
        let Room { taken, unmatched, .. } = &mut self.room;
        for (index, rule) in self.rules.iter().enumerate() {
            taken.copy_of(conditions.matches(index));
            taken.keep(unmatched);
            unmatched.remove(taken);
            if rule.keep {
                taken.iter().for_each(|index| decisions.copy_to(index, rule.output));
            } else {
                taken.iter().for_each(|index| decisions.route(index, rule.output));
            }
        }
    }

    /// Verdicts first: a record goes by the first rule that wants itself, and to all other outputs as a copy.
    fn all(&mut self, conditions: &Conditions, decisions: &mut Decisions) {
        let Room { taken, unmatched, undecided, sent } = &mut self.room;
        for (index, rule) in self.rules.iter().enumerate() {
            unmatched.remove(conditions.matches(index));
            if !rule.keep {
                taken.copy_of(conditions.matches(index));
                taken.keep(undecided);
                undecided.remove(taken);
                sent[rule.at].add(taken);
                taken.iter().for_each(|index| decisions.route(index, rule.output));
            }
        }
        for (index, rule) in self.rules.iter().enumerate() {
            taken.copy_of(conditions.matches(index));
            taken.remove(&sent[rule.at]);
            sent[rule.at].add(taken);
            taken.iter().for_each(|index| decisions.copy_to(index, rule.output));
        }
    }
}

impl Room {
    fn begin(&mut self, count: usize) {
        self.sent.iter_mut().for_each(|marks| marks.reset(count));
        for marks in [&mut self.unmatched, &mut self.undecided] {
            marks.reset(count);
            marks.invert();
        }
    }
}
