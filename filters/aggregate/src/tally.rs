//! What is known of a field's values but for their quantiles. Each operation is exact for whole numbers.

use serde::{Deserialize, Serialize};

use crate::amount::Amount;
use crate::datum::Datum;

/// A field's values, added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Tally {
    /// How many there are.
    present: u64,
    /// How many of them are numbers.
    numbers: u64,
    /// The sum of the whole ones: of 64 bits each, so that it takes 2^63 of them to run over.
    whole: i128,
    /// The sum of the others, if there are any.
    float: Option<f64>,
    least: Option<Amount>,
    most: Option<Amount>,
}

impl Tally {
    pub(crate) fn add_other(&mut self) {
        self.present += 1;
    }

    pub(crate) fn add(&mut self, amount: Amount) {
        self.present += 1;
        self.numbers += 1;
        match amount {
            Amount::Whole(whole) => self.whole = self.whole.saturating_add(whole),
            Amount::Float(float) => *self.float.get_or_insert_default() += float,
        }
        self.extend(Some(amount), Some(amount));
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.present += other.present;
        self.numbers += other.numbers;
        self.whole = self.whole.saturating_add(other.whole);
        if let Some(float) = other.float {
            *self.float.get_or_insert_default() += float;
        }
        self.extend(other.least, other.most);
    }

    fn extend(&mut self, least: Option<Amount>, most: Option<Amount>) {
        if let Some(least) = least.filter(|least| self.least.is_none_or(|known| least.is_less(known))) {
            self.least = Some(least);
        }
        if let Some(most) = most.filter(|most| self.most.is_none_or(|known| known.is_less(*most))) {
            self.most = Some(most);
        }
    }

    pub(crate) fn count(&self) -> Datum<'static> {
        Datum::Whole(self.present.into())
    }

    pub(crate) fn sum(&self) -> Datum<'static> {
        self.float.map_or(Datum::Whole(self.whole), |float| Datum::Float(self.whole as f64 + float))
    }

    pub(crate) fn mean(&self) -> Datum<'static> {
        let sum = self.whole as f64 + self.float.unwrap_or_default();
        if self.numbers == 0 { Datum::Null } else { Datum::Float(sum / self.numbers as f64) }
    }

    pub(crate) fn min(&self) -> Datum<'static> {
        self.least.map_or(Datum::Null, Datum::from)
    }

    pub(crate) fn max(&self) -> Datum<'static> {
        self.most.map_or(Datum::Null, Datum::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(amounts: &[Amount]) -> Tally {
        let mut tally = Tally::default();
        amounts.iter().for_each(|&amount| tally.add(amount));
        tally
    }

    #[test]
    fn whole_numbers_are_added_exactly() {
        let most = Amount::Whole(u64::MAX.into());
        let tally = of(&[most, most, Amount::Whole(-1)]);
        assert_eq!(tally.sum(), Datum::Whole(2 * i128::from(u64::MAX) - 1));
        assert_eq!((tally.min(), tally.max()), (Datum::Whole(-1), Datum::Whole(u64::MAX.into())));
        assert_eq!(of(&[Amount::Whole(1), Amount::Float(0.5)]).sum(), Datum::Float(1.5));
    }

    #[test]
    fn of_no_numbers_the_sum_is_zero_and_the_rest_unknown() {
        let mut tally = Tally::default();
        tally.add_other();
        assert_eq!((tally.count(), tally.sum()), (Datum::Whole(1), Datum::Whole(0)));
        assert_eq!((tally.mean(), tally.min(), tally.max()), (Datum::Null, Datum::Null, Datum::Null));
    }

    #[test]
    fn parts_that_are_merged_are_as_the_whole() {
        let amounts = [Amount::Whole(7), Amount::Float(0.25), Amount::Whole(-3), Amount::Float(9.5)];
        for cut in 0..=amounts.len() {
            let (mut first, second) = (of(&amounts[..cut]), of(&amounts[cut..]));
            first.merge(&second);
            assert_eq!(first, of(&amounts), "{cut}");
        }
    }
}
