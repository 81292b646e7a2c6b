//! Times and severities that a filter sets, in the order that the contract wants.

use bytemuck::{Pod, Zeroable};

/// What is set of a record: three numbers of the contract's flat list.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct Stamp {
    pub(crate) index: u64,
    pub(crate) severity: u64,
    pub(crate) time_unix_nano: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Stamps(Vec<Stamp>);

impl Stamps {
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// The record's stamp, to be changed.
    #[inline]
    pub(crate) fn of(&mut self, index: usize) -> &mut Stamp {
        let index = index as u64;
        // As filters go: record by record.
        let at = match self.0.last() {
            Some(last) if last.index == index => self.0.len() - 1,
            Some(last) if last.index > index => self.find(index),
            _ => {
                self.0.push(Stamp { index, severity: 0, time_unix_nano: 0 });
                self.0.len() - 1
            }
        };
        &mut self.0[at]
    }

    #[cold]
    fn find(&mut self, index: u64) -> usize {
        let found = self.0.binary_search_by_key(&index, |stamp| stamp.index);
        found.unwrap_or_else(|at| self.insert(at, index))
    }

    fn insert(&mut self, at: usize, index: u64) -> usize {
        self.0.insert(at, Stamp { index, severity: 0, time_unix_nano: 0 });
        at
    }

    pub(crate) fn list(&self) -> &[Stamp] {
        &self.0
    }
}
