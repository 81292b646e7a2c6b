//! Times and severities that a filter sets, in the order that the contract wants.

use crate::bindings::batch::Imprint;
use crate::edits::number;

#[derive(Debug, Default)]
pub(crate) struct Stamps(Vec<Imprint>);

impl Stamps {
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// The record's imprint, to be changed.
    pub(crate) fn of(&mut self, index: usize) -> &mut Imprint {
        let index = number(index);
        let at = match self.0.last() {
            // As filters go: record by record.
            Some(last) if last.index == index => self.0.len() - 1,
            Some(last) if last.index > index => {
                let found = self.0.binary_search_by_key(&index, |imprint| imprint.index);
                found.unwrap_or_else(|at| self.insert(at, index))
            }
            _ => self.insert(self.0.len(), index),
        };
        &mut self.0[at]
    }

    fn insert(&mut self, at: usize, index: u32) -> usize {
        self.0.insert(at, Imprint { index, severity: 0, time_unix_nano: 0 });
        at
    }

    pub(crate) fn list(&self) -> &[Imprint] {
        &self.0
    }
}
