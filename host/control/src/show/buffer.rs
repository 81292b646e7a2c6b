//! A buffer's files: a table of segments, what is left to deliver, and what is wrong.

use super::table::{Side, table};
use super::units::{bytes, moment};
use logagent_buffer::{Inspection, SegmentView};

const NANOS: u64 = 1_000_000_000;

/// The whole buffer.
pub(crate) fn buffer(inspection: &Inspection) -> String {
    let Inspection { segments, position, is_position_damaged, backlog, quarantine_bytes } = inspection;
    let position = match position {
        Some(place) => format!("segment {}, byte {}, after {} of its records", place.segment, place.at, place.records),
        None if *is_position_damaged => "damaged: all would be delivered once more".into(),
        None => "at the beginning".into(),
    };
    let mut text = rows(segments);
    text += &format!("\nread up to: {position}\nrecords left to deliver: {backlog}\n");
    if *quarantine_bytes > 0 {
        text += &format!("damaged ranges kept in quarantine/: {}\n", bytes(as_float(*quarantine_bytes)));
    }
    for segment in segments {
        text.extend(segment.problems.iter().map(|problem| format!("{}: {problem}\n", name(segment))));
    }
    text
}

fn rows(segments: &[SegmentView]) -> String {
    const HEAD: [(&str, Side); 7] = [
        ("segment", Side::Left),
        ("bytes", Side::Right),
        ("entries", Side::Right),
        ("records", Side::Right),
        ("first written", Side::Left),
        ("last written", Side::Left),
        ("state", Side::Left),
    ];
    let row = |segment: &SegmentView| {
        let [first, last] = segment
            .written
            .map_or(["-".into(), "-".into()], |(first, last)| [first, last].map(|at| moment(at / NANOS)));
        let counts = [segment.entries, segment.records].map(|count| count.to_string());
        let [entries, records] = counts;
        vec![name(segment), bytes(as_float(segment.bytes)), entries, records, first, last, state(segment)]
    };
    table(&HEAD, &segments.iter().map(row).collect::<Vec<_>>())
}

fn name(segment: &SegmentView) -> String {
    segment.path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

fn state(segment: &SegmentView) -> String {
    let complete = if segment.is_complete { "complete" } else { "open" };
    if segment.is_encrypted { format!("{complete}, encrypted") } else { complete.into() }
}

#[expect(clippy::cast_precision_loss, reason = "shown with one decimal")]
fn as_float(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use logagent_buffer::PositionView;

    #[test]
    fn a_buffer_is_shown_with_what_is_wrong_below() {
        let segment = SegmentView {
            id: 3,
            path: "/d/00000003.seg".into(),
            bytes: 2_500_000,
            entries: 5,
            records: 40,
            written: Some((1_767_326_645 * NANOS, 1_767_326_646 * NANOS)),
            is_complete: true,
            is_encrypted: true,
            problems: vec!["damaged from byte 128 to 400".into()],
        };
        let open = SegmentView { id: 4, path: "/d/00000004.seg".into(), bytes: 128, ..SegmentView::default() };
        let inspection = Inspection {
            segments: vec![segment, open],
            position: Some(PositionView { segment: 3, at: 700, records: 8 }),
            backlog: 32,
            ..Inspection::default()
        };
        let expected = "\
            segment        bytes  entries  records  first written         last written          state\n\
            00000003.seg  2.5 MB        5       40  2026-01-02T04:04:05Z  2026-01-02T04:04:06Z  complete, encrypted\n\
            00000004.seg   128 B        0        0  -                     -                     open\n\
            \nread up to: segment 3, byte 700, after 8 of its records\n\
            records left to deliver: 32\n\
            00000003.seg: damaged from byte 128 to 400\n";
        assert_eq!(buffer(&inspection), expected);
    }
}
