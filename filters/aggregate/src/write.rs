//! A group as a record: a JSON body, and the same members as attributes.

use std::time::{Duration, UNIX_EPOCH};

use logagent_sdk::{Attributes, Emits, Fresh};

use crate::datum::Datum;
use crate::gather::parts;
use crate::group;
use crate::plan::Plan;
use crate::schedule::Schedule;
use crate::totals::Totals;

/// The members that each record has: its window's start and end.
pub(crate) const TAKEN: [&str; 2] = ["window_start", "window_end"];

/// Writes records, in memory that is kept.
#[derive(Debug)]
pub(crate) struct Writer {
    /// All members in order: the window's two, the groups' fields, the values.
    names: Vec<Name>,
    body: Vec<u8>,
    attributes: Attributes,
}

#[derive(Debug)]
struct Name {
    plain: String,
    /// As a member of a JSON object begins.
    json: String,
}

impl Writer {
    /// `by`: the names of the groups' fields.
    pub(crate) fn new(by: &[String], plan: &Plan) -> Self {
        let outputs = plan.outputs.iter().map(|output| output.name.as_str());
        let names = TAKEN.into_iter().chain(by.iter().map(String::as_str)).chain(outputs);
        Self { names: names.map(Name::new).collect(), body: Vec::new(), attributes: Attributes::default() }
    }

    pub(crate) fn emit(&mut self, key: &[u8], totals: &Totals, plan: &Plan, schedule: &Schedule, emits: &mut Emits) {
        let Some((start, group)) = parts(key) else { return };
        let end = schedule.end_of(start);
        let bounds =
            [start, end].map(|time| humantime::format_rfc3339(UNIX_EPOCH + Duration::from_nanos(time)).to_string());
        let values = plan.outputs.iter().map(|output| totals.value(output.what, &plan.fields));
        self.write(bounds.iter().map(|bound| Datum::Text(bound)).chain(group::values(group)).chain(values));
        let (body, attributes) = (&*self.body, self.attributes.bytes());
        emits.add(Fresh { body, attributes, time_unix_nano: end, severity: 0 });
    }

    fn write<'d>(&mut self, data: impl Iterator<Item = Datum<'d>>) {
        let Self { names, body, attributes } = self;
        body.clear();
        attributes.clear();
        for (name, datum) in names.iter().zip(data) {
            body.push(if body.is_empty() { b'{' } else { b',' });
            body.extend_from_slice(name.json.as_bytes());
            datum.write_json(body);
            datum.write_attribute(&name.plain, attributes);
        }
        body.push(b'}');
    }

    /// How long a group's record may be. JSON writes a control character as six bytes.
    pub(crate) fn most_bytes(&self, key: &[u8]) -> usize {
        // The longest double, and the longest time.
        const VALUE_BYTES: usize = 32;
        let names: usize = self.names.iter().map(|name| name.plain.len() + name.json.len() + 2 * VALUE_BYTES).sum();
        names + 7 * key.len()
    }
}

impl Name {
    fn new(name: &str) -> Self {
        Self { plain: name.into(), json: format!("{}:", serde_json::Value::from(name)) }
    }
}
