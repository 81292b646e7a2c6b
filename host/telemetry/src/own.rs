//! The metrics that filters count by themselves, under names that they make up: bounded in number, so that a filter
//! can't fill the agent's memory or whoever collects its metrics.

use crate::Counter;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// A distribution of values.
#[derive(Debug)]
pub struct Histogram {
    bounds: Box<[f64]>,
    state: Mutex<Observed>,
}

/// Values noted, by bucket: at or below each bound and above the one before, and above the last.
#[derive(Clone, Debug, PartialEq)]
pub struct Observed {
    counts: Box<[u64]>,
    sum: f64,
}

/// Which bucket a value belongs to: the first whose bound it does not exceed.
fn bucket(bounds: &[f64], value: f64) -> usize {
    bounds.partition_point(|&bound| bound < value)
}

impl Observed {
    /// Nothing noted yet, for so many bounds.
    #[must_use]
    pub fn none(bounds: usize) -> Self {
        Self { counts: vec![0; bounds + 1].into(), sum: 0.0 }
    }

    /// Notes a value.
    pub fn note(&mut self, bounds: &[f64], value: f64) {
        self.counts[bucket(bounds, value)] += 1;
        self.sum += value;
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.counts.fill(0);
        self.sum = 0.0;
    }

    fn is_empty(&self) -> bool {
        self.counts.iter().all(|&count| count == 0)
    }

    fn add(&mut self, other: &Self) {
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count += more;
        }
        self.sum += other.sum;
    }
}

impl Histogram {
    fn new(bounds: &[f64]) -> Self {
        Self { bounds: bounds.into(), state: Mutex::new(Observed::none(bounds.len())) }
    }

    /// Its bounds, ascending.
    #[must_use]
    pub fn bounds(&self) -> &[f64] {
        &self.bounds
    }

    /// Adds what was noted elsewhere, for the same bounds.
    pub fn add(&self, observed: &Observed) {
        if !observed.is_empty() {
            self.state.lock().unwrap_or_else(PoisonError::into_inner).add(observed);
        }
    }

    fn report(&self) -> HistogramReport {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut below = 0;
        let buckets = self.bounds.iter().zip(&state.counts).map(|(&bound, count)| {
            below += count;
            (bound, below)
        });
        HistogramReport { buckets: buckets.collect(), count: state.counts.iter().sum(), sum: state.sum }
    }
}

/// A filter's own metrics, by name.
#[derive(Debug, Default)]
pub struct OwnMetrics(Mutex<BTreeMap<String, Own>>);

#[derive(Clone, Debug)]
enum Own {
    Counter(Arc<Counter>),
    Histogram(Arc<Histogram>),
}

/// Why a filter can't have a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MetricError {
    /// The name is none.
    #[error("a name is 1 to 64 letters, digits and `_`")]
    Name,
    /// There are too many.
    #[error("a filter has {} metrics at most", OwnMetrics::MOST)]
    TooMany,
    /// The name is taken.
    #[error("the name belongs to a metric of another kind or with other bounds")]
    Taken,
    /// The bounds are none.
    #[error("a histogram has 1 to {} bounds, finite and ascending", OwnMetrics::MOST_BOUNDS)]
    Bounds,
}

impl OwnMetrics {
    /// How many metrics a filter has at most.
    pub const MOST: usize = 64;
    /// How many bounds a histogram has at most.
    pub const MOST_BOUNDS: usize = 32;

    /// The counter of this name.
    ///
    /// # Errors
    /// [`MetricError`] where it can't be had.
    pub fn counter(&self, name: &str) -> Result<Arc<Counter>, MetricError> {
        match self.get_or_insert(name, || Own::Counter(Arc::default()))? {
            Own::Counter(counter) => Ok(counter),
            Own::Histogram(_) => Err(MetricError::Taken),
        }
    }

    /// The histogram of this name, with these bounds.
    ///
    /// # Errors
    /// [`MetricError`] where it can't be had.
    pub fn histogram(&self, name: &str, bounds: &[f64]) -> Result<Arc<Histogram>, MetricError> {
        let is_ascending = bounds.iter().all(|bound| bound.is_finite()) && bounds.is_sorted_by(|a, b| a < b);
        if bounds.is_empty() || bounds.len() > Self::MOST_BOUNDS || !is_ascending {
            return Err(MetricError::Bounds);
        }
        match self.get_or_insert(name, || Own::Histogram(Arc::new(Histogram::new(bounds))))? {
            Own::Histogram(histogram) if histogram.bounds() == bounds => Ok(histogram),
            _ => Err(MetricError::Taken),
        }
    }

    fn get_or_insert(&self, name: &str, make: impl FnOnce() -> Own) -> Result<Own, MetricError> {
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if name.is_empty() || name.len() > 64 || !name.bytes().all(is_name) {
            return Err(MetricError::Name);
        }
        let mut metrics = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if metrics.len() >= Self::MOST && !metrics.contains_key(name) {
            return Err(MetricError::TooMany);
        }
        Ok(metrics.entry(name.to_owned()).or_insert_with(make).clone())
    }

    /// What they say now.
    #[must_use]
    pub fn report(&self) -> BTreeMap<String, OwnReport> {
        let metrics = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let report = |own: &Own| match own {
            Own::Counter(counter) => OwnReport::Counter(counter.get()),
            Own::Histogram(histogram) => OwnReport::Histogram(histogram.report()),
        };
        metrics.iter().map(|(name, own)| (name.clone(), report(own))).collect()
    }
}

/// One of a filter's own metrics.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(untagged)]
pub enum OwnReport {
    /// A counter's value.
    Counter(u64),
    /// A histogram.
    Histogram(HistogramReport),
}

/// A distribution, as Prometheus counts it: each bucket holds those below it, too.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct HistogramReport {
    /// Bounds, each with how many values lie at or below it.
    pub buckets: Vec<(f64, u64)>,
    /// How many values.
    pub count: u64,
    /// Their sum.
    pub sum: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_histogram_counts_values_at_or_below_each_bound() {
        let own = OwnMetrics::default();
        let histogram = own.histogram("bytes", &[1.0, 10.0]).unwrap();
        let mut observed = Observed::none(2);
        for value in [0.5, 1.0, 5.0, 100.0] {
            observed.note(histogram.bounds(), value);
        }
        histogram.add(&observed);
        let expected = HistogramReport { buckets: vec![(1.0, 2), (10.0, 3)], count: 4, sum: 106.5 };
        assert_eq!(own.report()["bytes"], OwnReport::Histogram(expected));
    }

    #[test]
    fn metrics_are_bounded_in_name_and_number() {
        let own = OwnMetrics::default();
        for (name, error) in [("", MetricError::Name), ("a-b", MetricError::Name), ("ä", MetricError::Name)] {
            assert_eq!(own.counter(name).unwrap_err(), error);
        }
        for number in 0..OwnMetrics::MOST {
            own.counter(&format!("c{number}")).unwrap().add(1);
        }
        assert_eq!(own.counter("one_more").unwrap_err(), MetricError::TooMany);
        assert_eq!(own.counter("c5").unwrap().get(), 1);
        assert_eq!(own.histogram("c5", &[1.0]).unwrap_err(), MetricError::Taken);
        assert_eq!(own.histogram("h", &[2.0, 1.0]).unwrap_err(), MetricError::Bounds);
    }
}
