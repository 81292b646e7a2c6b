//! Standard input to standard output, and the encodings.

use logagent_testkit::{receive, until};
use logagent_tests::{Agent, Ended, Place, json_logs, lines};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::process::Stdio;
use std::sync::mpsc::channel;

const RUN: [&str; 5] = ["run", "--config", "agent.yaml", "--report", "report.json"];

fn place(encoding: &str) -> Place {
    Place::new(&format!(
        r"
lanes: 1
sources: {{ in: {{ type: stdin }} }}
sinks: {{ out: {{ type: stdout, encoding: {encoding} }} }}
pipelines: {{ main: {{ from: [in], to: [out] }} }}
"
    ))
}

/// Runs the agent on this input, through pipes; answers what it wrote.
fn pipe(encoding: &str, input: &[u8]) -> (Vec<u8>, Ended) {
    let place = place(encoding);
    let mut agent = Agent::start_with(&place, &RUN, Stdio::piped(), Stdio::piped());
    let (mut stdin, mut stdout) = (agent.child.stdin.take().unwrap(), agent.child.stdout.take().unwrap());
    let (input, (done, read)) = (input.to_vec(), channel());
    std::thread::spawn(move || stdin.write_all(&input));
    std::thread::spawn(move || {
        let mut output = Vec::new();
        done.send(stdout.read_to_end(&mut output).map(|_| output))
    });
    let output = receive(&read).expect("the output ends").unwrap();
    (output, agent.wait())
}

#[test]
fn standard_input_goes_to_standard_output_byte_for_byte() {
    let logs = [&json_logs(4, 3 << 20)[..], b"\r\n\xff\0\nno newline at the end"].concat();
    let (output, ended) = pipe("raw", &logs);
    assert!(output == [&logs[..], b"\n"].concat(), "the output differs");
    assert_eq!(ended.done().count("received"), lines(&logs).count() as u64);
    assert_eq!(ended.done().count("sources/in/bytes"), logs.len() as u64);
}

#[test]
fn what_comes_slowly_goes_on_at_once() {
    let place = place("raw");
    let mut agent =
        Agent::start_with(&place, &RUN, Stdio::piped(), std::fs::File::create(place.path("out")).unwrap().into());
    let mut stdin = agent.child.stdin.take().unwrap();
    for (written, expected) in [("a\n", "a\n"), ("b", "a\n"), ("c\nd", "a\nbc\n"), ("\n", "a\nbc\nd\n")] {
        stdin.write_all(written.as_bytes()).unwrap();
        until(expected, || place.text("out") == expected);
    }
    drop(stdin);
    assert_eq!(agent.wait().done().count("delivered"), 3);
}

#[test]
fn json_says_body_time_and_attributes_a_line_each() {
    let (output, ended) = pipe("json", b"plain \"text\"\t\xc3\xa9\n\xff\xfe\n\n");
    ended.done();
    let records: Vec<Value> = lines(&output).map(|line| serde_json::from_slice(line).expect("JSON")).collect();
    let bodies: Vec<&Value> = records.iter().map(|record| &record["Body"]).collect();
    assert_eq!(bodies, [&json!("plain \"text\"\té"), &json!({"bytesValue": "//4="}), &json!("")]);
    for record in &records {
        assert_eq!(record["Attributes"]["log.iostream"], "stdin");
        let observed: u64 = record["ObservedTimestamp"].as_str().unwrap().parse().unwrap();
        assert!(observed > 1_700_000_000_000_000_000, "{record}");
    }
}

#[test]
fn msgpack_says_the_same() {
    let (output, ended) = pipe("msgpack", b"one\ntwo\xc3\xa9\n");
    ended.done();
    let mut reader = rmp_serde::Deserializer::new(&output[..]);
    let read = || serde::Deserialize::deserialize(&mut reader).ok();
    let records: Vec<Value> = std::iter::from_fn(read).collect();
    assert_eq!(records.iter().map(|record| &record["Body"]).collect::<Vec<_>>(), ["one", "twoé"]);
    assert_eq!(records[0]["Attributes"], json!({"log.iostream": "stdin"}));
    assert!(records[1]["ObservedTimestamp"].as_u64() > Some(1_700_000_000_000_000_000));
}

#[test]
fn a_reader_that_goes_away_ends_the_agent_with_a_failure() {
    let place = place("raw");
    let mut agent = Agent::start_with(&place, &RUN, Stdio::piped(), Stdio::piped());
    let mut stdin = agent.child.stdin.take().unwrap();
    drop(agent.child.stdout.take());
    // The agent's end may close the pipe before all is written.
    drop(stdin.write_all(b"nobody reads this\n"));
    let ended = agent.wait();
    assert_eq!((ended.code, ended.report().count("delivered")), (1, 0), "{}", ended.stderr);
    assert!(ended.stderr.contains("stdout: write"), "{}", ended.stderr);
}
