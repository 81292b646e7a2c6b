//! The standard filter `trim`: removes, renames and adds members of JSON bodies, and cuts long strings. It decides no
//! record's way, looks at no attributes, and keeps nothing between batches.

mod config;
mod path;
mod rules;

mod cut;
mod edits;
mod json;
mod runs;
mod values;

use logagent_sdk::fields::{Found, Paths};
use logagent_sdk::metrics::Counter;
use logagent_sdk::{Batch, ConfigErrors, Decisions, Failure, Filter, Part, Record};

use edits::Edits;
use rules::{Role, Rules};
use values::Values;

pub use config::Config;

/// The filter.
#[derive(Debug)]
pub struct TrimFilter {
    paths: Paths,
    /// By index of the path.
    roles: Vec<Role>,
    trimmer: Trimmer,
    malformed: Counter,
    cut: Counter,
}

impl Filter for TrimFilter {
    type Config = Config;
    const NAME: &'static str = "trim";

    fn configure(config: Config) -> Result<Self, ConfigErrors> {
        config.build()
    }

    fn process(&mut self, batch: &Batch<'_>, decisions: &mut Decisions) -> Result<(), Failure> {
        let is_anything_long = || batch.records().any(|record| self.trimmer.rules.may_cut(record.body()));
        if !self.trimmer.rules.has_edits_of_members() && !is_anything_long() {
            return Ok(());
        }
        let found = self.paths.find(batch);
        self.trimmer.trim(batch, &self.roles, found.iter(), decisions);
        let Tally { malformed, cut } = std::mem::take(&mut self.trimmer.tally);
        self.malformed.add(malformed);
        self.cut.add(cut);
        Ok(())
    }
}

/// What was counted in one batch.
#[derive(Debug, Default)]
struct Tally {
    malformed: u64,
    cut: u64,
}

/// The rules, and what they need room for.
#[derive(Debug)]
struct Trimmer {
    rules: Rules,
    values: Values,
    edits: Edits,
    tally: Tally,
}

impl Trimmer {
    fn trim(
        &mut self,
        batch: &Batch<'_>,
        roles: &[Role],
        found: impl Iterator<Item = Found>,
        decisions: &mut Decisions,
    ) {
        let mut index = 0;
        self.values.clear();
        for found in found {
            if found.record() != index {
                self.finish(batch, index, decisions);
                index = found.record();
            }
            match found {
                Found::Value { path, key, range, .. } => self.values.add(roles[path], key, range),
                Found::Malformed { .. } => self.tally.malformed += 1,
            }
        }
        self.finish(batch, index, decisions);
    }

    /// Edits one record, all values of which are there.
    fn finish(&mut self, batch: &Batch<'_>, index: usize, decisions: &mut Decisions) {
        if let Some(record) = batch.record(index).filter(|_| !self.values.is_empty()) {
            if self.rules.fit(record.body(), &self.values) {
                self.edit(&record, decisions);
            } else {
                self.tally.malformed += 1;
            }
        }
        self.values.clear();
    }

    #[inline]
    fn edit(&mut self, record: &Record<'_>, decisions: &mut Decisions) {
        let Self { rules, values, edits, tally } = self;
        let body = record.body();
        edits.clear();
        if rules.has_edits_of_members() {
            values.judge(rules);
            values.write(body, edits);
            values.grow(body, rules, edits);
        }
        if let Some(cut) = rules.cut.as_ref().filter(|_| rules.may_cut(body)) {
            tally.cut += edits.cut(body, cut);
        }
        for (range, new) in edits.in_order(rules) {
            // What stands there already is no edit, and the record stays where it is.
            if body[range.clone()] != *new {
                decisions.replace(record.index(), Part::Body, range, new);
            }
        }
    }
}

logagent_sdk::export!(TrimFilter);
