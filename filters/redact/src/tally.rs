//! What was redacted, counted under the names of kinds, patterns and fields, and told once a batch.

use logagent_sdk::metrics::Counter;

/// So many names are counted apart; the contract allows 64 metrics.
const MOST: usize = 60;
/// The contract's limit for a metric's name, less what is put before it.
pub(crate) const LONGEST_NAME: usize = 48;

#[derive(Debug)]
pub(crate) struct Tally {
    counts: Vec<Count>,
    malformed: Count,
}

#[derive(Debug)]
struct Count {
    name: String,
    counter: Counter,
    count: u64,
}

impl Count {
    fn new(name: String) -> Self {
        Self { counter: Counter::new(&name), name, count: 0 }
    }

    fn tell(&mut self) {
        self.counter.add(std::mem::take(&mut self.count));
    }
}

impl Tally {
    pub(crate) fn new() -> Self {
        Self { counts: Vec::new(), malformed: Count::new("malformed".into()) }
    }

    /// The index of the counter of this label, which is shared where two labels make one name.
    pub(crate) fn metric(&mut self, label: &str) -> usize {
        let plain: String = label.chars().map(|char| if char.is_ascii_alphanumeric() { char } else { '_' }).collect();
        let name = format!("redacted_{plain}");
        if let Some(index) = self.counts.iter().position(|count| count.name == name) {
            return index;
        }
        // The last place is for all labels that are too many.
        if self.counts.len() >= MOST {
            return self.counts.len() - 1;
        }
        let name = if self.counts.len() == MOST - 1 { "redacted_other".into() } else { name };
        self.counts.push(Count::new(name));
        self.counts.len() - 1
    }

    pub(crate) fn count(&mut self, metric: usize) {
        self.counts[metric].count += 1;
    }

    pub(crate) fn count_malformed(&mut self, is_malformed: bool) {
        self.malformed.count += u64::from(is_malformed);
    }

    pub(crate) fn tell(&mut self) {
        self.counts.iter_mut().chain([&mut self.malformed]).for_each(Count::tell);
    }
}
