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
        ("max_bytes: 1GiB", &["3:37: sinks.out.buffer.max_bytes: found an unknown key, allowed type"]),
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
            "type: disk, fsync: batch, fsync_interval: 1s",
            &["3:79: sinks.out.buffer.fsync_interval: found \"1s\", allowed fsync: interval beside it"],
        ),
    ];
    for (keys, expected) in cases {
        check(&format!("{SOURCES}sinks:\n  out: {{ type: blackhole, buffer: {{ {keys} }} }}\n{PIPELINES}"), expected);
    }
}
