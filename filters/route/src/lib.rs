//! The standard filter `route`: sends records to the outputs that its rules name; what no rule matches goes on, or to an
//! output of its own. It changes no record, and keeps nothing between batches. What outputs lead to is the pipeline's
//! business.

mod config;
mod plan;

use logagent_conditions::Conditions;
use logagent_sdk::{Batch, ConfigErrors, Decisions, Failure, Filter};

use plan::Plan;

pub use config::{Config, Match, RuleConfig};

/// The filter.
#[derive(Debug)]
pub struct RouteFilter {
    conditions: Conditions,
    plan: Plan,
    outputs: Vec<String>,
}

impl Filter for RouteFilter {
    type Config = Config;
    const NAME: &'static str = "route";

    fn configure(config: Config) -> Result<Self, ConfigErrors> {
        config.build()
    }

    fn outputs(&self) -> Vec<String> {
        self.outputs.clone()
    }

    fn process(&mut self, batch: &Batch<'_>, decisions: &mut Decisions) -> Result<(), Failure> {
        self.conditions.evaluate(batch);
        self.plan.decide(batch.len(), &self.conditions, decisions);
        Ok(())
    }
}

logagent_sdk::export!(RouteFilter);
