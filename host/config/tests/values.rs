//! What right configurations read as. Not for problems, which are in `problems.rs`.

#[path = "support/schema.rs"]
mod schema;

use std::path::{Path, PathBuf};
use std::time::Duration;

use logagent_config::{
    AbortIf, Batch, Breaker, Brimful, Canary, Checkpoints, Compression, Config, DeadLetters, DiskBuffer, Encoding,
    FileSink, FileSource, Filter, FilterState, Flush, Format, Fsync, Keep, Limits, Memory, Mode, Multiline,
    MultilineRule, OnError, Overflow, Pipeline, Preset, Priority, ReadFrom, Retry, Rotate, Route, Shadow, Shed, Sink,
    Source, State, StdinSource, StdoutSink, Unknown, WhenFull,
};
use serde_json::json;

const MILLIS_10: Duration = Duration::from_millis(10);

const DEFAULT_LIMITS: Limits = Limits {
    time: Duration::from_millis(100),
    memory: 64 << 20,
    output: 16 << 20,
    emits: 65536,
    log_lines: 100,
    cpu: None,
};

/// `interface.yaml` is the example of the interface document, with the sink that it refers to.
const INTERFACE: &str = include_str!("interface.yaml");

const SHORT: &str = "sources: { in: { type: stdin } }\nsinks: { out: { type: blackhole } }\n\
                     pipelines: { main: { from: [in], to: [out] } }\n";

fn parse(text: &str) -> Config {
    assert_eq!(schema::objections(text).as_deref(), Some(""), "by the schema:\n{text}");
    Config::parse(Path::new("a.yaml"), text).unwrap_or_else(|problems| panic!("{problems}"))
}

/// Adds keys at the top level to a configuration that is right without them.
fn with(text: &str) -> Config {
    parse(&format!("{SHORT}{text}\n"))
}

#[test]
fn the_interfaces_example_reads_as_it_says() {
    let config = parse(INTERFACE);
    assert_eq!(config.data_dir, PathBuf::from("./data"));
    assert_eq!(config.lanes, Some(1));
    assert_eq!(config.memory, Memory { ring_bytes: 16 << 20, limit: None });
    let (budget, snapshot_interval) = (64 << 20, Duration::from_secs(60));
    let state = State { shards: 256, max_shards: 1024, conflict_rate: 0.15, budget, snapshot_interval };
    assert_eq!(config.state, state);
    assert_eq!(config.batch, Batch { max_bytes: 512 << 10, max_records: 8192, max_age: MILLIS_10 });
    assert_eq!(config.shutdown_timeout, Duration::from_secs(10));
    let app = FileSource {
        include: vec!["/var/log/app/*.log".into()],
        exclude: vec![],
        read_from: ReadFrom::Beginning,
        max_record_bytes: 1 << 20,
        multiline: None,
        format: Format::Lines,
        compression: Compression::None,
        poll_every: None,
        max_open_files: None,
        priority: Priority::Normal,
    };
    assert_eq!((config.sources[0].name.as_str(), &config.sources[0].spec), ("app", &Source::File(app)));
    let out = FileSink {
        path: "out.log".into(),
        encoding: Encoding::Raw,
        flush: Flush { max_records: 512, max_age: MILLIS_10 },
        rotate: None,
        fsync: Fsync::Never,
        mode: Mode::Writev,
        retry: Retry { initial: Duration::from_millis(100), max: Duration::from_secs(5), give_up: None },
        exactly_once: false,
    };
    assert_eq!((config.sinks[0].name.as_str(), &config.sinks[0].spec), ("out", &Sink::File(out)));
    let main = Pipeline {
        from: vec!["app".into()],
        through: vec!["quiet".into()],
        to: vec!["out".into()],
        routes: vec![("alerts".into(), Route { to: vec!["pager".into()], priority: Priority::Normal })],
    };
    assert_eq!((config.pipelines[0].name.as_str(), &config.pipelines[0].spec), ("main", &main));
    assert_eq!(config.warnings, []);
}

#[test]
fn the_interfaces_filter_keeps_its_configuration_and_where_it_stands() {
    let config = parse(INTERFACE);
    let quiet = &config.filters[0];
    assert_eq!((quiet.name.as_str(), quiet.position.to_string()), ("quiet", "14:3".into()));
    assert_eq!(quiet.spec.component, PathBuf::from("/etc/logagent/filters/drop.wasm"));
    assert_eq!(quiet.spec.config, json!({"contains": ["\"level\":\"DEBUG\""]}));
    assert_eq!(quiet.spec.limits, DEFAULT_LIMITS);
    assert_eq!(quiet.spec.on_error, OnError::DeadLetter);
    let problem = quiet.spec.config_positions.problem("contains[0]", "a b", "c");
    assert_eq!(problem.to_string(), "a.yaml:16:26: filters.quiet.config.contains[0]: found a b, allowed c");
    assert_eq!(quiet.spec.config_positions.at("field.name").to_string(), "16:5");
    assert_eq!(config.positions.at("filters.quiet.component").to_string(), "15:16");
}

#[test]
fn what_is_not_given_has_its_default() {
    let config = parse(SHORT);
    assert_eq!(config.dead_letters, DeadLetters { max_bytes: 1 << 30 });
    assert_eq!(config.checkpoints, Checkpoints { interval: Duration::from_secs(1) });
    assert_eq!((config.data_dir, config.lanes), (PathBuf::from("./data"), None));
    assert_eq!(config.memory, Memory { ring_bytes: 16 << 20, limit: None });
    assert_eq!(config.batch, Batch { max_bytes: 512 << 10, max_records: 8192, max_age: MILLIS_10 });
    assert_eq!(config.shutdown_timeout, Duration::from_secs(10));
    assert_eq!(
        config.sources[0].spec,
        Source::Stdin(StdinSource { max_record_bytes: 1 << 20, priority: Priority::Normal })
    );
    assert_eq!(config.sinks[0].spec, Sink::Blackhole);
    assert_eq!((config.filters, config.warnings), (vec![], vec![]));
    assert_eq!((&config.pipelines[0].spec.through, &config.pipelines[0].spec.routes), (&vec![], &vec![]));
}

#[test]
fn a_filter_without_a_configuration_hands_null_on() {
    let config = with("filters: { f: { component: f.wasm } }");
    let filter = &config.filters[0].spec;
    assert_eq!((&filter.config, filter.on_error), (&json!(null), OnError::DeadLetter));
    assert_eq!(filter.limits, DEFAULT_LIMITS);
    assert_eq!(filter.breaker, Breaker { failures: 32, open_for: Duration::from_secs(10) });
    assert_eq!((&filter.canary, &filter.shadow), (&None, &None));
    assert_eq!(filter.config_positions.at("anything").to_string(), "4:12");
}

/// A filter with these keys beside its component.
fn filter(keys: &str) -> Filter {
    with(&format!("filters: {{ f: {{ component: f.wasm, {keys} }} }}")).filters.remove(0).spec
}

#[test]
fn a_filters_limits_and_breaker_read_as_written() {
    let limits = filter("limits: { time: 1s, memory: 1MiB, output: 1KiB, emits: 0, log_lines: 5, cpu: 20% }").limits;
    let time = Duration::from_secs(1);
    assert_eq!(limits, Limits { time, memory: 1 << 20, output: 1024, emits: 0, log_lines: 5, cpu: Some(0.2) });
    assert_eq!(
        filter("breaker: { failures: 3, open_for: 1m }").breaker,
        Breaker { failures: 3, open_for: Duration::from_secs(60) }
    );
}

#[test]
fn a_share_is_a_percentage_or_a_fraction() {
    let cases =
        [("20%", 0.2), ("0.2", 0.2), ("0.1%", 0.001), ("'5%'", 0.05), ("100%", 1.0), ("1", 1.0), ("1e-3", 0.001)];
    for (text, expected) in cases {
        assert_eq!(filter(&format!("limits: {{ cpu: {text} }}")).limits.cpu, Some(expected), "{text}");
    }
}

#[test]
fn a_canary_starts_at_its_first_step_unless_told() {
    let canary = Canary {
        component: "g.wasm".into(),
        share: 0.05,
        steps: vec![0.05, 0.2, 1.0],
        every: Duration::from_secs(600),
        abort_if: AbortIf { errors_above: 0.001, drops_differ_above: 0.01 },
    };
    let given = Canary {
        share: 0.5,
        steps: vec![0.1, 1.0],
        every: Duration::from_secs(1),
        abort_if: AbortIf { errors_above: 0.0, drops_differ_above: 1.0 },
        ..canary.clone()
    };
    let cases = [
        ("", canary.clone()),
        ("share: 20%, abort_if:", Canary { share: 0.2, ..canary.clone() }),
        ("steps: [50%, 100%]", Canary { share: 0.5, steps: vec![0.5, 1.0], ..canary.clone() }),
        ("steps: [1]", Canary { share: 1.0, steps: vec![1.0], ..canary }),
        ("share: 50%, steps: [10%, 1], every: 1s, abort_if: { errors_above: 0%, drops_differ_above: 100% }", given),
    ];
    for (keys, expected) in cases {
        let read = filter(&format!("canary: {{ component: g.wasm, {keys} }}"));
        assert_eq!((read.canary, read.shadow), (Some(expected), None), "{keys}");
    }
}

#[test]
fn a_shadow_gets_a_tenth_unless_told() {
    for (keys, share) in [("", 0.1), (", share: 1%", 0.01)] {
        let read = filter(&format!("shadow: {{ component: g.wasm{keys} }}"));
        assert_eq!((read.canary, read.shadow), (None, Some(Shadow { component: "g.wasm".into(), share })));
    }
}

#[test]
fn the_agents_bounds_read_as_written() {
    let config = with("memory: { ring_bytes: 32MiB, limit: 256MiB }\ndead_letters: { max_bytes: 1MiB }");
    assert_eq!(config.memory, Memory { ring_bytes: 32 << 20, limit: Some(256 << 20) });
    assert_eq!(config.dead_letters, DeadLetters { max_bytes: 1 << 20 });
}

#[test]
fn records_of_several_lines_read_as_written() {
    let multiline = |text: &str| {
        let text = format!(
            "sources: {{ in: {{ type: file, include: [a], multiline: {text} }} }}\n\
             sinks: {{ out: {{ type: blackhole }} }}\npipelines: {{ p: {{ from: [in], to: [out] }} }}\n"
        );
        match &parse(&text).sources[0].spec {
            Source::File(file) => file.multiline.clone().expect("some"),
            Source::Stdin(_) => unreachable!(),
        }
    };
    let (start, timeout) = (MultilineRule::Start(r"^\d".into()), Duration::from_secs(1));
    assert_eq!(multiline(r"{ start: '^\d' }"), Multiline { rule: start, timeout });
    let (preset, timeout) = (MultilineRule::Preset(Preset::Java), Duration::from_millis(50));
    assert_eq!(multiline("{ preset: java, timeout: 50ms }"), Multiline { rule: preset, timeout });
}

#[test]
fn what_a_filter_may_remember_reads_as_written() {
    let config = with(
        "state: { budget: 128MiB, shards: 2048 }\n\
         filters: { f: { component: f.wasm, state: { shared: tokens, budget: 16MiB, when_full: refuse } } }",
    );
    assert_eq!((config.state.budget, config.state.shards, config.state.max_shards), (128 << 20, 2048, 2048));
    let state = FilterState { shared: Some("tokens".into()), budget: Some(16 << 20), when_full: WhenFull::Refuse };
    assert_eq!(config.filters[0].spec.state, state);
}

#[test]
fn a_filters_configuration_becomes_the_same_json() {
    let cases = [
        ("{ a: 1, b: [true, ~, 1.5], c: { d: yes } }", json!({"a": 1, "b": [true, null, 1.5], "c": {"d": "yes"}})),
        ("'12'", json!("12")),
        ("!!str 12", json!("12")),
        ("18446744073709551615", json!(u64::MAX)),
        ("-9223372036854775808", json!(i64::MIN)),
        ("18446744073709551616", json!(18_446_744_073_709_551_616.0)),
        ("0x10", json!(16)),
        ("\"\\u00e9\\n\"", json!("é\n")),
        ("", json!(null)),
    ];
    for (yaml, expected) in cases {
        let config = with(&format!("filters: {{ f: {{ component: f.wasm, config: {yaml} }} }}"));
        assert_eq!(config.filters[0].spec.config, expected, "{yaml}");
    }
}

#[test]
fn a_sink_flushes_no_later_than_a_batch_closes_unless_told() {
    let cases = [
        ("1ms", "{}", Duration::from_millis(1)),
        ("1s", "{}", MILLIS_10),
        ("1ms", "{ max_age: 20ms }", Duration::from_millis(20)),
    ];
    for (batch, flush, expected) in cases {
        let text = SHORT.replace("type: blackhole", &format!("type: stdout, flush: {flush}"));
        let config = parse(&format!("{text}batch: {{ max_age: {batch} }}\n"));
        let flush = Flush { max_records: 512, max_age: expected };
        assert_eq!(config.sinks[0].spec, Sink::Stdout(StdoutSink { encoding: Encoding::Raw, flush }));
    }
}

/// What a file sink with these keys is rotated, synced and written by.
fn file_sink(keys: &str) -> (Option<Rotate>, Fsync, Mode) {
    let config = parse(&SHORT.replace("type: blackhole", &format!("type: file, path: out, {keys}")));
    let Sink::File(FileSink { rotate, fsync, mode, .. }) = config.sinks[0].spec.clone() else { panic!("{keys}") };
    (rotate, fsync, mode)
}

#[test]
fn a_file_sink_is_rotated_and_synced_as_told() {
    let day = Duration::from_secs(24 * 3600);
    let (size, every, keep) = (Some(100 << 20), Some(day), Some(5));
    let cases = [
        (
            "rotate: { size: 100MiB, every: 24h, keep: 5 }",
            (Some(Rotate { size, every, keep }), Fsync::Never, Mode::Writev),
        ),
        (
            "rotate: { every: 24h }, fsync: batch",
            (Some(Rotate { size: None, every, keep: None }), Fsync::Batch, Mode::Writev),
        ),
        ("rotate: { }, fsync: interval", (None, Fsync::Interval(Duration::from_secs(1)), Mode::Writev)),
        ("fsync: interval, fsync_interval: 50ms", (None, Fsync::Interval(Duration::from_millis(50)), Mode::Writev)),
        ("mode: mmap, fsync: never", (None, Fsync::Never, Mode::Mmap)),
    ];
    for (keys, expected) in cases {
        assert_eq!(file_sink(keys), expected, "{keys}");
    }
}

#[test]
fn the_files_order_is_kept() {
    let text = "sources: { z: { type: stdin }, a: { type: file, include: [x], read_from: end } }\n\
                sinks: { b: { type: blackhole }, y: { type: blackhole } }\n\
                pipelines: { q: { from: [z, a], to: [y, b], routes: { o: [y], c: [b] } }, d: { from: [a], to: [b] } }\n";
    let config = parse(text);
    let names = |names: Vec<&str>| names.join(" ");
    assert_eq!(names(config.sources.iter().map(|source| &*source.name).collect()), "z a");
    assert_eq!(names(config.sinks.iter().map(|sink| &*sink.name).collect()), "b y");
    assert_eq!(names(config.pipelines.iter().map(|pipeline| &*pipeline.name).collect()), "q d");
    let first = &config.pipelines[0].spec;
    assert_eq!((first.from.join(" "), first.to.join(" ")), ("z a".into(), "y b".into()));
    assert_eq!(names(first.routes.iter().map(|(output, _)| &**output).collect()), "o c");
}

#[test]
fn moving_lines_changes_nothing_that_a_reload_compares() {
    let (before, after) = (parse(INTERFACE), parse(&format!("# moved\n\n{INTERFACE}")));
    assert_ne!(before.filters[0].position, after.filters[0].position);
    assert_eq!(before, after);
    assert_ne!(before, parse(&INTERFACE.replace("DEBUG", "INFO")));
}

#[test]
fn what_no_pipeline_uses_is_a_warning() {
    let text = SHORT.replace("sources: {", "sources: { idle: { type: file, include: [x] },");
    let config = parse(&format!("{text}filters:\n  unused: {{ component: f.wasm }}\n"));
    let shown: Vec<_> = config.warnings.iter().map(ToString::to_string).collect();
    let expected = [
        "a.yaml:1:12: sources.idle: found a source that no pipeline uses, allowed one that a pipeline names, or none",
        "a.yaml:5:3: filters.unused: found a filter that no pipeline uses, allowed one that a pipeline names, or none",
    ];
    assert_eq!(shown, expected);
}

#[test]
fn a_file_source_says_what_its_lines_are_and_how_its_files_are_found_and_opened() {
    let source = "type: file, include: [a]";
    let read = |more: &str| {
        match &parse(&format!("sources: {{ app: {{ {source}{more} }} }}\nsinks: {{ out: {{ type: stdout }} }}\npipelines: {{ main: {{ from: [app], to: [out] }} }}\n")).sources[0].spec {
        Source::File(file) => file.clone(),
        Source::Stdin(_) => unreachable!(),
    }
    };
    let all = read(", format: cri, compression: auto, poll_every: 250ms, max_open_files: 64");
    assert_eq!((all.format, all.compression), (Format::Cri, Compression::Auto));
    assert_eq!((all.poll_every, all.max_open_files), (Some(Duration::from_millis(250)), Some(64)));
    assert_eq!((read("").format, read("").compression), (Format::Lines, Compression::None));
}

#[test]
fn a_buffer_stands_before_its_sink_and_has_defaults() {
    let read = |buffer: &str| {
        let text = format!(
            "sources: {{ in: {{ type: stdin }} }}\nsinks: {{ out: {{ type: blackhole, buffer: {buffer} }} }}\n\
             pipelines: {{ main: {{ from: [in], to: [out] }} }}\n"
        );
        Config::parse(Path::new("f"), &text).unwrap_or_else(|problems| panic!("{problems}")).sinks[0].spec.clone()
    };
    assert_eq!([read("{}"), read("{ type: memory }")], [Sink::Blackhole, Sink::Blackhole]);
    let default = DiskBuffer {
        max_bytes: 1 << 30,
        max_age: None,
        when_full: Overflow::Wait,
        fsync: Fsync::Interval(Duration::from_secs(1)),
        segment_bytes: 64 << 20,
        key_file: None,
    };
    let buffered = |buffer| Sink::Buffered(Box::new(Sink::Blackhole), buffer);
    assert_eq!(read("{ type: disk }"), buffered(default.clone()));
    let all = "{ type: disk, max_bytes: 8MiB, max_age: 24h, when_full: drop_oldest, fsync: never, \
               encryption: { key_file: k } }";
    let expected = DiskBuffer {
        max_bytes: 8 << 20,
        max_age: Some(Duration::from_secs(24 * 3600)),
        when_full: Overflow::DropOldest,
        fsync: Fsync::Never,
        segment_bytes: 2 << 20,
        key_file: Some("k".into()),
    };
    assert_eq!(read(all), buffered(expected));
}

#[test]
fn a_buffer_in_memory_sheds_where_it_is_told_to_and_has_defaults() {
    let read = |buffer: &str| {
        let text = format!(
            "sources: {{ in: {{ type: stdin }} }}\nsinks: {{ out: {{ type: blackhole, buffer: {{ {buffer} }} }} }}\n\
             pipelines: {{ main: {{ from: [in], to: [out] }} }}\n"
        );
        parse(&text).sinks[0].spec.clone()
    };
    let shedding = |shed| Sink::Shedding(Box::new(Sink::Blackhole), shed);
    assert_eq!(read("when_full: wait"), Sink::Blackhole);
    let default = Shed { max_bytes: None, keep: Keep::Warn, unknown: Unknown::Keep, above: 0.5, then: Brimful::Wait };
    assert_eq!(read("when_full: shed"), shedding(default));
    let all = "type: memory, when_full: shed, max_bytes: 8MiB, \
               shed: { keep: fatal, unknown: shed, above: 75%, then: shed }";
    let expected =
        Shed { max_bytes: Some(8 << 20), keep: Keep::Fatal, unknown: Unknown::Shed, above: 0.75, then: Brimful::Shed };
    assert_eq!(read(all), shedding(expected));
}

#[test]
fn a_route_is_its_sinks_or_says_more() {
    let text = "sources: { in: { type: stdin } }\nsinks: { out: { type: blackhole } }\n\
                pipelines: { main: { from: [in], to: [out], routes: { a: [out], b: { to: [out], priority: high }, c: { to: [out] } } } }\n";
    let routes = &parse(text).pipelines[0].spec.routes;
    let route = |priority| Route { to: vec!["out".into()], priority };
    let expected = [("a", Priority::Normal), ("b", Priority::High), ("c", Priority::Normal)];
    assert_eq!(*routes, expected.map(|(output, priority)| (output.to_owned(), route(priority))));
}

#[test]
fn a_file_sink_gives_records_up_where_it_is_told_to_and_never_unless_so() {
    let give_up = |retry: &str| {
        let text = format!(
            "sources: {{ in: {{ type: stdin }} }}\nsinks: {{ out: {{ type: file, path: o, retry: {retry} }} }}\n\
             pipelines: {{ main: {{ from: [in], to: [out] }} }}\n"
        );
        match &parse(&text).sinks[0].spec {
            Sink::File(file) => file.retry.give_up,
            other => unreachable!("{other:?}"),
        }
    };
    assert_eq!(give_up("{ give_up: 5m }"), Some(Duration::from_secs(300)));
    assert_eq!((give_up("{ give_up: never }"), give_up("{ max: 1s }")), (None, None));
}
