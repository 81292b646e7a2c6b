//! The standard filter `drop`: drops the records that match any of the conditions given; with `invert`, those
//! that match none. It changes no record, and keeps nothing between batches.

mod config;
mod field;
mod json;
mod literals;
mod patterns;
mod scalar;
mod severity;

use logagent_sdk::{Batch, ConfigErrors, Decisions, Failure, Filter, Reason};

use field::FieldRule;
use literals::Literals;
use patterns::Patterns;

pub use config::{Config, FieldConfig};
pub use scalar::{Number, Scalar};

/// The filter.
#[derive(Debug)]
pub struct DropFilter {
    contains: Option<Literals>,
    regex: Option<Patterns>,
    field: Option<FieldRule>,
    invert: bool,
}

const CONTAINS: Reason = Reason::named(DropFilter::REASONS, "contains");
const REGEX: Reason = Reason::named(DropFilter::REASONS, "regex");
const FIELD: Reason = Reason::named(DropFilter::REASONS, "field");
const INVERTED: Reason = Reason::named(DropFilter::REASONS, "inverted");

impl Filter for DropFilter {
    type Config = Config;
    const NAME: &'static str = "drop";
    const REASONS: &'static [&'static str] = &["contains", "regex", "field", "inverted"];

    fn configure(config: Config) -> Result<Self, ConfigErrors> {
        config.build()
    }

    fn process(&mut self, batch: &Batch<'_>, decisions: &mut Decisions) -> Result<(), Failure> {
        // Cheapest first: what one condition drops, the next need not look at.
        if let Some(literals) = &self.contains {
            literals.for_each_match(batch, |index| decisions.drop(index, CONTAINS));
        }
        if let Some(patterns) = &self.regex {
            drop_matches(batch, decisions, REGEX, |record| patterns.is_match(record.body()));
        }
        if let Some(rule) = &self.field {
            drop_matches(batch, decisions, FIELD, |record| rule.is_match(record));
        }
        if self.invert {
            invert(batch.len(), decisions);
        }
        Ok(())
    }
}

fn drop_matches(
    batch: &Batch<'_>,
    decisions: &mut Decisions,
    reason: Reason,
    is_match: impl Fn(&logagent_sdk::Record<'_>) -> bool,
) {
    for record in batch.records() {
        if decisions.is_kept(record.index()) && is_match(&record) {
            decisions.drop(record.index(), reason);
        }
    }
}

fn invert(count: usize, decisions: &mut Decisions) {
    for index in 0..count {
        if decisions.is_kept(index) {
            decisions.drop(index, INVERTED);
        } else {
            decisions.keep(index);
        }
    }
}

logagent_sdk::export!(DropFilter);
