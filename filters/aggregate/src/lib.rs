//! The standard filter `aggregate`: counts, sums, extremes, means and quantiles by fields over windows of time. What it
//! has counted lies in the host's state, shared by all lanes; a window that has ended is written as records by `tick`,
//! once. Records that were counted are dropped, unless they are to be kept.

mod config;
mod plan;
mod schedule;

mod amount;
mod bytes;
mod datum;
mod group;
mod sketch;
mod tally;
mod totals;

mod gather;
mod memory;
mod sweep;
mod windows;
mod write;

use logagent_conditions::Names;
use logagent_sdk::metrics::Counter;
use logagent_sdk::{Batch, ConfigErrors, Decisions, Emits, Failure, Filter, Reason};

use gather::Gather;
use memory::Memory;
use plan::Plan;
use schedule::Schedule;
use sweep::{Sweep, Turn};
use write::Writer;

pub use config::{Config, Late, Time, ValueConfig};

/// The filter.
#[derive(Debug)]
pub struct AggregateFilter {
    time: Time,
    fate: Fate,
    names: Names,
    plan: Plan,
    schedule: Schedule,
    gather: Gather,
    memory: Memory,
    /// Where it goes over several ticks.
    sweep: Option<Sweep>,
    writer: Writer,
    metrics: Metrics,
}

/// What becomes of records, for this reason or not at all.
#[derive(Clone, Copy, Debug)]
struct Fate {
    counted: Option<Reason>,
    late: Option<Reason>,
}

#[derive(Debug)]
struct Metrics {
    /// Records whose window was closed.
    late: Counter,
    /// Records without a time, where it decides.
    untimed: Counter,
    /// Values of fields that are no numbers, though numbers are asked for.
    not_numbers: Counter,
    /// Records that are in what was emitted.
    counted: Counter,
    /// Records that were counted and are in nothing that was emitted, since the state had no room for their groups.
    lost: Counter,
}

impl Metrics {
    fn count_lost(&self, records: u64) {
        if records > 0 {
            self.lost.add(records);
            logagent_sdk::warn!("{records} records were lost, since the state was full; `state.budget` is too small");
        }
    }
}

impl Filter for AggregateFilter {
    type Config = Config;
    const NAME: &'static str = "aggregate";
    const REASONS: &'static [&'static str] = &["aggregated", "late"];

    fn configure(config: Config) -> Result<Self, ConfigErrors> {
        config.build()
    }

    fn process(&mut self, batch: &Batch<'_>, decisions: &mut Decisions) -> Result<(), Failure> {
        self.gather(batch);
        self.remember(batch.observed_unix_nano())?;
        self.decide(decisions);
        Ok(())
    }

    fn tick(&mut self, now_unix_nano: u64, emits: &mut Emits) -> Result<(), Failure> {
        let Self { plan, schedule, memory, sweep, writer, metrics, .. } = self;
        let turn = match sweep.take() {
            Some(sweep) => sweep.go_on(memory, schedule, now_unix_nano)?,
            None => Sweep::begin(memory, schedule, now_unix_nano)?,
        };
        if let Some(turn) = turn {
            let Turn { taken, rest, lost } = turn.take(memory, writer, now_unix_nano)?;
            *sweep = rest;
            metrics.counted.add(sweep::emit(&taken, plan, schedule, writer, emits));
            metrics.count_lost(lost);
        }
        metrics.count_lost(memory.take_refused());
        memory.windows.tell()
    }
}

impl AggregateFilter {
    /// Counts the batch by itself.
    fn gather(&mut self, batch: &Batch<'_>) {
        let Self { time, names, plan, schedule, gather, metrics, .. } = self;
        let observed = batch.observed_unix_nano();
        let mut untimed = 0;
        gather.begin(observed);
        names.for_each(batch, |record, values| {
            let time = match (*time, record.time_unix_nano()) {
                (Time::Event, 0) => {
                    untimed += 1;
                    observed
                }
                (Time::Event, time) => time,
                (Time::Arrival, _) => observed,
            };
            gather.add(schedule.start_of(time), values, plan);
        });
        metrics.untimed.add(untimed);
        metrics.not_numbers.add(gather.not_numbers());
    }

    /// Adds the batch to what is remembered.
    fn remember(&mut self, observed: u64) -> Result<(), Failure> {
        let Self { time, schedule, gather, memory, .. } = self;
        let mut late = memory.add(&gather.groups(), observed)?;
        // By arrival nothing is late: a batch that was held up until its window was closed belongs to a later one.
        while *time == Time::Arrival && !late.is_empty() {
            gather.postpone(&late, schedule);
            late = memory.add(&gather.groups_of(&late), observed)?;
        }
        gather.mark_late(&late);
        Ok(())
    }

    fn decide(&self, decisions: &mut Decisions) {
        let mut late = 0;
        for (index, is_late) in self.gather.records().enumerate() {
            late += u64::from(is_late);
            if let Some(reason) = if is_late { self.fate.late } else { self.fate.counted } {
                decisions.drop(index, reason);
            }
        }
        self.metrics.late.add(late);
    }
}

logagent_sdk::export!(AggregateFilter);
