//! What a group's records come to: what one batch adds, and what is remembered.

use logagent_sdk::state::Value;
use serde::{Deserialize, Serialize};

use crate::amount::Amount;
use crate::bytes;
use crate::datum::Datum;
use crate::plan::{Field, How, Plan, What};
use crate::sketch::Sketch;
use crate::tally::Tally;

/// What the records of a batch add to one group.
#[derive(Clone, Debug)]
pub(crate) struct Share {
    pub(crate) records: u64,
    /// By field.
    tallies: Vec<Tally>,
    /// By sketch: the numbers as they are, since most shares are a few of them.
    samples: Vec<Vec<f64>>,
}

/// What is remembered of a group.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Totals {
    pub(crate) records: u64,
    tallies: Vec<Tally>,
    sketches: Vec<Sketch>,
}

impl Share {
    pub(crate) fn new(plan: &Plan) -> Self {
        let samples = vec![Vec::new(); plan.sketches];
        Self { records: 0, tallies: vec![Tally::default(); plan.fields.len()], samples }
    }

    /// Adds a field's value, of which `amount` is the number, if it is one.
    pub(crate) fn add(&mut self, index: usize, field: &Field, amount: Option<Amount>) {
        let Some(amount) = amount else { return self.tallies[index].add_other() };
        self.tallies[index].add(amount);
        if let Some(sketch) = field.sketch {
            self.samples[sketch].push(amount.as_float());
        }
    }
}

impl Totals {
    pub(crate) fn add(&mut self, share: &Share) {
        self.records += share.records;
        self.tallies.resize_with(share.tallies.len(), Tally::default);
        self.sketches.resize_with(share.samples.len(), Sketch::default);
        for (tally, of_share) in self.tallies.iter_mut().zip(&share.tallies) {
            tally.merge(of_share);
        }
        for (sketch, samples) in self.sketches.iter_mut().zip(&share.samples) {
            samples.iter().for_each(|&sample| sketch.add(sample));
        }
    }

    /// What is asked for. Unknown, where these totals are of another plan.
    pub(crate) fn value(&self, what: What, fields: &[Field]) -> Datum<'static> {
        let What::Of(field, how) = what else { return Datum::Whole(self.records.into()) };
        let Some(tally) = self.tallies.get(field) else { return Datum::Null };
        match how {
            How::Count => tally.count(),
            How::Sum => tally.sum(),
            How::Min => tally.min(),
            How::Max => tally.max(),
            How::Mean => tally.mean(),
            How::Quantile(quantile) => {
                let sketch = fields[field].sketch.and_then(|index| self.sketches.get(index));
                sketch.and_then(|sketch| sketch.quantile(quantile)).map_or(Datum::Null, Datum::Float)
            }
        }
    }
}

impl Value for Totals {
    fn write(&self, into: &mut Vec<u8>) {
        bytes::append(self, into);
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        postcard::from_bytes(bytes).ok()
    }
}
