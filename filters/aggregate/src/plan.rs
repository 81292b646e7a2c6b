//! What is to be counted, as the configuration says it: the fields that are looked at, and the values that are emitted.

use sha2::{Digest, Sha256};

use crate::group;

/// What is counted.
#[derive(Debug)]
pub(crate) struct Plan {
    /// How many fields tell groups apart. They come first among the names that are looked up; those of `fields` follow.
    pub(crate) by: usize,
    pub(crate) longest_text: usize,
    pub(crate) fields: Vec<Field>,
    /// How many of the fields have a sketch.
    pub(crate) sketches: usize,
    pub(crate) outputs: Vec<Output>,
}

/// A field whose values are counted.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Field {
    /// Whether its values are to be numbers.
    pub(crate) wants_numbers: bool,
    /// Its sketch's index, where quantiles are asked for.
    pub(crate) sketch: Option<usize>,
}

/// A value that is emitted.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) name: String,
    pub(crate) what: What,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum What {
    /// How many records there are.
    Records,
    /// Of the field with this index.
    Of(usize, How),
}

/// What a field's values come to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum How {
    Count,
    Sum,
    Min,
    Max,
    Mean,
    /// 0 to 1.
    Quantile(f64),
}

impl How {
    /// `p50`, `p99`, `p999`: two digits of percent, and more after 99.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "count" => Self::Count,
            "sum" => Self::Sum,
            "min" => Self::Min,
            "max" => Self::Max,
            "mean" => Self::Mean,
            _ => {
                let digits = name.strip_prefix('p')?;
                let is_number = digits.bytes().all(|byte| byte.is_ascii_digit()) && digits != "00";
                let is_percent = digits.len() == 2 || digits.starts_with("99") && (3..=5).contains(&digits.len());
                Self::Quantile((is_number && is_percent).then(|| format!("0.{digits}"))?.parse().ok()?)
            }
        })
    }
}

impl Plan {
    /// The plan, and the names that are to be looked up. Of each value its name, its field, and what of that.
    pub(crate) fn new(by: Vec<String>, values: Vec<(String, Option<String>, How)>) -> (Self, Vec<String>) {
        let longest_text = group::longest_text(by.len());
        let mut plan = Self { by: by.len(), longest_text, fields: Vec::new(), sketches: 0, outputs: Vec::new() };
        let mut names = by;
        for (name, of, how) in values {
            let what = of.map_or(What::Records, |of| What::Of(plan.field(of, how, &mut names), how));
            plan.outputs.push(Output { name, what });
        }
        (plan, names)
    }

    fn field(&mut self, name: String, how: How, names: &mut Vec<String>) -> usize {
        let known = names[self.by..].iter().position(|known| *known == name);
        let index = known.unwrap_or_else(|| {
            names.push(name);
            self.fields.push(Field::default());
            self.fields.len() - 1
        });
        let field = &mut self.fields[index];
        field.wants_numbers |= how != How::Count;
        if matches!(how, How::Quantile(_)) && field.sketch.is_none() {
            field.sketch = Some(self.sketches);
            self.sketches += 1;
        }
        index
    }

    /// What differs between plans whose groups can't be added up, in a few letters. `more`: what else tells them apart.
    pub(crate) fn fingerprint(&self, names: &[String], more: &str) -> String {
        // To be counted up where the bytes of groups or windows change.
        const LAYOUT: u8 = 2;
        let fields: Vec<_> = self.fields.iter().map(|field| field.sketch).collect();
        let all = serde_json::json!([LAYOUT, self.by, names, fields, more]).to_string();
        Sha256::digest(all)[..4].iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_named_by_their_digits() {
        let quantile = |quantile| Some(How::Quantile(quantile));
        for (name, how) in [
            ("p50", quantile(0.5)),
            ("p05", quantile(0.05)),
            ("p99", quantile(0.99)),
            ("p999", quantile(0.999)),
            ("p99999", quantile(0.99999)),
            ("mean", Some(How::Mean)),
            ("p5", None),
            ("p00", None),
            ("p100", None),
            ("p505", None),
            ("p999999", None),
            ("p", None),
            ("p+9", None),
            ("median", None),
        ] {
            assert_eq!(How::named(name), how, "{name}");
        }
    }

    #[test]
    fn a_field_of_several_values_is_counted_once() {
        let value = |name: &str, of: Option<&str>, how| (name.to_owned(), of.map(str::to_owned), how);
        let values = vec![
            value("all", None, How::Count),
            value("p50", Some("ms"), How::Quantile(0.5)),
            value("p99", Some("ms"), How::Quantile(0.99)),
            value("sum", Some("bytes"), How::Sum),
        ];
        let (plan, names) = Plan::new(vec!["ms".into()], values);
        assert_eq!((names, plan.fields.len(), plan.sketches), (["ms", "ms", "bytes"].map(String::from).into(), 2, 1));
    }
}
