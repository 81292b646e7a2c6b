//! Wrong values in each section. Not for what concerns the file as a whole.

use super::{PIPELINES, SINKS, SOURCES, check};

#[test]
fn settings_out_of_their_range_are_problems() {
    let cases: &[(&str, &[&str])] = &[
        ("lanes: 0", &["4:8: lanes: found 0, allowed a whole number, from 1 to 256"]),
        ("lanes: two", &["4:8: lanes: found \"two\", allowed a whole number, from 1 to 256"]),
        ("lanes: 1.5", &["4:8: lanes: found 1.5, allowed a whole number, from 1 to 256"]),
        ("data_dir: 5", &["4:11: data_dir: found 5, allowed a path"]),
        ("data_dir: ''", &["4:11: data_dir: found \"\", allowed a path"]),
        ("memory: 16MiB", &["4:9: memory: found \"16MiB\", allowed a mapping"]),
        (
            "memory: { ring_bytes: 512KiB }",
            &["4:23: memory.ring_bytes: found \"512KiB\", allowed a size such as 512KiB, from 1MiB to 512MiB"],
        ),
        (
            "memory: { ring_bytes: 12MiB }",
            &["4:23: memory.ring_bytes: found \"12MiB\", allowed a power of two, such as 8MiB or 16MiB"],
        ),
        (
            "batch: { max_bytes: 1k, max_records: 0, max_age: 2m }",
            &[
                "4:21: batch.max_bytes: found \"1k\", allowed a size such as 512KiB, from 4KiB to 64MiB",
                "4:38: batch.max_records: found 0, allowed a whole number, from 1 to 1048576",
                "4:50: batch.max_age: found \"2m\", allowed a duration such as 10ms, from 0 to 1m",
            ],
        ),
        (
            "memory: { limit: 8MiB }",
            &["4:18: memory.limit: found \"8MiB\", allowed a size such as 512KiB, from 16MiB to 1TiB"],
        ),
        (
            "state: { shards: 3, max_shards: 131072, budget: 1KiB, snapshot_interval: 0, conflict_rate: 0 }",
            &[
                "4:18: state.shards: found 3, allowed a power of two, such as 256",
                "4:33: state.max_shards: found 131072, allowed a whole number, from 1 to 65536",
                "4:49: state.budget: found \"1KiB\", allowed a size such as 512KiB, from 1MiB to 16GiB",
                "4:74: state.snapshot_interval: found 0, allowed a duration such as 10ms, from 1s to 24h",
                "4:92: state.conflict_rate: found 0, allowed a share such as 5% or 0.05, above 0% and up to 100%",
            ],
        ),
        (
            "state: { shards: 64, max_shards: 16 }",
            &["4:34: state.max_shards: found 16, allowed at least shards, which is 64"],
        ),
        (
            "state: { budget: 8MiB }\n\
             filters:\n  f: { component: f, state: { budget: 16MiB } }\n\
             \x20 g: { component: f, state: { shared: \"a b\", when_full: never } }\n\
             \x20 h: { component: f, state: { shared: a } }\n\
             \x20 i: { component: f, state: { shared: a, when_full: refuse } }",
            &[
                "6:39: filters.f.state.budget: found 16MiB, allowed at most state.budget, which is 8MiB",
                "7:39: filters.g.state.shared: found \"a b\", allowed a name of at most 64 letters, digits, `_` and `-`, \
                 starting with a letter or digit",
                "7:57: filters.g.state.when_full: found \"never\", allowed evict, refuse",
                "9:39: filters.i.state.shared: found a, with another budget or when_full than filter h has, allowed the \
                 same settings in all filters that share it",
            ],
        ),
        (
            "dead_letters: { max_bytes: 1KiB, bytes: 1 }",
            &[
                "4:28: dead_letters.max_bytes: found \"1KiB\", allowed a size such as 512KiB, from 1MiB to 1TiB",
                "4:34: dead_letters.bytes: found an unknown key, allowed max_bytes",
            ],
        ),
        ("shutdown_timeout: 10", &["4:19: shutdown_timeout: found 10, allowed a duration such as 10ms, from 0 to 1h"]),
        ("shutdown_timeout: 0", &[]),
        ("shutdown_timeout:", &["4:1: shutdown_timeout: found nothing, allowed a duration such as 10ms, from 0 to 1h"]),
        ("memory:", &[]),
        (
            "sources_: 1",
            &["4:1: sources_: found an unknown key, allowed data_dir, lanes, memory, state, batch, checkpoints, \
               dead_letters, \
               shutdown_timeout, sources, filters, sinks, pipelines (did you mean `sources`?)"],
        ),
    ];
    for (line, expected) in cases {
        check(&format!("{SOURCES}{SINKS}{PIPELINES}{line}\n"), expected);
    }
}

#[test]
fn a_ring_that_batches_do_not_fit_into_names_the_needed_power_of_two() {
    let cases = [
        (
            "memory: { ring_bytes: 4MiB }\nsources: { in: { type: stdin } }\n",
            "1:23: memory.ring_bytes: found 4MiB, less than 4 × (sources.in.max_record_bytes 1MiB + batch.max_bytes 512KiB), \
             allowed at least 8MiB",
        ),
        (
            "sources:\n  in: { type: stdin, max_record_bytes: 10MiB }\n",
            "2:40: memory.ring_bytes: found 16MiB, less than 4 × (sources.in.max_record_bytes 10MiB + batch.max_bytes \
             512KiB), allowed at least 64MiB",
        ),
        (
            "sources: { in: { type: stdin } }\nbatch: { max_bytes: 8MiB }\n",
            "2:21: memory.ring_bytes: found 16MiB, less than 4 × (sources.in.max_record_bytes 1MiB + batch.max_bytes 8MiB), \
             allowed at least 64MiB",
        ),
        (
            "sources:\n  in: { type: stdin, max_record_bytes: 256MiB }\n",
            "2:40: memory.ring_bytes: found 16MiB, less than 4 × (sources.in.max_record_bytes 256MiB + batch.max_bytes \
             512KiB), allowed at most 512MiB, so a smaller max_record_bytes or max_bytes",
        ),
    ];
    for (text, expected) in cases {
        check(&format!("{text}{SINKS}{PIPELINES}"), &[expected]);
    }
}

#[test]
fn wrong_sources_are_problems() {
    let cases: &[(&str, &[&str])] = &[
        ("{}", &["2:3: sources.in.type: found nothing, allowed file, stdin (required)"]),
        ("5", &["2:7: sources.in: found 5, allowed a mapping"]),
        (
            "{ type: fiel, wrong: 1 }",
            &["2:15: sources.in.type: found \"fiel\", allowed file, stdin (did you mean `file`?)"],
        ),
        ("{ type: file }", &["2:3: sources.in.include: found nothing, allowed a list of glob patterns (required)"]),
        (
            "{ type: file, include: [] }",
            &["2:21: sources.in.include: found an empty list, allowed at least one glob pattern"],
        ),
        (
            "{ type: file, include: '*.log' }",
            &["2:30: sources.in.include: found \"*.log\", allowed a list of glob patterns"],
        ),
        (
            "{ type: file, include: [a, 5, ''] }",
            &[
                "2:34: sources.in.include[1]: found 5, allowed a glob pattern",
                "2:37: sources.in.include[2]: found \"\", allowed a glob pattern",
            ],
        ),
        (
            "{ type: file, include: [a], read_from: start }",
            &["2:46: sources.in.read_from: found \"start\", allowed beginning, end"],
        ),
        (
            "{ type: file, include: [a], multiline: { preset: jav, timeout: 1ms } }",
            &[
                "2:56: sources.in.multiline.preset: found \"jav\", allowed java, python, go, rust (did you mean `java`?)",
                "2:70: sources.in.multiline.timeout: found \"1ms\", allowed a duration such as 10ms, from 10ms to 1m",
            ],
        ),
        (
            "{ type: file, include: [a], multiline: { start: a, preset: go } }",
            &["2:66: sources.in.multiline.preset: found \"go\", allowed start or preset, not both"],
        ),
        (
            "{ type: file, include: [a], multiline: { preset: go }, format: cri }",
            &["2:70: sources.in.format: found \"cri\", allowed lines, where there is multiline"],
        ),
        (
            "{ type: file, include: [a], multiline: {} }",
            &["2:35: sources.in.multiline.start: found nothing, allowed a regular expression, or a preset (required)"],
        ),
        (
            "{ type: stdin, max_record_bytes: 0 }",
            &["2:40: sources.in.max_record_bytes: found 0, allowed a size such as 512KiB, from 1B to 256MiB"],
        ),
        (
            "{ type: stdin, inclued: [a] }",
            &["2:22: sources.in.inclued: found an unknown key, allowed type, max_record_bytes, priority"],
        ),
        (
            "{ type: file, include: [a], exlude: [] }",
            &["2:35: sources.in.exlude: found an unknown key, allowed type, include, exclude, multiline, \
             format, read_from, max_record_bytes, compression, poll_every, max_open_files, priority (did you mean `exclude`?)"],
        ),
        (
            "{ type: stdin }\n  too: { type: stdin }",
            &["3:16: sources.too.type: found \"stdin\", allowed one source of this type (the first is sources.in)"],
        ),
    ];
    for (source, expected) in cases {
        check(&format!("sources:\n  in: {source}\n{SINKS}{PIPELINES}"), expected);
    }
}

#[test]
fn wrong_filters_are_problems() {
    let cases: &[(&str, &[&str])] = &[
        ("{}", &["5:3: filters.f.component: found nothing, allowed a path to a component (required)"]),
        ("{ component: [] }", &["5:8: filters.f.component: found a list, allowed a path"]),
        (
            "{ component: a, on_error: ignore }",
            &["5:32: filters.f.on_error: found \"ignore\", allowed dead_letter, pass, drop, stop"],
        ),
        (
            "{ component: a, limits: { time: 0, memory: 4GiB, cpus: 1 } }",
            &[
                "5:38: filters.f.limits.time: found 0, allowed a duration such as 10ms, from 1ms to 1m",
                "5:49: filters.f.limits.memory: found \"4GiB\", allowed a size such as 512KiB, from 1MiB to 3GiB",
                "5:55: filters.f.limits.cpus: found an unknown key, allowed time, memory, output, emits, log_lines, cpu \
                 (did you mean `cpu`?)",
            ],
        ),
        (
            "{ component: a, config: { x: [.nan, 1, -.inf], 5: y } }",
            &[
                "5:36: filters.f.config.x[0]: found NaN, allowed a finite number",
                "5:45: filters.f.config.x[2]: found -inf, allowed a finite number",
                "5:53: filters.f.config: found 5 as a key, allowed text (in quotes where it looks like something else)",
            ],
        ),
    ];
    for (filter, expected) in cases {
        check(&format!("{SOURCES}{SINKS}{PIPELINES}filters:\n  f: {filter}\n"), expected);
    }
}

#[test]
fn wrong_pipelines_are_problems() {
    let cases: &[(&str, &[&str])] = &[
        (
            "{}",
            &[
                "4:3: pipelines.main.from: found nothing, allowed a list of source names (required)",
                "4:3: pipelines.main.to: found nothing, allowed a list of sink names (required)",
            ],
        ),
        ("{ from: [], to: [out] }", &["4:11: pipelines.main.from: found an empty list, allowed at least one source"]),
        ("{ from: in, to: [out] }", &["4:17: pipelines.main.from: found \"in\", allowed a list of source names"]),
        (
            "{ from: [im], to: [outer, out] }",
            &[
                "4:18: pipelines.main.from[0]: found `im`, which is no source, allowed in (did you mean `in`?)",
                "4:28: pipelines.main.to[0]: found `outer`, which is no sink, allowed out",
            ],
        ),
        (
            "{ from: [in, in], to: [out] }",
            &["4:22: pipelines.main.from[1]: found `in` again, allowed each source once"],
        ),
        (
            "{ from: [in], through: [f], to: [out] }",
            &[
                "4:33: pipelines.main.through[0]: found `f`, which is no filter, allowed the name of a filter (there are none)",
            ],
        ),
        (
            "{ from: [in], to: [out], routes: { a: [], b: [in] } }",
            &[
                "4:44: pipelines.main.routes.a: found an empty list, allowed at least one sink",
                "4:55: pipelines.main.routes.b[0]: found `in`, which is no sink, allowed out",
            ],
        ),
        (
            "{ from: [in], to: [out], routes: { a: { priority: top, too: [out] } } }",
            &[
                "4:44: pipelines.main.routes.a.to: found nothing, allowed a list of sink names (required)",
                "4:59: pipelines.main.routes.a.priority: found \"top\", allowed normal, high",
                "4:64: pipelines.main.routes.a.too: found an unknown key, allowed to, priority (did you mean `to`?)",
            ],
        ),
        (
            "{ form: [in], to: [out] }",
            &[
                "4:3: pipelines.main.from: found nothing, allowed a list of source names (required)",
                "4:11: pipelines.main.form: found an unknown key, allowed from, through, to, routes (did you mean `from`?)",
            ],
        ),
    ];
    for (pipeline, expected) in cases {
        check(&format!("{SOURCES}{SINKS}pipelines:\n  main: {pipeline}\n"), expected);
    }
}
