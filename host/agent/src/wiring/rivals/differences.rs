//! The file of records over which a shadow decides otherwise than its filter: one JSON object a line. For people to look
//! at: it is not synced, and what can't be written is told once and let go of.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use logagent_pipeline::{ShadowDifference, ShadowLog, ShadowOutcome};
use serde_json::{Value, json};
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

/// A shadow's file. It begins anew with the shadow's first difference, and is readable by its owner alone.
pub(super) struct DifferenceFile {
    path: PathBuf,
    state: Mutex<State>,
}

enum State {
    /// Nothing was written yet.
    Closed,
    Open(File),
    /// It can't be written, which was told.
    Failed,
}

impl DifferenceFile {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, state: Mutex::new(State::Closed) }
    }

    fn open(&self) -> std::io::Result<File> {
        if let Some(dir) = self.path.parent() {
            DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
        }
        // Not what is there: it may be readable by others.
        drop(std::fs::remove_file(&self.path));
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(&self.path)
    }

    fn append(&self, state: &mut State, line: &str) -> std::io::Result<()> {
        if let State::Closed = state {
            *state = State::Open(self.open()?);
        }
        match state {
            State::Open(file) => file.write_all(line.as_bytes()),
            _ => Ok(()),
        }
    }
}

impl ShadowLog for DifferenceFile {
    fn put(&self, difference: &ShadowDifference<'_>) {
        let line = format!("{}\n", line(difference, SystemTime::now()));
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = self.append(&mut state, &line) {
            *state = State::Failed;
            let (filter, path) = (difference.filter, self.path.display());
            tracing::warn!(filter, %path, %error, "what a shadow decides otherwise is counted, but can't be written");
        }
    }
}

fn line(difference: &ShadowDifference<'_>, now: SystemTime) -> Value {
    let ShadowDifference { filter, origin, observed_unix_nano, decided, shadow, unlike, body } = difference;
    let mut line = json!({
        "time": humantime::format_rfc3339_micros(now).to_string(),
        "filter": filter,
        "decided": outcome(*decided),
        "shadow": outcome(*shadow),
        "differs": unlike,
        "body": text_or_bytes(body),
        "ObservedTimestamp": observed_unix_nano.to_string(),
    });
    if let Some(origin) = origin {
        line["source"] = json!(&*origin.stream.source_name);
        line["stream"] = json!(&*origin.stream.name);
        line["position"] = json!(origin.position);
    }
    line
}

fn outcome(outcome: ShadowOutcome<'_>) -> String {
    match outcome {
        ShadowOutcome::Keep => "keep".into(),
        ShadowOutcome::Drop(reason) => format!("drop: {reason}"),
        ShadowOutcome::Route(output) => format!("route: {output}"),
    }
}

/// As in the dead letters.
fn text_or_bytes(bytes: &[u8]) -> Value {
    match std::str::from_utf8(bytes) {
        Ok(text) => json!(text),
        Err(_) => json!({ "bytesValue": STANDARD.encode(bytes) }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn difference(body: &[u8]) -> ShadowDifference<'_> {
        ShadowDifference {
            filter: "quiet",
            origin: None,
            observed_unix_nano: 7,
            decided: ShadowOutcome::Keep,
            shadow: ShadowOutcome::Drop("noise"),
            unlike: &["verdict"],
            body,
        }
    }

    #[test]
    fn a_difference_is_a_line_with_both_decisions_by_name() {
        let at = SystemTime::UNIX_EPOCH;
        let said = |body| line(&difference(body), at).to_string();
        let expected = r#"{"ObservedTimestamp":"7","body":"a \"b\"","decided":"keep","differs":["verdict"],"filter":"quiet","shadow":"drop: noise","time":"1970-01-01T00:00:00.000000Z"}"#;
        assert_eq!(said(b"a \"b\""), expected);
        assert!(said(b"\xff").contains(r#""body":{"bytesValue":"/w=="}"#), "{}", said(b"\xff"));
    }

    #[test]
    fn the_file_begins_anew_with_the_first_difference_and_is_its_owners() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("data/shadow-quiet.jsonl");
        for _ in 0..2 {
            let file = DifferenceFile::new(path.clone());
            file.put(&difference(b"a"));
            file.put(&difference(b"b"));
            assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 2);
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_file_that_can_not_be_written_is_let_be() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("data"), "a file").unwrap();
        let file = DifferenceFile::new(dir.path().join("data/shadow-quiet.jsonl"));
        file.put(&difference(b"a"));
        file.put(&difference(b"b"));
    }
}
