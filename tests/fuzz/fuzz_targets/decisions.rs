//! Decisions of any kind over any table are refused, or can be carried out: no range leaves its record.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use logagent_component::{Copied, Decisions, Edit, Fresh, Part, Stamp};
use logagent_record::{Descriptor, Vocabulary};

#[derive(Arbitrary, Debug)]
struct Input {
    records: Vec<(u8, u8)>,
    verdicts: Vec<u8>,
    edits: Vec<(u32, bool, u32, u32, u32)>,
    patch: u8,
    stamps: Vec<(u32, u8)>,
    copies: Vec<(u32, u8)>,
    fresh: Vec<(u32, u32)>,
    fresh_bytes: u8,
    vocabulary: (u8, u8),
}

fuzz_target!(|input: Input| {
    let record = |&(body, attributes): &(u8, u8)| Descriptor {
        body_len: body.into(),
        attrs_len: attributes.into(),
        ..Descriptor::default()
    };
    let records: Vec<Descriptor> = input.records.iter().map(record).collect();
    let edit = |&(index, is_body, at, length, patch_length): &(u32, bool, u32, u32, u32)| {
        let part = if is_body { Part::Body } else { Part::Attributes };
        Edit { index, part, at, length, patch_length }
    };
    let fresh = |&(body_length, attributes_length): &(u32, u32)| Fresh {
        body_length,
        attributes_length,
        time_unix_nano: 0,
        severity: 0,
    };
    let stamp = |&(index, severity): &(u32, u8)| Stamp { index, severity, time_unix_nano: 1 };
    let decisions = Decisions {
        verdicts: input.verdicts,
        edits: input.edits.iter().map(edit).collect(),
        patch: vec![0; input.patch.into()],
        stamps: input.stamps.iter().map(stamp).collect(),
        copies: input.copies.iter().map(|&(index, output)| Copied { index, output }).collect(),
        emitted: input.fresh.iter().map(fresh).collect(),
        emitted_bytes: vec![0; input.fresh_bytes.into()],
    };
    let vocabulary = Vocabulary { reasons: input.vocabulary.0 % 128, outputs: input.vocabulary.1 % 129 };
    if decisions.check(&records, vocabulary).is_err() {
        return;
    }
    let mut patch = decisions.patch.len();
    let mut end_before = (0, Part::Body, 0);
    for edit in &decisions.edits {
        let record = &records[edit.index as usize];
        assert!(edit.at + edit.length <= edit.part.length(record));
        assert!((edit.index, edit.part, edit.at) >= end_before);
        end_before = (edit.index, edit.part, edit.at + edit.length);
        patch = patch.checked_sub(edit.patch_length as usize).expect("the patch is long enough");
    }
    assert_eq!(patch, 0);
    let taken = |fresh: &Fresh| u64::from(fresh.body_length) + u64::from(fresh.attributes_length);
    assert_eq!(decisions.emitted.iter().map(taken).sum::<u64>(), decisions.emitted_bytes.len() as u64);
    assert!(decisions.stamps.iter().all(|stamp| records.len() > stamp.index as usize && stamp.severity <= 24));
    assert!(decisions.copies.iter().all(|copy| records.len() > copy.index as usize && copy.output < vocabulary.outputs));
    assert!(decisions.verdicts.is_empty() || decisions.verdicts.len() == records.len());
});
