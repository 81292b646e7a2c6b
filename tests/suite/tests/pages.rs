//! The examples in docs/filters are true: each ```yaml block that an ```input block follows is run by the agent, and what
//! comes out is what the ```output block says. Files that it reads stand in ```csv NAME blocks. One with `follow` behind the word is run until that has come out, since
//! some filters answer when time has passed.

use logagent_testkit::until;
use logagent_tests::{Agent, Place, repository};
use serde_json::Value;
use std::path::Path;

/// A fenced block: what stands behind the fence, and what is in it.
type Block = (String, String);

fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if let Some(info) = line.strip_prefix("```") {
            let text: String =
                lines.by_ref().take_while(|line| *line != "```").map(|line| format!("{line}\n")).collect();
            blocks.push((info.to_owned(), text));
        }
    }
    blocks
}

/// The filters' names, in the order of the configuration.
fn filter_names(yaml: &str) -> Vec<&str> {
    let is_name = |line: &&str| line.starts_with("  ") && !line.starts_with("   ") && line.contains(':');
    let names = yaml.lines().filter(is_name).filter_map(|line| line.split(':').next());
    names.map(str::trim).collect()
}

/// The page's filters between a file and a sink; the sinks of their outputs are files of the outputs' names.
fn config(yaml: &str, encoding: &str, outputs: &[&str]) -> String {
    let filters = yaml.replace("target/filters/", &format!("{}/", repository().join("target/filters").display()));
    let sink = |name: &str| format!("  {name}: {{ type: file, path: {name}.log, encoding: {encoding} }}\n");
    let sinks: String = outputs.iter().map(|name| sink(name)).collect();
    let routes: Vec<String> = outputs.iter().map(|name| format!("{name}: [{name}]")).collect();
    format!(
        "lanes: 1\nsources:\n  in: {{ type: file, include: [in.txt] }}\n{filters}sinks:\n{}{sinks}\
         pipelines:\n  main: {{ from: [in], through: [{}], to: [out], routes: {{ {} }} }}\n",
        sink("out"),
        filter_names(yaml).join(", "),
        routes.join(", "),
    )
}

/// What is the same in every run of a record in JSON.
fn without_run(line: &str) -> Value {
    let mut record: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
    let fields = record.as_object_mut().expect("an object");
    fields.remove("ObservedTimestamp");
    if let Some(attributes) = fields.get_mut("Attributes").and_then(Value::as_object_mut) {
        attributes.retain(|name, _| !name.starts_with("log.file."));
        if attributes.is_empty() {
            fields.remove("Attributes");
        }
    }
    record
}

/// Runs the agent until each of these files has as many lines as are expected.
fn follow(place: &Place, expected: &[(String, usize)]) {
    let agent = Agent::follow(place);
    for (file, count) in expected {
        until(&format!("{count} lines in {file}"), || place.count_lines(file) >= *count);
    }
    agent.terminate();
    agent.wait().done();
}

/// The files that a page's examples read: the name stands behind the fence.
fn files(blocks: &[Block]) -> impl Iterator<Item = (&str, &str)> {
    blocks.iter().filter_map(|(info, text)| Some((info.strip_prefix("csv ")?, text.as_str())))
}

/// One example of those in `blocks`: `outputs` are ```output blocks, with an encoding or the name of a filter's output behind the word.
fn check(page: &Path, blocks: &[Block], (info, yaml): &Block, input: &str, outputs: &[Block]) {
    let words = |info: &str| info.split(' ').skip(1).map(str::to_owned).collect::<Vec<_>>();
    let is_json = outputs.iter().any(|(info, _)| words(info).contains(&"json".to_owned()));
    let file = |info: &str| words(info).into_iter().find(|word| word != "json").unwrap_or_else(|| "out".into());
    let written: Vec<String> = outputs.iter().map(|(info, _)| file(info)).collect();
    let routed: Vec<&str> = written.iter().map(String::as_str).filter(|name| *name != "out").collect();
    let place = Place::new(&config(yaml, if is_json { "json" } else { "raw" }, &routed));
    files(blocks).for_each(|(name, text)| place.write(name, text));
    place.write("in.txt", input);
    place.write("hash.key", "a key for the pages' examples only\n");
    let is_followed = words(info).contains(&"follow".to_owned());
    if is_followed {
        let counts = written.iter().zip(outputs).map(|(name, (_, text))| (format!("{name}.log"), text.lines().count()));
        follow(&place, &counts.collect::<Vec<_>>());
    } else {
        Agent::once(&place).done();
    }
    for (name, (_, expected)) in written.iter().zip(outputs) {
        let found = place.text(&format!("{name}.log"));
        let at = format!("{}: {name}: {found}", page.display());
        if is_json {
            let records = |text: &str| text.lines().map(without_run).collect::<Vec<_>>();
            assert_eq!(records(&found), records(expected), "{at}");
        } else {
            assert_eq!(&found, expected, "{at}");
        }
    }
}

#[test]
fn every_example_of_a_filters_page_does_what_the_page_says() {
    let directory = repository().join("docs/filters");
    let mut checked = 0;
    for entry in std::fs::read_dir(directory).expect("docs/filters") {
        let page = entry.expect("an entry").path();
        let blocks = blocks(&std::fs::read_to_string(&page).expect("a page"));
        let mut of_page = 0;
        for (index, block) in blocks.iter().enumerate() {
            let behind = &blocks[index + 1..];
            let [(next, input), outputs @ ..] = behind else { continue };
            if block.0.split(' ').next() != Some("yaml") || next != "input" {
                continue;
            }
            let count = outputs.iter().take_while(|(info, _)| info.starts_with("output")).count();
            assert!(count > 0, "{}: an input without an output", page.display());
            check(&page, &blocks, block, input, &outputs[..count]);
            of_page += 1;
        }
        assert!(of_page > 0, "{} has no example", page.display());
        checked += of_page;
    }
    assert!(checked >= 6, "{checked} examples");
}
