//! Whatever comes in whatever order over two lanes: each counted record is in one emitted record, and sums are those of a
//! plain map.

use std::collections::BTreeMap;

use crate::support::{SECOND, beside, bodies, harness};
use logagent_filter_aggregate::AggregateFilter;
use logagent_sdk::testing::{Harness, Input, OBSERVED, Verdict};
use proptest::prelude::*;
use serde_json::json;

/// A record: seconds from now, group, number.
type Line = (i64, u8, i64);

#[derive(Clone, Debug)]
enum Step {
    Batch(usize, Vec<Line>),
    Tick(usize),
    Wait(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let line = (-40..20_i64, 0..5_u8, -1_000..1_000_i64);
    let step = prop_oneof![
        4 => (0..2_usize, prop::collection::vec(line, 1..20)).prop_map(|(lane, lines)| Step::Batch(lane, lines)),
        2 => (0..2_usize).prop_map(Step::Tick),
        1 => (0..8_000_u64).prop_map(Step::Wait),
    ];
    prop::collection::vec(step, 1..60)
}

#[derive(Default)]
struct Model {
    /// By window and group: count and sum.
    expected: BTreeMap<(String, u64), (u64, i64)>,
    found: BTreeMap<(String, u64), (u64, i64)>,
}

impl Model {
    fn count(&mut self, (second, group, number): Line, now: u64) {
        let time = now.wrapping_add_signed(second * 1_000_000_000);
        let start = std::time::UNIX_EPOCH + std::time::Duration::from_nanos(time - time % (10 * SECOND));
        let start = humantime::format_rfc3339(start).to_string();
        let entry = self.expected.entry((start, group.into())).or_default();
        *entry = (entry.0 + 1, entry.1 + number);
    }

    fn take(&mut self, lane: &mut Harness<AggregateFilter>, now: u64) -> Result<usize, TestCaseError> {
        let emitted = bodies(&lane.tick(now).unwrap());
        for record in &emitted {
            let key = (record["window_start"].as_str().unwrap().to_owned(), record["group"].as_u64().unwrap());
            let values = (record["n"].as_u64().unwrap(), record["sum"].as_i64().unwrap());
            prop_assert!(self.found.insert(key.clone(), values).is_none(), "{key:?} was emitted before");
        }
        Ok(emitted.len())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn each_counted_record_is_emitted_once(steps in steps()) {
        let config = json!({
            "by": ["group"], "window": "10s", "time": "event",
            "values": {"n": {"as": "count"}, "sum": {"of": "number", "as": "sum"}},
        });
        let first = harness(config.clone());
        let mut lanes = [beside(&first, config), first];
        let (mut model, mut now) = (Model::default(), OBSERVED);
        for step in steps {
            match step {
                Step::Wait(milliseconds) => now += milliseconds * 1_000_000,
                Step::Tick(lane) => drop(model.take(&mut lanes[lane], now)?),
                Step::Batch(lane, lines) => {
                    let input = |&(second, group, number): &Line| {
                        let time = now.wrapping_add_signed(second * 1_000_000_000);
                        Input::from(json!({"group": group, "number": number}).to_string()).time_unix_nano(time)
                    };
                    lanes[lane].at(now);
                    let outcome = lanes[lane].process(lines.iter().map(input)).unwrap();
                    for (line, verdict) in lines.into_iter().zip(outcome.verdicts) {
                        if verdict == Verdict::Dropped("aggregated") {
                            model.count(line, now);
                        }
                    }
                }
            }
        }
        for (second, lane) in (0..60).zip([0, 1].into_iter().cycle()) {
            model.take(&mut lanes[lane], now + second * SECOND)?;
        }
        prop_assert_eq!(&model.found, &model.expected);
    }
}
