//! References, names, missing sections and the YAML itself. Not for the values of single keys.

use super::{PIPELINES, SINKS, SOURCES, check, problems};

#[test]
fn a_filter_is_used_once_in_a_pipeline_but_by_several() {
    let filters = "filters: { f: { component: f.wasm } }\n";
    let pipeline = |name: &str, through: &str| format!("  {name}: {{ from: [in], through: [{through}], to: [out] }}\n");
    let twice = "5:33: pipelines.a.through[1]: found `f` again, allowed each filter once";
    check(&format!("{SOURCES}{SINKS}{filters}pipelines:\n{}{}", pipeline("a", "f"), pipeline("b", "f")), &[]);
    check(&format!("{SOURCES}{SINKS}{filters}pipelines:\n{}", pipeline("a", "f, f")), &[twice]);
}

#[test]
fn a_configuration_without_sources_or_pipelines_is_a_problem() {
    let missing = [
        "1:1: sources: found nothing, allowed at least one source (required)",
        "1:1: pipelines: found nothing, allowed at least one pipeline (required)",
    ];
    check("", &missing);
    check("# nothing\n", &missing);
    check("---\n...\n", &missing);
    check("[]", &["1:1: found a list, allowed a mapping"]);
    check(
        "sources: {}\npipelines:\n",
        &[
            "1:1: sources: found none, allowed at least one source",
            "2:1: pipelines: found none, allowed at least one pipeline",
        ],
    );
}

#[test]
fn a_reference_to_what_is_itself_wrong_is_no_second_problem() {
    let text = format!("sources: {{ in: {{ type: tcp }} }}\n{SINKS}{PIPELINES}");
    check(&text, &["1:24: sources.in.type: found \"tcp\", allowed file, stdin"]);
}

#[test]
fn names_that_no_file_or_label_takes_are_problems() {
    let allowed = "a name of at most 64 letters, digits, `_` and `-`, starting with a letter or digit";
    for name in ["../etc", "a.b", "-a", "ä", ""] {
        let expected = format!("2:3: sources.{name}: found the name \"{name}\", allowed {allowed}");
        let expected = if name.is_empty() { expected.replace("sources.:", "sources:") } else { expected };
        let text = format!("sources:\n  '{name}': {{ type: stdin }}\n{SINKS}{PIPELINES}")
            .replace("[in]", &format!("['{name}']"));
        let all = problems(&text);
        assert_eq!(all[0], expected);
    }
}

#[test]
fn duplicate_keys_are_problems_and_the_first_one_counts() {
    let text = format!(
        "lanes: 1\nlanes: none\n{SOURCES}{SINKS}pipelines:\n  p: {{ from: [in], to: [out] }}\n  p:\n    to: [x]\n"
    );
    check(
        &text,
        &[
            "2:1: lanes: found a second `lanes` (the first is at 1:1), allowed each key once",
            "7:3: pipelines.p: found a second `p` (the first is at 6:3), allowed each key once",
        ],
    );
}

#[test]
fn all_problems_come_together_in_the_files_order() {
    let text = "lanes: 0\nsources:\n  in: { type: stdin, x: 1 }\nsinks:\n  out: { type: nowhere }\npipelines:\n  main: { from: [on], to: [out] }\nwhat: 1\n";
    let lines: Vec<_> = problems(text).iter().map(|line| line.split(':').next().map(str::to_owned)).collect();
    assert_eq!(lines, ["1", "3", "5", "7", "8"].map(|line| Some(line.to_owned())));
}

#[test]
fn text_that_is_no_yaml_is_reported_where_it_stops_making_sense() {
    for (text, place) in [("a: b: c", "1:5"), ("a:\n  - [b\n", "3:1"), ("a: 'b\n", "1:4"), ("\ta: 1\n- b", "2:1")] {
        let found = problems(text);
        let starts =
            found.first().is_some_and(|line| line.starts_with(&format!("{place}: found a YAML syntax error: ")));
        assert!(starts && found.len() == 1, "{text:?}: {found:?}");
    }
}
