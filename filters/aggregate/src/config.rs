//! The configuration's keys, and what of them is refused.

mod spans;
mod values;

use logagent_conditions::Names;
use logagent_sdk::fields::PathError;
use logagent_sdk::metrics::Counter;
use logagent_sdk::{ConfigError, ConfigErrors, Filter, Period, Reason};
use serde::Deserialize;
use std::collections::BTreeMap;

use crate::gather::Gather;
use crate::group::MOST_FIELDS;
use crate::memory::Memory;
use crate::plan::Plan;
use crate::schedule::Schedule;
use crate::write::{TAKEN, Writer};
use crate::{AggregateFilter, Fate, Metrics};

pub use values::ValueConfig;

/// What stands under `config` of the filter.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The fields whose values tell groups apart; without any, all records are one group.
    #[serde(default)]
    pub by: Vec<String>,
    /// How long a window is, as `10s`.
    pub window: Option<Period>,
    /// Which time of a record says what window it is in.
    #[serde(default)]
    pub time: Time,
    /// How long a window waits for more records behind its end, as `5s`.
    pub lateness: Option<Period>,
    /// What becomes of records that come later than that.
    pub late: Option<Late>,
    /// What is emitted, by its name.
    pub values: Option<BTreeMap<String, ValueConfig>>,
    /// Whether records go on once they were counted.
    #[serde(default)]
    pub keep: bool,
}

/// Which time of a record says what window it is in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Time {
    /// When it was read.
    #[default]
    Arrival,
    /// Its own.
    Event,
}

/// What becomes of late records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Late {
    /// They are dropped, for a reason of their own.
    #[default]
    Drop,
    /// They go on.
    Pass,
}

const AGGREGATED: Reason = Reason::named(AggregateFilter::REASONS, "aggregated");
const LATE: Reason = Reason::named(AggregateFilter::REASONS, "late");

impl Config {
    pub(crate) fn build(self) -> Result<AggregateFilter, ConfigErrors> {
        let mut errors = ConfigErrors::default();
        let spans = self.spans(&mut errors);
        self.check(&mut errors);
        let Self { by, time, late, values, keep, .. } = self;
        let values = values::read(values, &by, &mut errors);
        let keys: Vec<String> = (0..by.len()).map(|index| format!("by[{index}]")).collect();
        let (plan, fields) = Plan::new(by, values);
        let names = Names::new(fields.iter().map(String::as_str));
        let names =
            names.map_err(|refused| refused.into_iter().for_each(|it| errors.push(too_deep(it, &keys, &fields))));
        let (Some((length, lateness)), Ok(names)) = (spans, names) else { return Err(errors) };
        let fingerprint = plan.fingerprint(&fields, &format!("{length:?} {time:?}"));
        let schedule = Schedule::new(length, lateness);
        errors.or_ok(AggregateFilter {
            time,
            fate: Fate::new(keep, late.unwrap_or_default()),
            names,
            gather: Gather::default(),
            memory: Memory::new(&fingerprint),
            sweep: None,
            writer: Writer::new(&fields[..plan.by], &plan),
            plan,
            schedule,
            metrics: Metrics::new(),
        })
    }

    fn check(&self, errors: &mut ConfigErrors) {
        if self.by.len() > MOST_FIELDS {
            errors.push(ConfigError::new("by", format!("{} fields", self.by.len()), "at most 16 fields"));
        }
        for (index, name) in self.by.iter().enumerate() {
            if name.is_empty() {
                errors.push(ConfigError::new(format!("by[{index}]"), "an empty string", "a field's name"));
            } else if TAKEN.contains(&name.as_str()) {
                let allowed = format!("another name than {}, which each record has", TAKEN.join(" and "));
                errors.push(ConfigError::new(format!("by[{index}]"), format!("the name \"{name}\""), allowed));
            } else if self.by[..index].contains(name) {
                errors.push(ConfigError::new(format!("by[{index}]"), format!("`{name}` once more"), "each field once"));
            }
        }
        if self.late.is_some() && self.time != Time::Event {
            errors.push(ConfigError::new("late", "no `time: event` beside it", "only together with `time: event`"));
        } else if self.late.is_some() && self.keep {
            errors.push(ConfigError::new("late", "`keep: true` beside it", "only where records are not kept"));
        }
    }
}

/// `keys`: the names' keys in the configuration, for those of `by`.
fn too_deep(error: PathError, keys: &[String], fields: &[String]) -> ConfigError {
    let key = keys.get(error.index).map_or("values", String::as_str);
    ConfigError::new(key, format!("`{}`: {}", fields[error.index], error.reason), "a name with fewer dots")
}

impl Fate {
    fn new(keep: bool, late: Late) -> Self {
        let late = if late == Late::Drop { Some(LATE) } else { None };
        if keep { Self { counted: None, late: None } } else { Self { counted: Some(AGGREGATED), late } }
    }
}

impl Metrics {
    fn new() -> Self {
        let [late, untimed, not_numbers, counted, lost] =
            ["late", "untimed", "not_numbers", "counted", "lost"].map(Counter::new);
        Self { late, untimed, not_numbers, counted, lost }
    }
}
