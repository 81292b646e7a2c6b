//! Files in, a filter, files out, once.

use logagent_testkit::Oracle;
use logagent_tests::{Agent, Place, Random, drop_filter, json_logs, lines};

/// What `grep -vF` would leave.
fn without(logs: &[u8], word: &str) -> Vec<u8> {
    let keeps = |line: &&[u8]| !line.windows(word.len()).any(|bytes| bytes == word.as_bytes());
    lines(logs).filter(keeps).flat_map(|line| [line, b"\n"].concat()).collect()
}

#[test]
fn what_drop_leaves_is_what_grep_leaves_and_the_report_counts_it() {
    const DEBUG: &str = r#""level":"DEBUG""#;
    let place = Place::new(&format!(
        r#"
lanes: 1
sources: {{ app: {{ type: file, include: [app.log] }} }}
filters: {{ quiet: {{ component: {}, config: {{ contains: ['{DEBUG}'] }} }} }}
sinks: {{ out: {{ type: file, path: out.log }} }}
pipelines: {{ main: {{ from: [app], through: [quiet], to: [out] }} }}
"#,
        drop_filter()
    ));
    let logs = json_logs(1, 20 << 20);
    place.write("app.log", &logs);
    let ended = Agent::once(&place);
    let report = ended.done();
    let expected = without(&logs, DEBUG);
    assert!(place.read("out.log") == expected, "out.log differs from what grep leaves");

    let (all, kept) = (lines(&logs).count() as u64, lines(&expected).count() as u64);
    for (pointer, count) in [
        ("received", all),
        ("emitted", 0),
        ("delivered", kept),
        ("dropped", all - kept),
        ("dead_lettered", 0),
        ("bytes_received", logs.len() as u64),
        ("bytes_delivered", expected.len() as u64),
        ("pipelines/main/dropped", all - kept),
        ("sources/app/records", all),
        ("sources/app/bytes", logs.len() as u64),
        ("sources/app/truncated", 0),
        ("filters/quiet/records", all),
        ("filters/quiet/kept", kept),
        ("filters/quiet/dropped/contains", all - kept),
        ("filters/quiet/private_pages", 0),
        ("filters/quiet/generation", 1),
        ("sinks/out/records", kept),
        ("sinks/out/bytes", expected.len() as u64),
    ] {
        assert_eq!(report.count(pointer), count, "{pointer}");
    }
}

#[test]
fn several_lanes_bring_every_line_of_every_file_in_its_order() {
    let place = Place::new(
        r"
lanes: 2
sources: { app: { type: file, include: ['in-*.log'] } }
sinks: { out: { type: file, path: out.log }, nothing: { type: blackhole } }
pipelines: { main: { from: [app], to: [out, nothing] } }
",
    );
    let mut oracle = Oracle::default();
    let mut random = Random::new(2);
    for file in ["a", "b", "c", "d"] {
        let length = |random: &mut Random| usize::try_from(random.below(300)).expect("a length");
        let texts: Vec<String> =
            (0..20_000).map(|number| format!("{file} {number} {}", "x".repeat(length(&mut random)))).collect();
        texts.iter().for_each(|text| oracle.expect(file, text.as_str()));
        place.write(&format!("in-{file}.log"), texts.join("\n") + "\n");
    }
    let ended = Agent::once(&place);
    assert_eq!(ended.done().count("delivered"), 80_000);
    assert_eq!(ended.done().count("sinks/nothing/records"), 80_000);
    oracle.judge_mixed(lines(&place.read("out.log"))).assert_clean();
}

/// Copies `input` from a file to a file; answers the output and how many lines were too long.
fn copied(input: &[u8], source_options: &str) -> (Vec<u8>, u64) {
    let place = Place::new(&format!(
        r"
lanes: 1
sources: {{ app: {{ type: file, include: [app.log]{source_options} }} }}
sinks: {{ out: {{ type: file, path: out.log }} }}
pipelines: {{ main: {{ from: [app], to: [out] }} }}
"
    ));
    place.write("app.log", input);
    let ended = Agent::once(&place);
    (place.read("out.log"), ended.done().count("sources/app/truncated"))
}

#[test]
fn bytes_are_not_touched() {
    let every_byte: Vec<u8> = (0..=255).flat_map(|byte| [b'<', byte, b'>']).collect();
    for input in [&b"one\r\n\r\ntwo\r\n"[..], b"\n\n\n", b"\xff\xfe\0\n\xc3\x28\n", &[&every_byte[..], b"\n"].concat()]
    {
        assert_eq!(copied(input, ""), (input.to_vec(), 0));
    }
    assert_eq!(copied(b"", ""), (vec![], 0));
}

#[test]
fn a_last_line_without_its_newline_is_a_record_of_a_run_that_reads_once() {
    assert_eq!(copied(b"one\ntwo", ""), (b"one\ntwo\n".to_vec(), 0));
    assert_eq!(copied(b"two\r", ""), (b"two\r\n".to_vec(), 0));
}

#[test]
fn a_line_that_is_too_long_is_split_and_counted_once() {
    let long = |length: usize| "0123456789".repeat(length / 10);
    let input = format!("short\n{}\n{}\n{}", long(2_500), long(1_000), long(3_000));
    let pieces = [long(1_000), long(1_000), long(500), long(1_000), long(1_000), long(1_000), long(1_000)];
    let expected = format!("short\n{}\n", pieces.join("\n"));
    let (output, truncated) = copied(input.as_bytes(), ", max_record_bytes: 1000B");
    assert_eq!((String::from_utf8(output).unwrap(), truncated), (expected, 2));
}

#[test]
fn a_sink_appends_to_what_is_there_and_a_second_run_adds_to_the_first() {
    let place = Place::new(
        r"
sources: { app: { type: file, include: [app.log] } }
sinks: { out: { type: file, path: out.log } }
pipelines: { main: { from: [app], to: [out] } }
",
    );
    place.write("app.log", "new\n");
    place.write("out.log", "old\n");
    Agent::once(&place).done();
    Agent::once(&place).done();
    assert_eq!(place.text("out.log"), "old\nnew\nnew\n");
}

#[test]
fn pipelines_share_a_source_and_decide_apart() {
    let place = Place::new(&format!(
        r"
lanes: 1
sources: {{ app: {{ type: file, include: [app.log] }} }}
filters:
  only_debug: {{ component: {drop}, config: {{ contains: [DEBUG], invert: true }} }}
  no_debug: {{ component: {drop}, config: {{ regex: ['DEB.G'] }} }}
sinks: {{ debug: {{ type: file, path: debug.log }}, rest: {{ type: file, path: rest.log }} }}
pipelines:
  first: {{ from: [app], through: [only_debug], to: [debug] }}
  second: {{ from: [app], through: [no_debug], to: [rest] }}
  third: {{ from: [app], through: [no_debug, only_debug], to: [rest] }}
",
        drop = drop_filter()
    ));
    let logs = json_logs(3, 1 << 20);
    place.write("app.log", &logs);
    let ended = Agent::once(&place);
    let all = lines(&logs).count() as u64;
    let report = ended.done();
    assert_eq!(report.count("received"), 3 * all);
    assert_eq!(report.count("pipelines/third/dropped"), all);
    assert_eq!(place.read("rest.log"), without(&logs, "DEBUG"));
    assert_eq!(place.read("debug.log").len() + place.read("rest.log").len(), logs.len());
}
