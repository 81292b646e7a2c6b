//! The condition on a field: where its value is looked for, and what it is compared with.

use logagent_sdk::Record;

use crate::json::{Name, find};
use crate::scalar::{Found, Scalar};
use crate::severity;

#[derive(Debug)]
pub(crate) struct FieldRule {
    name: Name,
    test: Test,
}

#[derive(Debug)]
pub(crate) enum Test {
    OneOf(Vec<Scalar>),
    /// OpenTelemetry's number of the severity that no longer matches.
    Below(u8),
}

impl FieldRule {
    pub(crate) fn new(name: String, test: Test) -> Self {
        Self { name: Name::new(name), test }
    }

    pub(crate) fn is_match(&self, record: &Record<'_>) -> bool {
        let found = self.value_in(record);
        match &self.test {
            Test::OneOf(values) => found.is_some_and(|found| values.iter().any(|value| value.equals(&found))),
            Test::Below(limit) => {
                let known = found.map_or_else(|| severity::known(record.severity()), |found| severity::of(&found));
                known.is_some_and(|severity| severity < *limit)
            }
        }
    }

    fn value_in<'a>(&self, record: &Record<'a>) -> Option<Found<'a>> {
        let attribute = record.attribute(self.name.whole()).map(Found::from);
        attribute.or_else(|| find(record.body(), &self.name))
    }
}
