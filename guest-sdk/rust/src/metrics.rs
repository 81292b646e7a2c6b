//! The filter's own metrics. They show in the agent's report under the filter's name; what is counted in a call that
//! fails does not count.

use crate::host;

/// A number that only grows.
///
/// ```
/// use logagent_sdk::{metrics::Counter, testing::once};
/// let masked = Counter::new("masked");
/// let outcome = once(["a"], |_, _| masked.add(2));
/// assert_eq!(outcome.counters["masked"], 2);
/// ```
#[derive(Clone, Debug)]
pub struct Counter(host::Counter);

impl Counter {
    /// The counter of this name. Call it in `configure`: the host refuses it elsewhere. A name is 1 to 64 letters,
    /// digits and `_`; a filter has 64 metrics at most.
    ///
    /// ```
    /// let counter = logagent_sdk::metrics::Counter::new("masked");
    /// ```
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self(host::Counter::new(name))
    }

    /// Adds to it. Each call asks the host: count within a batch, and add once.
    ///
    /// ```
    /// logagent_sdk::metrics::Counter::new("seen").add(1);
    /// ```
    pub fn add(&self, amount: u64) {
        if amount > 0 {
            self.0.add(amount);
        }
    }
}

/// A distribution: how many values lie at or below each bound, and their sum.
///
/// ```
/// use logagent_sdk::{metrics::Histogram, testing::once};
/// let bytes = Histogram::new("body_bytes", &[10.0, 100.0]);
/// let outcome = once(["a"], |_, _| bytes.observe(5.0));
/// assert_eq!(outcome.observed["body_bytes"], [5.0]);
/// ```
#[derive(Clone, Debug)]
pub struct Histogram(host::Histogram);

impl Histogram {
    /// The histogram of this name, with 1 to 32 ascending bounds. Call it in `configure`.
    ///
    /// ```
    /// let histogram = logagent_sdk::metrics::Histogram::new("seconds", &[0.1, 1.0]);
    /// ```
    #[must_use]
    pub fn new(name: &str, bounds: &[f64]) -> Self {
        Self(host::Histogram::new(name, bounds))
    }

    /// Notes a value.
    ///
    /// ```
    /// logagent_sdk::metrics::Histogram::new("seconds", &[0.1]).observe(0.05);
    /// ```
    pub fn observe(&self, value: f64) {
        self.0.observe(value);
    }
}
