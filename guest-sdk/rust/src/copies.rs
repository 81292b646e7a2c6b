//! Records that go to outputs beside their own way, in the order that the contract wants.

use crate::Output;
use crate::edits::number;

/// By record's and output's index: two numbers of the contract's flat list.
#[derive(Debug, Default)]
pub(crate) struct Copies(Vec<[u32; 2]>);

impl Copies {
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn add(&mut self, index: usize, output: Output) {
        self.0.push([number(index), output.index().into()]);
    }

    pub(crate) fn in_order(&mut self) -> &[[u32; 2]] {
        if !self.0.is_sorted_by(|one, next| one < next) {
            self.0.sort_unstable();
            self.0.dedup();
        }
        &self.0
    }
}
