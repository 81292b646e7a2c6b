//! Records that go to outputs beside their own way, in the order that the contract wants.

use crate::Output;
use crate::bindings::batch::Duplicate;
use crate::edits::number;

#[derive(Debug, Default)]
pub(crate) struct Copies(Vec<Duplicate>);

impl Copies {
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn add(&mut self, index: usize, output: Output) {
        self.0.push(Duplicate { index: number(index), output: output.index() });
    }

    pub(crate) fn in_order(&mut self) -> &[Duplicate] {
        let key = |copy: &Duplicate| (copy.index, copy.output);
        if !self.0.is_sorted_by(|one, next| key(one) < key(next)) {
            self.0.sort_unstable_by_key(key);
            self.0.dedup_by_key(|copy| key(copy));
        }
        &self.0
    }
}
