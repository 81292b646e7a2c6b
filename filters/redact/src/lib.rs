//! The standard filter `redact`: replaces secrets in bodies, which the host finds by their form, by regular expressions
//! or by their JSON key. It decides no record's way, looks at no attributes, and keeps nothing between batches.

mod config;

mod bare;
mod loose;
mod plan;

mod hash;
mod render;
mod rule;
mod text;

mod tally;

use logagent_sdk::fields::{Found, Paths};
use logagent_sdk::scan::{Match, Set};
use logagent_sdk::{Batch, ConfigErrors, Decisions, Failure, Filter, Part};

use loose::Keys;
use plan::{Plan, Span};
use render::Renderer;
use rule::Rule;
use tally::Tally;

pub use config::{Config, KindName, PatternConfig};
pub use config::{HashKey, With};
pub use rule::Style;

/// The filter.
#[derive(Debug)]
pub struct RedactFilter {
    search: Option<Set>,
    paths: Option<Paths>,
    /// By index: first those of `search`, then those of `paths`.
    rules: Vec<Rule>,
    first_field: usize,
    /// Those of `paths` that are plain keys.
    keys: Keys,
    values: Vec<Span>,
    plan: Plan,
    renderer: Renderer,
    tally: Tally,
}

impl Filter for RedactFilter {
    type Config = Config;
    const NAME: &'static str = "redact";
    const REDACTS: bool = true;

    fn configure(config: Config) -> Result<Self, ConfigErrors> {
        config.build()
    }

    fn process(&mut self, batch: &Batch<'_>, decisions: &mut Decisions) -> Result<(), Failure> {
        self.find_values(batch);
        let matches = self.search.as_ref().map(|set| set.matches(batch));
        let Self { rules, values, plan, renderer, tally, .. } = self;
        let body = |record| batch.record(record).map_or(&b""[..], |record| record.body());
        let span = |found: Match| {
            let may_be_bare = rules[found.pattern].may_be_bare;
            Span::of_match(found, may_be_bare)
        };
        let matches = matches.iter().flat_map(|matches| matches.iter()).map(span);
        plan.make(values, matches, body, |piece| {
            let (Some(record), Some(rule)) = (batch.record(piece.record), rules.get(piece.rule)) else { return };
            let Some(new) = renderer.render(piece, rule, record.body()) else { return };
            decisions.replace(piece.record, Part::Body, piece.range.clone(), new);
            tally.count(rule.metric);
        });
        self.tally.tell();
        Ok(())
    }
}

impl RedactFilter {
    fn find_values(&mut self, batch: &Batch<'_>) {
        self.values.clear();
        let Some(paths) = &self.paths else { return };
        let body = |record| batch.record(record).map_or(&b""[..], |record| record.body());
        for found in paths.find(batch).iter() {
            match found {
                Found::Value { record, path, range, .. } => {
                    self.values.push(Span::of_value(record, range, self.first_field + path, body(record)));
                }
                Found::Malformed { record, .. } => self.find_loosely(record, body(record)),
            }
        }
    }

    fn find_loosely(&mut self, record: usize, body: &[u8]) {
        self.tally.count_malformed(bare::begins_as_json(body));
        let known = self.values.len();
        self.keys.find(body, |field, range| {
            self.values.push(Span::of_value(record, range, self.first_field + field, body));
        });
        self.values[known..].sort_unstable_by_key(Span::place);
    }
}

logagent_sdk::export!(RedactFilter);
