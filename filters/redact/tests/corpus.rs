//! Cases by hand: what goes in, how it is configured, what comes out; and the host's own cases of each kind.

#[path = "corpus/shorthand.rs"]
mod shorthand;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use logagent_filter_redact::RedactFilter;
use logagent_sdk::testing::Harness;
use serde_json::json;

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    files.sort();
    files
}

fn lines(path: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(String::from).collect()
}

fn name(path: &Path) -> &str {
    path.file_stem().unwrap().to_str().unwrap()
}

fn redact(config: serde_json::Value, body: &str) -> String {
    let mut harness =
        Harness::<RedactFilter>::new(config.clone()).unwrap_or_else(|errors| panic!("{config}: {errors}"));
    harness.process([body]).unwrap().kept().remove(0)
}

/// Returns what is wrong with a line of `name | config | input | output`.
fn check(line: &str) -> Option<String> {
    let [name, config, input, output]: [&str; 4] = line.splitn(4, " | ").collect::<Vec<_>>().try_into().unwrap();
    let config = shorthand::config(config);
    let once = redact(config.clone(), input);
    let again = redact(config, output);
    if once != output {
        return Some(format!("{name}:\n  found    {once}\n  expected {output}"));
    }
    let is_idempotent = again == output || name.contains("over quotes") || line.contains("p:");
    (!is_idempotent).then(|| format!("{name}, redacted again:\n  found    {again}\n  expected {output}"))
}

#[test]
fn each_case_comes_out_as_expected() {
    let mut count = 0;
    let mut wrong = Vec::new();
    for file in files("tests/corpus") {
        for line in lines(&file) {
            count += 1;
            wrong.extend(check(&line).map(|wrong| format!("{}: {wrong}", name(&file))));
        }
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 120, "{count} cases");
}

/// One of the host's cases: `name | text`, with «the match» of the kind that the file is called by; in `mixed`, where all
/// are searched, `name | kinds of the matches | text`.
struct HostCase<'a> {
    name: &'a str,
    /// By match.
    kinds: Vec<&'a str>,
    marked: &'a str,
}

impl<'a> HostCase<'a> {
    fn read(file: &'a str, line: &'a str) -> Self {
        let (name, rest) = line.split_once(" | ").unwrap();
        match rest.split_once(" | ") {
            Some((kinds, marked)) if file == "mixed" => {
                Self { name, kinds: kinds.split(", ").filter(|kind| !kind.is_empty()).collect(), marked }
            }
            _ => Self { name, kinds: vec![file; rest.matches('«').count()], marked: rest },
        }
    }

    fn body(&self) -> String {
        self.marked.replace(['«', '»'], "")
    }

    fn redacted(&self) -> String {
        let mut parts = self.marked.split('«');
        let mut redacted = parts.next().unwrap_or_default().to_owned();
        for (part, kind) in parts.zip(&self.kinds) {
            let (_, rest) = part.split_once('»').unwrap();
            let is_bare = *kind == "card"
                && self.body().starts_with(['{', '['])
                && redacted.ends_with([':', '['])
                && rest.starts_with([',', '}', ']']);
            redacted += &if is_bare { format!("\"[{kind}]\"{rest}") } else { format!("[{kind}]{rest}") };
        }
        redacted
    }
}

#[test]
fn what_the_host_finds_of_each_kind_is_what_is_labelled() {
    let mut counts = BTreeMap::new();
    let mut wrong = Vec::new();
    for file in files("../../host/secrets/tests/corpus") {
        let file_name = name(&file);
        let kinds = if file_name == "mixed" { "all" } else { file_name };
        let mut harness = Harness::<RedactFilter>::new(shorthand::config(kinds)).unwrap();
        for line in lines(&file) {
            let case = HostCase::read(file_name, &line);
            let found = harness.process([case.body()]).unwrap().kept().remove(0);
            *counts.entry(file_name.to_owned()).or_insert(0) += 1;
            if found != case.redacted() {
                wrong.push(format!("{file_name}, {}:\n  found    {found}\n  expected {}", case.name, case.redacted()));
            }
        }
    }
    println!("cases of the host's corpus: {} {counts:?}", counts.values().sum::<usize>());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_manual_shows_what_happens() {
    let page =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/filters/redact.md")).unwrap();
    let block =
        |fence: &str| page.split_once(fence).unwrap().1.split_once("```").unwrap().0.trim_matches('\n').to_owned();
    let config = json!({
        "kinds": ["email", "card", "ipv4"],
        "patterns": [{"name": "order", "regex": r"ORD-\d+"}],
        "fields": ["password", "user.name"],
        "with": {"default": "label", "card": "partial", "password": "mask"},
    });
    let mut harness = Harness::<RedactFilter>::new(config).unwrap();
    let kept = harness.process(block("```input").lines()).unwrap().kept();
    assert_eq!(kept.join("\n"), block("```output"));
}
