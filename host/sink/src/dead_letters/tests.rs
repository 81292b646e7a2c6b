//! What stands in the file, and what happens where it can't be written.

use super::*;
use logagent_component::{Origin, StreamInfo};
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

fn letter(body: &[u8]) -> DeadLetter<'_> {
    let stream =
        StreamInfo { source: 0, source_name: "app".into(), name: "/log/app.log".into(), attributes: [].into() };
    DeadLetter {
        pipeline: "main",
        filter: "quiet",
        component: "c0ffee",
        generation: 3,
        kind: "trap",
        reason: "it trapped: \"unreachable\"",
        origin: Some(Origin { stream: Arc::new(stream), position: 1234 }),
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
    let file = DeadLetterFile::new(path.clone(), 1 << 20);
    assert!(!path.exists(), "there is none without letters");
    file.put(&[letter(b"a \"body\""), DeadLetter { origin: None, ..letter(b"\xff") }]).unwrap();
    let mut lines = lines(&path);
    let time = lines[0].as_object_mut().unwrap().remove("time").unwrap();
    assert!(time.as_str().unwrap().ends_with('Z'), "{time}");
    let expected = json!({
        "kind": "trap", "reason": "it trapped: \"unreachable\"", "pipeline": "main", "filter": "quiet",
        "component": "c0ffee", "generation": 3, "source": "app", "stream": "/log/app.log", "position": 1234,
        "body": "a \"body\"", "ObservedTimestamp": "5", "SeverityNumber": 17, "Attributes": {"a": 1},
    });
    assert_eq!(lines[0], expected);
    assert_eq!((&lines[1]["body"], lines[1].get("position")), (&json!({"bytesValue": "/w=="}), None));
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_letter_that_a_crash_cut_off_does_not_swallow_the_next() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("dead_letters.jsonl");
    fs::write(&path, "{\"time\":\"20").unwrap();
    DeadLetterFile::new(path.clone(), 1 << 20).put(&[letter(b"next")]).unwrap();
    assert_eq!(lines(&path).iter().map(|line| &line["body"]).collect::<Vec<_>>(), ["next"]);
}

#[test]
fn a_full_file_refuses_letters_and_takes_them_once_it_is_moved_away() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("dead_letters.jsonl");
    let file = DeadLetterFile::new(path.clone(), 500);
    file.put(&[letter(b"one")]).unwrap();
    let error = file.put(&[letter(b"two")]).unwrap_err();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.contains("500 bytes at most (dead_letters.max_bytes)"), "{cause}");
    fs::rename(&path, dir.path().join("old.jsonl")).unwrap();
    file.put(&[letter(b"three")]).unwrap();
    assert_eq!(lines(&path)[0]["body"], "three");
}
