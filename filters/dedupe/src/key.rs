//! Where a record's key is.

use logagent_conditions::KeyField;
use logagent_sdk::metrics::Counter;
use logagent_sdk::{Batch, Record};

use crate::capture::Capture;

/// Where the key is; and how many records had none.
#[derive(Debug)]
pub(crate) enum Key {
    Body,
    Field(KeyField, Counter),
    Capture(Box<Capture>, Counter),
}

impl Key {
    /// Goes through the records that have a key, in order.
    pub(crate) fn for_each<'a>(&mut self, batch: &Batch<'a>, mut each: impl FnMut(&Record<'a>, &[u8])) {
        let mut without = 0;
        let count_or_each = |record: &Record<'a>, key: Option<&[u8]>| match key {
            Some(key) => each(record, key),
            None => without += 1,
        };
        match self {
            Self::Body => batch.records().for_each(|record| each(&record, record.body())),
            Self::Field(field, missing) => {
                field.for_each(batch, count_or_each);
                missing.add(without);
            }
            Self::Capture(capture, missing) => {
                capture.for_each(batch, count_or_each);
                missing.add(without);
            }
        }
    }
}
