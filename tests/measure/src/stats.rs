//! Medians and percentiles, and rounds in which the things compared take turns.

/// Measurements of one thing, in order of size. Never empty.
pub struct Sample(Vec<f64>);

impl Sample {
    /// # Panics
    /// Where there is nothing to sort.
    pub fn new(mut values: Vec<f64>) -> Self {
        assert!(!values.is_empty(), "a sample of nothing");
        values.sort_by(f64::total_cmp);
        Self(values)
    }

    /// The one in the middle.
    #[must_use]
    pub fn median(&self) -> f64 {
        self.quantile(1, 2)
    }

    /// The value that `numerator / denominator` of all are not above (nearest rank).
    #[must_use]
    pub fn quantile(&self, numerator: usize, denominator: usize) -> f64 {
        let rank = (self.0.len() * numerator).div_ceil(denominator);
        self.0[rank.max(1) - 1]
    }

    /// The smallest.
    #[must_use]
    pub fn min(&self) -> f64 {
        self.0[0]
    }

    /// The largest.
    #[must_use]
    pub fn max(&self) -> f64 {
        self.0[self.0.len() - 1]
    }
}

/// One thing to measure, once a round.
pub type Contender<'a, T = f64> = Box<dyn FnMut() -> anyhow::Result<T> + 'a>;

/// Measures each once a round, so that what slows the machine down for a while slows all of them, and begins each
/// round with another one, so that none always comes behind the same. Answers each one's values, round by round.
///
/// # Errors
/// The first that a contender answers.
pub fn rounds<T>(count: usize, mut contenders: Vec<Contender<'_, T>>) -> anyhow::Result<Vec<Vec<T>>> {
    let mut values: Vec<Vec<T>> = contenders.iter().map(|_| Vec::new()).collect();
    for round in 0..count {
        for turn in 0..contenders.len() {
            let index = (round + turn) % contenders.len();
            values[index].push(contenders[index]()?);
        }
    }
    Ok(values)
}

/// The same in order of size.
///
/// # Errors
/// As for [`rounds`].
pub fn interleave_all(count: usize, contenders: Vec<Contender<'_>>) -> anyhow::Result<Vec<Sample>> {
    Ok(rounds(count, contenders)?.into_iter().map(Sample::new).collect())
}

/// The same for a number that is known.
///
/// # Errors
/// As for [`rounds`].
pub fn interleave<const N: usize>(rounds: usize, contenders: [Contender<'_>; N]) -> anyhow::Result<[Sample; N]> {
    let samples = interleave_all(rounds, contenders.into_iter().collect())?;
    Ok(samples.try_into().unwrap_or_else(|_| unreachable!("a sample for each contender")))
}

/// A count as a number to divide.
#[expect(clippy::cast_precision_loss, reason = "shown with three digits")]
#[must_use]
pub fn number(count: u64) -> f64 {
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
