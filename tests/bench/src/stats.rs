//! Medians and percentiles, and rounds in which the things compared take turns.

/// Measurements of one thing, in order of size. Never empty.
pub(crate) struct Sample(Vec<f64>);

impl Sample {
    /// # Panics
    /// Where there is nothing to sort.
    pub(crate) fn new(mut values: Vec<f64>) -> Self {
        assert!(!values.is_empty(), "a sample of nothing");
        values.sort_by(f64::total_cmp);
        Self(values)
    }

    pub(crate) fn median(&self) -> f64 {
        self.quantile(1, 2)
    }

    /// The value that `numerator / denominator` of all are not above (nearest rank).
    pub(crate) fn quantile(&self, numerator: usize, denominator: usize) -> f64 {
        let rank = (self.0.len() * numerator).div_ceil(denominator);
        self.0[rank.max(1) - 1]
    }

    pub(crate) fn min(&self) -> f64 {
        self.0[0]
    }

    pub(crate) fn max(&self) -> f64 {
        self.0[self.0.len() - 1]
    }
}

/// One thing to measure, once a round.
pub(crate) type Contender<'a> = Box<dyn FnMut() -> anyhow::Result<f64> + 'a>;

/// Measures each once a round, so that what slows the machine down for a while slows all of them, and begins each
/// round with another one, so that none always comes behind the same.
pub(crate) fn interleave_all(rounds: usize, mut contenders: Vec<Contender<'_>>) -> anyhow::Result<Vec<Sample>> {
    let count = contenders.len();
    let mut values = vec![Vec::new(); count];
    for round in 0..rounds {
        for turn in 0..count {
            let index = (round + turn) % count;
            values[index].push(contenders[index]()?);
        }
    }
    Ok(values.into_iter().map(Sample::new).collect())
}

/// The same for a number that is known.
pub(crate) fn interleave<const N: usize>(rounds: usize, contenders: [Contender<'_>; N]) -> anyhow::Result<[Sample; N]> {
    let samples = interleave_all(rounds, contenders.into_iter().collect())?;
    Ok(samples.try_into().unwrap_or_else(|_| unreachable!("a sample for each contender")))
}

/// A count as a number to divide.
#[expect(clippy::cast_precision_loss, reason = "shown with three digits")]
pub(crate) fn number(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_nearest_ranks() {
        let sample = Sample::new((1..=100).rev().map(f64::from).collect());
        assert_eq!((sample.min(), sample.median(), sample.quantile(99, 100), sample.max()), (1.0, 50.0, 99.0, 100.0));
        let single = Sample::new(vec![7.0]);
        assert_eq!((single.median(), single.quantile(99, 100)), (7.0, 7.0));
    }

    #[test]
    fn contenders_take_turns() {
        let order = std::cell::RefCell::new(Vec::new());
        let contender = |name: f64| -> Contender<'_> {
            let order = &order;
            Box::new(move || {
                order.borrow_mut().push(name);
                Ok(name)
            })
        };
        let [first, second] = interleave(2, [contender(1.0), contender(2.0)]).unwrap();
        assert_eq!((first.median(), second.median()), (1.0, 2.0));
        assert_eq!(*order.borrow(), [1.0, 2.0, 2.0, 1.0]);
    }
}
