//! The standard filter `drop`: drops the records that match any of the conditions given; with `invert`, those
//! that match none. It changes no record, and keeps nothing between batches.

use logagent_conditions::{ConditionConfig, Conditions, Part};
use logagent_sdk::{Batch, ConfigErrors, Decisions, Failure, Filter, Reason};

/// The filter.
#[derive(Debug)]
pub struct DropFilter {
    conditions: Conditions,
    is_inverted: bool,
}

const INVERTED: Reason = Reason::named(DropFilter::REASONS, "inverted");

/// Backwards: of two verdicts the later one holds, and a record counts for the first part that it matches.
const PARTS: [(Part, Reason); 3] = [
    (Part::Field, Reason::named(DropFilter::REASONS, "field")),
    (Part::Regex, Reason::named(DropFilter::REASONS, "regex")),
    (Part::Contains, Reason::named(DropFilter::REASONS, "contains")),
];

impl Filter for DropFilter {
    type Config = ConditionConfig;
    const NAME: &'static str = "drop";
    const REASONS: &'static [&'static str] = &["contains", "regex", "field", "inverted"];

    fn configure(config: ConditionConfig) -> Result<Self, ConfigErrors> {
        let is_inverted = config.invert;
        Ok(Self { conditions: Conditions::new([(String::new(), config)])?, is_inverted })
    }

    fn process(&mut self, batch: &Batch<'_>, decisions: &mut Decisions) -> Result<(), Failure> {
        self.conditions.evaluate(batch);
        if self.is_inverted {
            // The inverted condition matches what no part does: that goes, and the rest is kept as it is.
            self.conditions.matches(0).iter().for_each(|index| decisions.drop(index, INVERTED));
            return Ok(());
        }
        for (part, reason) in PARTS {
            self.conditions.matches_part(0, part).iter().for_each(|index| decisions.drop(index, reason));
        }
        Ok(())
    }
}

logagent_sdk::export!(DropFilter);
