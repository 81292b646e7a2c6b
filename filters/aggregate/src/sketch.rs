//! Quantiles: DDSketch (Masson, Rim, Lee: DDSketch: A Fast and Fully-Mergeable Quantile Sketch with Relative-Error
//! Guarantees, VLDB 2019), by a library, in 2,048 buckets whose values are within 1 % of each other. Where numbers lie
//! farther apart than those reach, 17 powers of ten, the smallest lose the guarantee; what is nearer to 0 than 1e-9 is 0.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sketches_ddsketch::DDSketch;

/// A sketch of numbers.
#[derive(Clone, Default)]
pub(crate) struct Sketch(DDSketch);

impl Sketch {
    pub(crate) fn add(&mut self, number: f64) {
        self.0.add(number);
    }

    /// The quantile, 0 to 1, within 1 % of the number that it is: the least that so large a share of all does not exceed
    /// (nearest rank). `None` of no numbers.
    pub(crate) fn quantile(&self, quantile: f64) -> Option<f64> {
        let count = self.0.count() as f64;
        let rank = (quantile * count).ceil().max(1.0) - 1.0;
        // The library takes the share, rounds down, and would round a half either way.
        let share = if count > 1.0 { ((rank + 0.5) / (count - 1.0)).min(1.0) } else { 1.0 };
        let value = self.0.quantile(share).ok()??;
        // A bucket's value may lie beyond what is in it.
        Some(value.clamp(self.0.min()?, self.0.max()?))
    }
}

impl std::fmt::Debug for Sketch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a sketch of {}", self.0.count())
    }
}

impl Serialize for Sketch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0.to_java_bytes())
    }
}

impl<'de> Deserialize<'de> for Sketch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = <&[u8]>::deserialize(deserializer)?;
        DDSketch::from_java_bytes(bytes).map(Self).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of one to ten thousand, with and without having been written and read between.
    #[test]
    fn quantiles_are_within_one_percent() {
        let mut sketch = Sketch::default();
        for number in 1..=10_000 {
            sketch.add(f64::from(number) / 10.0);
            if number % 100 == 0 {
                sketch = postcard::from_bytes(&postcard::to_allocvec(&sketch).unwrap()).unwrap();
            }
        }
        for (quantile, exact) in [(0.01, 10.0), (0.5, 500.0), (0.9, 900.0), (0.99, 990.0), (0.999, 999.0)] {
            let found = sketch.quantile(quantile).unwrap();
            assert!((found - exact).abs() <= exact * 0.0101, "p{quantile}: {found} for {exact}");
        }
    }

    #[test]
    fn of_one_number_each_quantile_is_that_number() {
        let mut sketch = Sketch::default();
        assert_eq!(sketch.quantile(0.5), None);
        sketch.add(-0.125);
        assert_eq!((sketch.quantile(0.01), sketch.quantile(0.999)), (Some(-0.125), Some(-0.125)));
    }

    #[test]
    fn of_few_numbers_a_quantile_is_one_of_them() {
        let mut sketch = Sketch::default();
        [1.0, 2.0, 4.0, 8.0].into_iter().for_each(|number| sketch.add(number));
        for (quantile, exact) in [(0.01, 1.0), (0.25, 1.0), (0.26, 2.0), (0.5, 2.0), (0.75, 4.0), (0.76, 8.0)] {
            let found = sketch.quantile(quantile).unwrap();
            assert!((found - exact).abs() <= exact * 0.0101, "{quantile}: {found} for {exact}");
        }
        assert_eq!(sketch.quantile(0.99), Some(8.0));
    }

    #[test]
    fn bytes_that_are_no_sketch_are_refused() {
        for bytes in [&[][..], &[5, 1, 2, 3], &[3, 0x05, 0xff, 0xff]] {
            assert!(postcard::from_bytes::<Sketch>(bytes).is_err(), "{bytes:?}");
        }
    }
}
