//! That the harness refuses what the host refuses, and that decisions reach it as they were meant.

use std::panic::catch_unwind;

use super::{Harness, Layout, once};
use crate::{Batch, ConfigErrors, Decisions, Failure, Filter, Fresh, Part};

#[test]
fn edits_are_sorted_and_keep_their_own_bytes() {
    let outcome = once(["abcdef", "xyz"], |_, decisions| {
        decisions.replace(1, Part::Body, 2..3, b"ZZZ");
        decisions.replace(0, Part::Attributes, 0..0, b"\x80");
        decisions.replace(0, Part::Body, 4..6, b"");
        decisions.replace(1, Part::Body, 0..0, b">");
        decisions.replace(0, Part::Body, 0..1, b"long");
    });
    assert_eq!(outcome.kept(), ["longbcd", ">xyZZZ"]);
    assert_eq!(outcome.attributes, [&b"\x80"[..], b""]);
}

#[test]
fn insertions_at_one_place_stay_in_their_order() {
    let outcome = once(["b", "b"], |_, decisions| {
        decisions.replace(1, Part::Body, 0..0, b"1");
        decisions.replace(1, Part::Body, 0..0, b"2");
        decisions.replace(0, Part::Body, 0..0, b"0");
    });
    assert_eq!(outcome.kept(), ["0b", "12b"]);
}

#[test]
fn edits_that_the_host_refuses_are_refused() {
    type Work = fn(&Batch<'_>, &mut Decisions);
    let cases: [(&str, Work); 3] = [
        ("outside", |_, decisions| decisions.replace(0, Part::Body, 1..3, b"")),
        ("no record", |_, decisions| decisions.replace(1, Part::Body, 0..0, b"x")),
        ("overlap", |_, decisions| {
            decisions.replace(0, Part::Body, 0..2, b"");
            decisions.replace(0, Part::Body, 1..2, b"");
        }),
    ];
    for (name, work) in cases {
        assert!(catch_unwind(|| once(["ab"], work)).is_err(), "{name}");
    }
}

/// Fails at the record `bad`, after having dropped and emitted; counts what it saw.
struct Fragile {
    seen: usize,
}

impl Filter for Fragile {
    type Config = ();
    const NAME: &'static str = "fragile";

    fn configure((): ()) -> Result<Self, ConfigErrors> {
        Ok(Self { seen: 0 })
    }

    fn process(&mut self, batch: &Batch<'_>, decisions: &mut Decisions) -> Result<(), Failure> {
        for record in batch.records() {
            self.seen += 1;
            decisions.emit(Fresh::new(record.body()));
            if record.body() == b"bad" {
                crate::warn!("record {}", record.index());
                Err("a bad record")?;
            }
        }
        Ok(())
    }
}

#[test]
fn nothing_of_a_failed_batch_is_left_for_the_next() {
    let mut harness = Harness::<Fragile>::new(serde_json::Value::Null).unwrap();
    assert_eq!(harness.process(["a", "bad"]).unwrap_err(), "a bad record");
    assert_eq!(harness.process(["b"]).unwrap().emitted.len(), 1);
    assert_eq!(harness.filter().seen, 3);
}

#[test]
fn every_layout_shows_the_same_bodies_and_attributes() {
    for layout in [Layout::default(), Layout::default().gap(b"\r\n"), Layout::default().scattered()] {
        let inputs = ["a", "", "ccc"].map(|body| super::Input::from(body).attributes(b"\x80"));
        let laid_out = layout.lay_out(inputs);
        let batch = laid_out.batch().unwrap();
        let bodies: Vec<_> = batch.records().map(|record| record.body()).collect();
        assert_eq!(bodies, [&b"a"[..], b"", b"ccc"]);
        assert!(batch.records().all(|record| record.attributes() == b"\x80"));
    }
}

#[test]
fn an_empty_body_is_never_the_one_sought() {
    once(["", "a", "", "b"], |batch, _| {
        let mut cursor = batch.bodies().unwrap().cursor();
        let index = |span: crate::Span| span.index;
        assert_eq!(cursor.seek(0).map(index), Some(1));
        assert_eq!(cursor.seek(3).map(index), Some(3));
    });
}
