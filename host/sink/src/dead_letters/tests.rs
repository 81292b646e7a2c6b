//! What stands in the file, and what happens where it can't be written.

use super::*;
use logagent_component::StreamInfo;
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::LazyLock;

static STREAM: LazyLock<StreamInfo> = LazyLock::new(|| StreamInfo {
    source: 0,
    source_name: "app".into(),
    name: "/log/app.log".into(),
    attributes: (*b"\x81\xa1s\x02").into(),
});

fn letter(body: &[u8]) -> DeadLetter<'_> {
    DeadLetter {
        pipeline: "main",
        by: Culprit::Filter { name: "quiet", component: "c0ffee", generation: 3 },
        kind: "trap",
        reason: "it trapped: \"unreachable\"",
        stream: Some(&STREAM),
        position: Some(1234),
        observed_unix_nano: 5,
        time_unix_nano: 0,
        severity: 17,
        body,
        attributes: b"\x81\xa1a\x01",
    }
}

fn lines(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

#[test]
fn a_letter_says_what_failed_where_and_with_which_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("data/dead_letters.jsonl");
    let file = DeadLetterFile::new(dir.path().join("data"), 1 << 20);
    assert!(!path.exists(), "there is none without letters");
    file.put(&[letter(b"a \"body\""), DeadLetter { stream: None, by: Culprit::Sink("out"), ..letter(b"\xff") }])
        .unwrap();
    let mut lines = lines(&path);
    let ids = [0, 1].map(|index: usize| lines[index].as_object_mut().unwrap().remove("id").unwrap().as_u64().unwrap());
    assert_eq!(ids[0] + 1, ids[1]);
    let time = lines[0].as_object_mut().unwrap().remove("time").unwrap();
    assert!(time.as_str().unwrap().ends_with('Z'), "{time}");
    let expected = json!({
        "kind": "trap", "reason": "it trapped: \"unreachable\"", "pipeline": "main", "filter": "quiet",
        "component": "c0ffee", "generation": 3, "source": "app", "stream": "/log/app.log", "position": 1234,
        "StreamAttributes": {"s": 2}, "body": "a \"body\"", "ObservedTimestamp": "5", "SeverityNumber": 17, "Attributes": {"a": 1},
    });
    assert_eq!(lines[0], expected);
    assert_eq!((&lines[1]["body"], lines[1].get("position")), (&json!({"bytesValue": "/w=="}), None));
    assert_eq!((&lines[1]["sink"], lines[1].get("filter")), (&"out".into(), None));
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_letter_that_a_crash_cut_off_does_not_swallow_the_next() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("dead_letters.jsonl");
    fs::write(&path, "{\"time\":\"20").unwrap();
    DeadLetterFile::new(dir.path().to_owned(), 1 << 20).put(&[letter(b"next")]).unwrap();
    assert_eq!(lines(&path).iter().map(|line| &line["body"]).collect::<Vec<_>>(), ["next"]);
}

#[test]
fn a_full_file_refuses_letters_and_takes_them_once_it_is_moved_away() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("dead_letters.jsonl");
    let file = DeadLetterFile::new(dir.path().to_owned(), 500);
    file.put(&[letter(b"one")]).unwrap();
    let error = file.put(&[letter(b"two")]).unwrap_err();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.contains("500 bytes at most (dead_letters.max_bytes)"), "{cause}");
    fs::rename(&path, dir.path().join("old.jsonl")).unwrap();
    file.put(&[letter(b"three")]).unwrap();
    assert_eq!(lines(&path)[0]["body"], "three");
}

#[test]
fn a_long_file_is_closed_and_all_together_are_bounded() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("dead_letters.jsonl");
    let body = vec![b'x'; 600 << 10];
    let file = DeadLetterFile::new(dir.path().to_owned(), 3 << 20);
    let refused = (0..9).find(|_| file.put(&[letter(&body)]).is_err());
    assert_eq!(refused, Some(5));
    let counts = ["dead_letters.1.jsonl", "dead_letters.2.jsonl", "dead_letters.4.jsonl", "dead_letters.jsonl"];
    assert_eq!(counts.map(|name| lines(&dir.path().join(name)).len()), [1; 4]);
    fs::remove_file(dir.path().join("dead_letters.2.jsonl")).unwrap();
    file.put(&[letter(b"there is room again")]).unwrap();
    assert_eq!(lines(&path).len(), 2);
}

#[test]
fn ids_ascend_over_runs_and_over_a_clock_that_was_set_back() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("dead_letters.jsonl");
    let id = |line: &Value| line["id"].as_u64().unwrap();
    DeadLetterFile::new(dir.path().to_owned(), 1 << 20).put(&[letter(b"one")]).unwrap();
    let future = u64::MAX / 4;
    let text = fs::read_to_string(&path).unwrap().replace(&id(&lines(&path)[0]).to_string(), &future.to_string());
    fs::write(dir.path().join("dead_letters.3.jsonl"), text + "{\"id\":99").unwrap();
    for run in 0..2 {
        DeadLetterFile::new(dir.path().to_owned(), 1 << 20).put(&[letter(b"next")]).unwrap();
        assert_eq!(id(&lines(&path)[1 + run]), future + 1 + run as u64);
    }
}
