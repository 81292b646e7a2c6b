//! What filters remember, as configured: the map, and each filter's part of it. Not for holding them to that.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::time::Duration;

use crate::Named;
use crate::filters::Filter;
use crate::problem::Position;
use crate::reader::{Ask, Context, Section};
use crate::units::show_size;

/// Twice as many as the largest machine of today has cores: two lanes rarely meet in one.
const DEFAULT_SHARDS: u32 = 256;
const DEFAULT_MAX_SHARDS: u32 = 1024;
const SHARDS: RangeInclusive<u32> = 1..=65_536;

const DEFAULT_BUDGET: usize = 64 << 20;
const BUDGET: RangeInclusive<usize> = 1 << 20..=16 << 30;

/// Half a million keys a minute fit into a second's writing of a disk.
const DEFAULT_SNAPSHOT_INTERVAL: Duration = Duration::from_secs(60);
const SNAPSHOT_INTERVAL: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(86_400);

/// Above this share of writes that had to wait, more shards pay for themselves.
const DEFAULT_CONFLICT_RATE: f64 = 0.15;

const WHEN_FULL: [(&str, WhenFull); 2] = [("evict", WhenFull::Evict), ("refuse", WhenFull::Refuse)];

/// The map of what all filters remember.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// How many shards it begins with: a power of two, 1 to 65536.
    pub shards: u32,
    /// How many it grows to at most: a power of two, at least `shards`.
    pub max_shards: u32,
    /// The share of a shard's writes that wait for another lane above which the shards are doubled, above 0 and up to 1.
    pub conflict_rate: f64,
    /// What all filters together may have in it, in bytes, keys and the map's own needs included: 1 MiB to 16 GiB.
    pub budget: usize,
    /// How often it is written to disk, 1 s to one day.
    pub snapshot_interval: Duration,
}

/// One filter's part of the map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterState {
    /// The name of a part that several filters have together; `None` is a part of its own.
    pub shared: Option<String>,
    /// What it may have in bytes, 1 MiB to 16 GiB; `None` is as much as all together.
    pub budget: Option<usize>,
    /// What becomes of a write that needs more space.
    pub when_full: WhenFull,
}

/// What becomes of a write to a full part (`evict`, `refuse`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WhenFull {
    /// What has expired, or was not used for long, makes room.
    #[default]
    Evict,
    /// It is not made.
    Refuse,
}

impl State {
    pub(crate) fn read(mut section: Section<'_>) -> Self {
        let shards = power_of_two(&mut section, "shards");
        let max_shards = power_of_two(&mut section, "max_shards");
        let conflict_rate = section.optional("conflict_rate").and_then(|field| field.share());
        let state = Self {
            shards: shards.unwrap_or_else(|| DEFAULT_SHARDS.min(max_shards.unwrap_or(DEFAULT_SHARDS))),
            max_shards: max_shards.unwrap_or_else(|| DEFAULT_MAX_SHARDS.max(shards.unwrap_or(DEFAULT_MAX_SHARDS))),
            conflict_rate: conflict_rate.unwrap_or(DEFAULT_CONFLICT_RATE),
            budget: section.size("budget", BUDGET, DEFAULT_BUDGET),
            snapshot_interval: section.duration("snapshot_interval", SNAPSHOT_INTERVAL, DEFAULT_SNAPSHOT_INTERVAL),
        };
        if state.max_shards < state.shards
            && let Some(field) = section.optional("max_shards")
        {
            field.wrong::<()>(&format!("at least shards, which is {}", state.shards));
        }
        section.finish();
        state
    }
}

fn power_of_two(section: &mut Section<'_>, key: &'static str) -> Option<u32> {
    let field = section.optional(key)?;
    field.note(Ask::PowerOfTwo);
    let count: u32 = field.count(SHARDS)?;
    if count.is_power_of_two() { Some(count) } else { field.wrong("a power of two, such as 256") }
}

impl FilterState {
    pub(crate) fn read(mut section: Section<'_>) -> Self {
        let state = Self {
            shared: section.optional("shared").and_then(|field| field.name()),
            budget: section.optional("budget").and_then(|field| field.size(BUDGET)),
            when_full: section.choice("when_full", &WHEN_FULL, WhenFull::default()),
        };
        section.finish();
        state
    }
}

/// Reports budgets that are larger than what all have together, and filters that share a part but not its settings.
pub(crate) fn check(context: &Context, state: &State, filters: &[Named<Filter>]) {
    let mut shared = HashMap::<&str, &Named<Filter>>::new();
    for filter in filters {
        let FilterState { shared: name, budget, .. } = &filter.spec.state;
        if let Some(budget) = budget.filter(|&budget| budget > state.budget) {
            let allowed = format!("at most state.budget, which is {}", show_size(state.budget));
            report(context, filter, "budget", &show_size(budget), &allowed);
        }
        let Some(name) = name else { continue };
        let first = shared.entry(name).or_insert(filter);
        if first.spec.state != filter.spec.state {
            let found = format!("{name}, with another budget or when_full than filter {} has", first.name);
            report(context, filter, "shared", &found, "the same settings in all filters that share it");
        }
    }
}

fn report(context: &Context, filter: &Named<Filter>, key: &str, found: &str, allowed: &str) {
    let key = format!("filters.{}.state.{key}", filter.name);
    let position = context.positions.exactly(&key).unwrap_or(Position::START);
    context.report(position, &key, found, allowed);
}
