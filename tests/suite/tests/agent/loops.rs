//! Outputs that a source of theirs would read again, without end.

use logagent_testkit::until;
use logagent_tests::{Agent, Place, ctl};

/// What `validate` says of sources `app` and `two` and sinks `out` and `end` that are configured so.
fn validated(sources: &str, sinks: &str, pipelines: &str) -> (Place, i32, String) {
    let place = Place::new(&format!("sources:\n{sources}\nsinks:\n{sinks}\npipelines:\n{pipelines}\n"));
    std::fs::create_dir(place.path("logs")).unwrap();
    std::os::unix::fs::symlink("logs", place.path("link")).unwrap();
    let ended = Agent::run(&place, &["validate", "--config", "agent.yaml"]);
    (place, ended.code, ended.stderr)
}

#[test]
fn a_sink_whose_file_its_own_source_would_read_is_refused_and_no_other() {
    let main = "  main: { from: [app], to: [out] }";
    for (include, sink, is_refused) in [
        ("include: ['*.log']", "path: out.log", true),
        ("include: ['*.log']", "path: ./out.log, buffer: { type: disk }", true),
        ("include: ['*.log'], exclude: [out.log]", "path: out.log", false),
        ("include: ['*.log']", "path: out.txt", false),
        ("include: ['*.log']", "path: logs/out.log", false),
        ("include: ['logs/*.log']", "path: link/out.log", true),
        ("include: ['link/*.log']", "path: logs/out.log", true),
        ("include: [app.log, '*.log.*']", "path: out.log", false),
        ("include: [app.log, '*.log.*']", "path: out.log, rotate: { size: 1MiB }", true),
        ("include: ['/dev/n*']", "path: /dev/null", false),
    ] {
        let (_, code, stderr) = validated(
            &format!("  app: {{ type: file, {include} }}"),
            &format!("  out: {{ type: file, {sink} }}"),
            main,
        );
        assert_eq!(code, if is_refused { 78 } else { 0 }, "{include} {sink}: {stderr}");
        if is_refused {
            let says =
                ["agent.yaml:4:", "sinks.out.path: found", "out.log", "sources.app.include", "sources.app.exclude"];
            assert!(says.iter().all(|part| stderr.contains(part)), "{stderr}");
        }
    }
}

#[test]
fn a_pipeline_may_read_what_another_writes_unless_that_leads_back() {
    let sources = "  app: { type: file, include: [app.log] }\n  two: { type: file, include: [out.log] }";
    let sinks = |end: &str| format!("  out: {{ type: file, path: out.log }}\n  end: {{ type: file, path: {end} }}");
    let pipelines = "  first: { from: [app], to: [out] }\n  second: { from: [two], to: [end] }";
    let (_, code, stderr) = validated(sources, &sinks("end.log"), pipelines);
    assert_eq!(code, 0, "{stderr}");
    let (_, code, stderr) = validated(sources, &sinks("app.log"), pipelines);
    let closes =
        ["sinks.out.path: found out.log, which sources.two", "sinks.end.path: found app.log, which sources.app"];
    assert_eq!((code, closes.map(|link| stderr.contains(link))), (78, [true, true]), "{stderr}");
}

#[test]
fn a_loop_is_refused_at_the_start_and_by_a_reload() {
    let config = |file: &str| {
        format!(
            "lanes: 1\nsources: {{ app: {{ type: file, include: ['*.log'] }} }}\n\
             sinks: {{ out: {{ type: file, path: {file} }} }}\npipelines: {{ main: {{ from: [app], to: [out] }} }}\n"
        )
    };
    let place = Place::new(&config("out.log"));
    place.write("app.log", "a\n");
    let ended = Agent::once(&place);
    assert_eq!((ended.code, place.path("out.log").exists()), (78, false), "{}", ended.stderr);
    place.write("agent.yaml", config("out.txt"));
    let agent = Agent::follow(&place);
    until("the record arrives", || place.text("out.txt") == "a\n");
    place.write("agent.yaml", config("out.log"));
    let (code, _, stderr) = ctl(&place, &["reload"]);
    assert_eq!((code, stderr.contains("sinks.out.path: found out.log")), (1, true), "{stderr}");
    agent.terminate();
    assert_eq!(agent.wait().done().count("delivered"), 1);
}
