//! Sinks.

use super::{PIPELINES, SOURCES, check};

#[test]
fn wrong_sinks_are_problems() {
    let cases: &[(&str, &[&str])] = &[
        ("{ type: kafka }", &["3:16: sinks.out.type: found \"kafka\", allowed file, stdout, blackhole"]),
        ("{ type: file }", &["3:3: sinks.out.path: found nothing, allowed a path (required)"]),
        (
            "{ type: stdout, encoding: JSON }",
            &["3:34: sinks.out.encoding: found \"JSON\", allowed raw, json, msgpack (did you mean `json`?)"],
        ),
        (
            "{ type: blackhole, encoding: raw }",
            &["3:27: sinks.out.encoding: found an unknown key, allowed type, buffer"],
        ),
        (
            "{ type: stdout, flush: { max_records: 0, max_age: 5 } }",
            &[
                "3:46: sinks.out.flush.max_records: found 0, allowed a whole number, from 1 to 1048576",
                "3:58: sinks.out.flush.max_age: found 5, allowed a duration such as 10ms, from 0 to 1m",
            ],
        ),
    ];
    for (sink, expected) in cases {
        check(&format!("{SOURCES}sinks:\n  out: {sink}\n{PIPELINES}"), expected);
    }
}

#[test]
fn wrong_file_sinks_are_problems() {
    let cases: &[(&str, &[&str])] = &[
        (
            "rotate: { size: 1KiB, every: 0, keep: 0, age: 1h }",
            &[
                "3:47: sinks.out.rotate.size: found \"1KiB\", allowed a size such as 512KiB, from 1MiB to 1TiB",
                "3:60: sinks.out.rotate.every: found 0, allowed a duration such as 10ms, from 1s to 8760h",
                "3:69: sinks.out.rotate.keep: found 0, allowed a whole number, from 1 to 10000",
                "3:72: sinks.out.rotate.age: found an unknown key, allowed size, every, keep",
            ],
        ),
        (
            "rotate: { keep: 5 }",
            &["3:47: sinks.out.rotate.keep: found 5, allowed size or every beside it: nothing is rotated otherwise"],
        ),
        ("rotate: daily", &["3:39: sinks.out.rotate: found \"daily\", allowed a mapping"]),
        ("fsync: always", &["3:38: sinks.out.fsync: found \"always\", allowed never, interval, batch"]),
        (
            "fsync: batch, fsync_interval: 1s",
            &["3:61: sinks.out.fsync_interval: found \"1s\", allowed fsync: interval beside it"],
        ),
        (
            "fsync: interval, fsync_interval: 0",
            &["3:64: sinks.out.fsync_interval: found 0, allowed a duration such as 10ms, from 1ms to 1m"],
        ),
        (
            "fsync: interval, flush: { max_age: 1s }",
            &["3:48: sinks.out.flush: found a mapping, allowed nothing beside fsync: interval, which writes records \
               as they come"],
        ),
        ("mode: mapped", &["3:37: sinks.out.mode: found \"mapped\", allowed writev, mmap"]),
        (
            "retry: { max: 1ms, give_up: 1ms }",
            &[
                "3:45: sinks.out.retry.max: found \"1ms\", allowed initial or more",
                "3:59: sinks.out.retry.give_up: found \"1ms\", allowed never or a duration such as 10ms, from 100ms to 8760h",
            ],
        ),
        (
            "mode: mmap, encoding: msgpack",
            &["3:53: sinks.out.encoding: found \"msgpack\", allowed raw or json beside mode: mmap"],
        ),
    ];
    for (keys, expected) in cases {
        check(&format!("{SOURCES}sinks:\n  out: {{ type: file, path: p, {keys} }}\n{PIPELINES}"), expected);
    }
    check(
        &format!("{SOURCES}sinks:\n  out: {{ type: stdout, rotate: {{ size: 1MiB }} }}\n{PIPELINES}"),
        &["3:24: sinks.out.rotate: found an unknown key, allowed type, encoding, flush, buffer"],
    );
}

#[test]
fn wrong_buffers_are_problems() {
    let cases: &[(&str, &[&str])] = &[
        ("type: tape", &["3:43: sinks.out.buffer.type: found \"tape\", allowed memory, disk"]),
        (
            "max_bytes: 1GiB",
            &[
                "3:48: sinks.out.buffer.max_bytes: found \"1GiB\", allowed when_full: shed beside it: other records wait in the lanes' rings",
            ],
        ),
        (
            "type: disk, when_full: block, max_age: 5",
            &[
                "3:60: sinks.out.buffer.when_full: found \"block\", allowed wait, drop_oldest, drop_newest",
                "3:76: sinks.out.buffer.max_age: found 5, allowed a duration such as 10ms, from 1s to 8760h",
            ],
        ),
        (
            "type: disk, max_bytes: 4MiB, segment_bytes: 2MiB",
            &["3:81: sinks.out.buffer.segment_bytes: found \"2MiB\", allowed at most 1MiB, a quarter of max_bytes"],
        ),
        (
            "type: disk, encryption: {}",
            &["3:49: sinks.out.buffer.encryption.key_file: found nothing, allowed a path (required)"],
        ),
        (
            "when_full: shed, max_bytes: 3MiB, shed: { keep: warning, unknown: info, above: 0, then: drop }",
            &[
                "3:65: sinks.out.buffer.max_bytes: found \"3MiB\", allowed a power of two, such as 2MiB or 4MiB",
                "3:85: sinks.out.buffer.shed.keep: found \"warning\", allowed trace, debug, info, warn, error, fatal",
                "3:103: sinks.out.buffer.shed.unknown: found \"info\", allowed keep, shed",
                "3:116: sinks.out.buffer.shed.above: found 0, allowed a share such as 5% or 0.05, above 0% and up to 100%",
                "3:125: sinks.out.buffer.shed.then: found \"drop\", allowed wait, shed",
            ],
        ),
        (
            "when_full: shed, max_bytes: 4MiB, shed: { from: warn }",
            &[
                "3:65: sinks.out.buffer.max_bytes: found 4MiB, allowed at least 8MiB: four times the longest record and batch.max_bytes, as for memory.ring_bytes",
                "3:79: sinks.out.buffer.shed.from: found an unknown key, allowed keep, unknown, above, then",
            ],
        ),
        (
            "type: disk, fsync: batch, fsync_interval: 1s",
            &["3:79: sinks.out.buffer.fsync_interval: found \"1s\", allowed fsync: interval beside it"],
        ),
    ];
    for (keys, expected) in cases {
        check(&format!("{SOURCES}sinks:\n  out: {{ type: blackhole, buffer: {{ {keys} }} }}\n{PIPELINES}"), expected);
    }
}

#[test]
fn a_sink_behind_a_buffer_that_sheds_can_not_give_up() {
    let sink = "type: file, path: o, retry: { give_up: 5s }, buffer: { when_full: shed }";
    let expected = "3:49: sinks.out.retry.give_up: found 5s, allowed never behind a buffer with when_full: shed, which drops \
                    and counts what it can't keep";
    check(&format!("{SOURCES}sinks:\n  out: {{ {sink} }}\n{PIPELINES}"), &[expected]);
}

#[test]
fn what_can_not_be_delivered_exactly_once_is_a_problem() {
    const FILES: &str = "sources: { in: { type: file, include: [a] } }\n";
    let keys: &[(&str, &[&str])] = &[
        ("exactly_once: 1", &["3:45: sinks.out.exactly_once: found 1, allowed true, false"]),
        (
            "exactly_once: true, mode: mmap, rotate: { every: 1h }",
            &[
                "3:57: sinks.out.mode: found \"mmap\", allowed writev beside exactly_once: a mapped file's end is not its \
                 records' end",
                "3:63: sinks.out.rotate: found a mapping, allowed nothing beside exactly_once, which can take back the last \
                 file alone",
            ],
        ),
        (
            "exactly_once: true, buffer: { type: disk }",
            &[
                "3:45: sinks.out.exactly_once: found true, and a buffer before it, allowed none: it takes records before the \
               file has them, and out of the lanes' sight",
            ],
        ),
        ("exactly_once: true, buffer: { type: memory }, fsync: batch", &[]),
    ];
    for (keys, expected) in keys {
        check(&format!("{FILES}sinks:\n  out: {{ type: file, path: p, {keys} }}\n{PIPELINES}"), expected);
    }
    let sources: &[(&str, &[&str])] = &[
        (
            SOURCES,
            &[
                "2:52: sinks.out.exactly_once: found true, and standard input as a source, in, allowed sources of type file \
               alone: nothing else can be read again",
            ],
        ),
        (
            "sources: { in: { type: file, include: [a], read_from: end } }\n",
            &[
                "2:52: sinks.out.exactly_once: found true, and a source that is read from its end, in, allowed read_from: \
               beginning: a file that was new would be passed over after a kill",
            ],
        ),
    ];
    check(
        &format!(
            "{FILES}sinks: {{ out: {{ type: file, path: p, exactly_once: true }}, other: {{ type: file, path: p }} }}\n{PIPELINES}"
        ),
        &[
            "2:52: sinks.out.exactly_once: found true, and another sink of the same file, other, allowed a file of its own: of \
           others' records none is to be cut off",
        ],
    );
    let sink = "sinks: { out: { type: file, path: p, exactly_once: true }, other: { type: stdout } }\n";
    for (source, expected) in sources {
        check(&format!("{source}{sink}{PIPELINES}"), expected);
        // Nor by a filter's output; but beside it.
        check(
            &format!("{source}{sink}pipelines: {{ main: {{ from: [in], to: [other], routes: {{ a: [out] }} }} }}\n"),
            expected,
        );
        check(&format!("{source}{sink}pipelines: {{ main: {{ from: [in], to: [other] }} }}\n"), &[]);
    }
}
