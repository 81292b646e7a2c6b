//! Random runs against a model that knows nothing of batches, rings and lanes: it takes each record by itself
//! through the filters.

use crate::rig::{Rig, routing};
use logagent_component::Part;
use logagent_pipeline::BatchLimits;
use logagent_telemetry::Counts;
use logagent_testkit::{Arrived, Native, Policy, Probe, copy, emit, replace, stamp};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::time::Duration;

/// What a filter does, as a function of one body.
#[derive(Clone, Copy, Debug)]
enum Rule {
    /// Drops bodies of such a length.
    Drop { modulus: usize },
    /// Routes bodies of such a length.
    Route { modulus: usize },
    /// Puts in so many bytes in front, and takes as many away behind, where there are so many.
    Edit { insert: usize, delete: usize },
    /// Overwrites the bytes from `from` on, `length` of them or as many as there are.
    Mask { from: usize, length: usize },
    /// Appends to the attributes.
    Attribute,
    /// Counts up the severity and the time of bodies of such a length.
    Stamp { modulus: usize },
    /// Sends bodies of such a length to the output as well.
    Copy { modulus: usize },
    /// Makes a record of each body of such a length.
    Emit { modulus: usize },
}

/// What becomes of one record.
enum Fate {
    Kept,
    Dropped,
    Routed,
    /// Routed, and kept as well.
    Copied,
}

impl Rule {
    fn fits(body: &[u8], modulus: usize) -> bool {
        body.len().is_multiple_of(modulus)
    }

    /// The model: what the rule does to one record, and what it makes.
    fn apply(self, record: &mut Arrived) -> (Fate, Option<Arrived>) {
        match self {
            Self::Drop { modulus } if Self::fits(&record.body, modulus) => (Fate::Dropped, None),
            Self::Route { modulus } if Self::fits(&record.body, modulus) => (Fate::Routed, None),
            Self::Edit { insert, delete } => {
                record.body.truncate(record.body.len() - delete.min(record.body.len()));
                record.body.splice(..0, vec![b'+'; insert]);
                (Fate::Kept, None)
            }
            Self::Mask { from, length } => {
                let range = masked(&record.body, from, length);
                record.body[range].fill(b'*');
                (Fate::Kept, None)
            }
            Self::Stamp { modulus } if Self::fits(&record.body, modulus) => {
                (record.severity, record.time_unix_nano) = (record.severity % 24 + 1, record.time_unix_nano + 1);
                (Fate::Kept, None)
            }
            Self::Copy { modulus } if Self::fits(&record.body, modulus) => (Fate::Copied, None),
            Self::Attribute => {
                record.attributes.extend(b"\xc0");
                (Fate::Kept, None)
            }
            Self::Emit { modulus } if Self::fits(&record.body, modulus) => {
                let made =
                    Arrived { body: made_of(&record.body), time_unix_nano: 5, severity: 6, ..Arrived::default() };
                (Fate::Kept, Some(made))
            }
            _ => (Fate::Kept, None),
        }
    }

    /// The same as a filter.
    fn filter(self) -> Native {
        let filter = Native::new(move |seen, decisions| {
            for (index, record) in seen.records().iter().enumerate() {
                let (body, attributes) = (seen.body(record), seen.attributes(record));
                match self {
                    Self::Drop { modulus } => decisions.verdicts.push(u8::from(Self::fits(body, modulus))),
                    Self::Route { modulus } => decisions.verdicts.push(128 * u8::from(Self::fits(body, modulus))),
                    Self::Edit { insert, delete } => {
                        let delete = delete.min(body.len());
                        replace(decisions, index, Part::Body, 0..0, &vec![b'+'; insert]);
                        replace(decisions, index, Part::Body, body.len() - delete..body.len(), b"");
                    }
                    Self::Mask { from, length } => {
                        let range = masked(body, from, length);
                        let stars = vec![b'*'; range.len()];
                        replace(decisions, index, Part::Body, range, &stars);
                    }
                    Self::Stamp { modulus } if Self::fits(body, modulus) => {
                        stamp(decisions, index, record.time_unix_nano + 1, record.severity % 24 + 1);
                    }
                    Self::Copy { modulus } if Self::fits(body, modulus) => copy(decisions, index, 0),
                    Self::Stamp { .. } | Self::Copy { .. } => {}
                    Self::Attribute => {
                        replace(decisions, index, Part::Attributes, attributes.len()..attributes.len(), b"\xc0");
                    }
                    Self::Emit { modulus } if Self::fits(body, modulus) => {
                        emit(decisions, &made_of(body), b"", 5, 6);
                    }
                    Self::Emit { .. } => {}
                }
            }
            Ok(())
        });
        filter.reasons(&["drop"]).outputs(&["route"])
    }
}

fn masked(body: &[u8], from: usize, length: usize) -> std::ops::Range<usize> {
    from.min(body.len())..(from + length).min(body.len())
}

fn made_of(body: &[u8]) -> Vec<u8> {
    [b"made of ", body].concat()
}

/// What should arrive.
#[derive(Default)]
struct Expected {
    kept: Vec<Arrived>,
    /// By filter.
    routed: Vec<Vec<Arrived>>,
    received: u64,
    emitted: u64,
    dropped: u64,
}

impl Expected {
    fn new(filters: usize) -> Self {
        Self { routed: vec![Vec::new(); filters], ..Self::default() }
    }

    fn follow(&mut self, mut record: Arrived, rules: &[Rule], first: usize) {
        for (index, rule) in rules.iter().enumerate().skip(first) {
            let (fate, made) = rule.apply(&mut record);
            if let Some(made) = made {
                self.emitted += 1;
                self.follow(made, rules, index + 1);
            }
            match fate {
                Fate::Kept => {}
                Fate::Copied => {
                    self.emitted += 1;
                    self.routed[index].push(record.clone());
                }
                Fate::Dropped => return self.dropped += 1,
                Fate::Routed => return self.routed[index].push(record),
            }
        }
        self.kept.push(record);
    }

    /// `probes`: of what was kept, then of what each filter routed.
    fn compare(self, counts: &Counts, probes: &[Probe]) -> Result<(), TestCaseError> {
        let found = (counts.received, counts.emitted, counts.dropped, counts.delivered);
        let outputs: Vec<Vec<Arrived>> = std::iter::once(self.kept).chain(self.routed).collect();
        let delivered = outputs.iter().map(Vec::len).sum::<usize>() as u64;
        prop_assert_eq!(found, (self.received, self.emitted, self.dropped, delivered));
        for (mut expected, probe) in outputs.into_iter().zip(probes) {
            let mut arrived = probe.arrived();
            // Each stream's records keep their order; what filters made has none that a batch did not give it.
            expected.sort_by(|one, other| one.stream.cmp(&other.stream));
            arrived.sort_by(|one, other| one.stream.cmp(&other.stream));
            for list in [&mut expected, &mut arrived] {
                let made = list.partition_point(|record| record.stream.is_none());
                list[..made].sort();
            }
            prop_assert_eq!(expected, arrived);
        }
        Ok(())
    }
}

#[derive(Clone, Debug)]
struct Run {
    /// By stream: lines, and the lengths of the chunks that they come in.
    streams: Vec<(Vec<Vec<u8>>, Vec<usize>)>,
    /// By pipeline.
    rules: Vec<Vec<Rule>>,
    limits: BatchLimits,
    policy: Policy,
}

fn rule() -> impl Strategy<Value = Rule> {
    prop_oneof![
        (1..5_usize).prop_map(|modulus| Rule::Drop { modulus }),
        (1..5_usize).prop_map(|modulus| Rule::Route { modulus }),
        (0..40_usize, 0..40_usize).prop_map(|(insert, delete)| Rule::Edit { insert, delete }),
        (0..40_usize, 0..40_usize).prop_map(|(from, length)| Rule::Mask { from, length }),
        Just(Rule::Attribute),
        (1..5_usize).prop_map(|modulus| Rule::Stamp { modulus }),
        (1..5_usize).prop_map(|modulus| Rule::Copy { modulus }),
        (2..7_usize).prop_map(|modulus| Rule::Emit { modulus }),
    ]
}

fn line() -> impl Strategy<Value = Vec<u8>> {
    let byte = any::<u8>().prop_map(|byte| if byte == b'\n' { b'N' } else { byte });
    prop_oneof![
        8 => vec(byte, 0..60),
        1 => Just(Vec::new()),
        1 => (0..3_000_usize).prop_map(|length| vec![b'l'; length]),
    ]
}

fn run() -> impl Strategy<Value = Run> {
    let chunks = || vec(prop_oneof![1..20_usize, 1..5_000_usize], 1..8);
    let limits = (prop_oneof![1..100_usize, 1..10_000_usize], prop_oneof![1..5_usize, 1..2_000_usize], 0..3_u64);
    let policy = prop_oneof![Just(Policy::Confirm), Just(Policy::Flush(Duration::from_millis(1)))];
    (vec((vec(line(), 0..120), chunks()), 0..5), vec(vec(rule(), 0..5), 1..3), limits, policy).prop_map(
        |(streams, rules, (max_bytes, max_records, age_ms), policy)| {
            let limits = BatchLimits { max_bytes, max_records, max_age: Duration::from_millis(age_ms) };
            Run { streams, rules, limits, policy }
        },
    )
}

impl Run {
    fn expected(&self, rules: &[Rule]) -> Expected {
        let mut expected = Expected::new(rules.len());
        for (number, (lines, _)) in self.streams.iter().enumerate() {
            for line in lines {
                expected.received += 1;
                let stream = Some(number.to_string());
                expected.follow(Arrived { stream, body: line.clone(), ..Arrived::default() }, rules, 0);
            }
        }
        expected
    }

    fn check(self) -> Result<(), TestCaseError> {
        let mut rig = Rig::new();
        rig.limits = self.limits;
        // Room for what edits add to the largest batch.
        rig.ring_bytes = 1 << 20;
        let mut probes = Vec::new();
        let mut sinks = 0;
        for rules in &self.rules {
            probes.push((0..=rules.len()).map(|_| rig.sink(self.policy)).collect::<Vec<_>>());
            let routed = |(index, rule): (usize, &Rule)| routing(rule.filter(), &[&[sinks + 1 + index]]);
            rig.pipeline(rules.iter().enumerate().map(routed).collect(), &[sinks]);
            sinks += 1 + rules.len();
        }
        for (number, (lines, chunks)) in self.streams.iter().enumerate() {
            let feed = rig.stream(0, &number.to_string());
            if number % 2 == 1 {
                feed.be_patient();
            }
            give(&feed, lines, chunks);
        }
        let counts = rig.run();
        for ((rules, counts), probes) in self.rules.iter().zip(&counts).zip(&probes) {
            self.expected(rules).compare(counts, probes)?;
        }
        Ok(())
    }
}

/// Gives the lines, cut into chunks of these lengths in turn.
fn give(feed: &logagent_testkit::Feed, lines: &[Vec<u8>], chunks: &[usize]) {
    let text = lines.iter().flat_map(|line| [line, &b"\n"[..]].concat()).collect::<Vec<u8>>();
    let mut rest = &text[..];
    for &length in chunks.iter().cycle() {
        let (chunk, behind) = rest.split_at(length.min(rest.len()));
        feed.give(chunk);
        rest = behind;
        if rest.is_empty() {
            break;
        }
    }
    feed.end();
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 256,
        rng_seed: RngSeed::Fixed(0x10_6A_6E_17),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_run_delivers_what_the_model_says(run in run()) {
        run.check()?;
    }
}
