//! What sinks give up becomes dead letters, and the law hears of it once its span is back. Not for filters' failures.

use super::flight::Flights;
use super::streams::StreamTable;
use logagent_component::{DeadLetter, DeadLetters, GivenUp, SinkError};
use logagent_record::Descriptor;

/// Writes the letters of what a sink has given up, durably once it has answered.
pub(super) fn put_aside(
    given: &GivenUp<'_>,
    flights: &mut Flights,
    streams: &StreamTable,
    letters: &dyn DeadLetters,
) -> Result<(), SinkError> {
    let delivery = given.delivery;
    let (cargo, reached) = flights.find(&delivery.table).expect("what a sink holds is out");
    let records = &delivery.descriptors()[given.written..];
    let letter = |record: &Descriptor| DeadLetter {
        position: streams.position(record, reached),
        ..DeadLetter::of_sink(&cargo.name, given, record)
    };
    let all: Vec<DeadLetter<'_>> = records.iter().map(letter).collect();
    letters.put(&all)?;
    let bytes = records.iter().map(|record| u64::from(record.body_len) + 1).sum();
    // The sinks of one output have the same table, and what they give up is the end of it.
    cargo.aside = cargo.aside.max((records.len() as u64, bytes));
    Ok(())
}
