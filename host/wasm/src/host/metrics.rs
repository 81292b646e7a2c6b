//! The contract's `metrics`: what a filter counts by itself. Held back until the call has ended well: nothing of a
//! failed call counts.

use super::{Caller, Host};
use crate::told::told;
use logagent_component::Fault;
use logagent_telemetry::{Counter, FilterMeter, Histogram, MetricError, Observed, OwnMetrics};
use std::sync::Arc;
use wasmtime::Result;
use wasmtime::component::{LinkerInstance, WasmList, WasmStr};

pub(super) fn link(metrics: &mut LinkerInstance<'_, Host>) -> Result<()> {
    metrics.func_wrap("counter", |caller, (name,)| Ok((counter(caller, &name)?,)))?;
    metrics.func_wrap("histogram", |caller, (name, bounds)| Ok((histogram(caller, &name, &bounds)?,)))?;
    metrics.func_wrap("add", |mut caller: Caller<'_>, (number, amount): (u32, u64)| {
        Ok(caller.data_mut().metrics.add(number, amount)?)
    })?;
    metrics.func_wrap("observe", |mut caller: Caller<'_>, (number, value): (u32, f64)| {
        Ok(caller.data_mut().metrics.observe(number, value)?)
    })
}

/// One instance's metrics, and what the running call adds to them.
pub(crate) struct Metrics {
    meter: Arc<FilterMeter>,
    counters: Vec<(Arc<Counter>, u64)>,
    histograms: Vec<(Arc<Histogram>, Observed)>,
}

impl Metrics {
    pub(super) fn new(meter: Arc<FilterMeter>) -> Self {
        Self { meter, counters: Vec::new(), histograms: Vec::new() }
    }

    /// The call has ended well.
    pub(crate) fn commit(&mut self) {
        for (counter, added) in &mut self.counters {
            if *added > 0 {
                counter.add(std::mem::take(added));
            }
        }
        for (histogram, observed) in &mut self.histograms {
            histogram.add(observed);
            observed.clear();
        }
    }

    fn add(&mut self, number: u32, amount: u64) -> Result<(), Fault> {
        let count = self.counters.len();
        let counter = self.counters.get_mut(number as usize);
        let (_, added) = counter.ok_or(Fault::Unknown { what: "counter", number, count })?;
        *added = added.saturating_add(amount);
        Ok(())
    }

    fn observe(&mut self, number: u32, value: f64) -> Result<(), Fault> {
        let count = self.histograms.len();
        let histogram = self.histograms.get_mut(number as usize);
        let (histogram, observed) = histogram.ok_or(Fault::Unknown { what: "histogram", number, count })?;
        if !value.is_finite() {
            let reason = "a value that is no finite number".into();
            return Err(Fault::Metric { name: format!("histogram {number}"), reason });
        }
        observed.note(histogram.bounds(), value);
        Ok(())
    }
}

fn counter(mut caller: Caller<'_>, name: &WasmStr) -> Result<u32> {
    caller.data().check_configures("metrics.counter")?;
    let name = name.to_str(&caller)?.into_owned();
    let metrics = &mut caller.data_mut().metrics;
    let counter = metrics.meter.own.counter(&name).map_err(|error| refused(&name, error))?;
    Ok(position_or_push(&mut metrics.counters, counter, 0))
}

fn histogram(mut caller: Caller<'_>, name: &WasmStr, bounds: &WasmList<f64>) -> Result<u32> {
    caller.data().check_configures("metrics.histogram")?;
    let name = name.to_str(&caller)?.into_owned();
    let bounds = bounds.iter(&mut caller)?.take(OwnMetrics::MOST_BOUNDS + 1).collect::<Result<Vec<f64>>>()?;
    let metrics = &mut caller.data_mut().metrics;
    let histogram = metrics.meter.own.histogram(&name, &bounds).map_err(|error| refused(&name, error))?;
    Ok(position_or_push(&mut metrics.histograms, histogram, Observed::none(bounds.len())))
}

/// The number of a metric; the same for the same metric, so that no instance has more than there are names.
fn position_or_push<M, P>(metrics: &mut Vec<(Arc<M>, P)>, metric: Arc<M>, pending: P) -> u32 {
    let known = metrics.iter().position(|(known, _)| Arc::ptr_eq(known, &metric));
    let number = known.unwrap_or_else(|| {
        metrics.push((metric, pending));
        metrics.len() - 1
    });
    u32::try_from(number).expect("OwnMetrics bounds them")
}

fn refused(name: &str, error: MetricError) -> Fault {
    let name: String = name.chars().take(64).collect();
    Fault::Metric { name: told(&name), reason: error.to_string() }
}
