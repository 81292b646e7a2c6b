//! Lists and letters of files as the agent and crashes leave them.

use super::*;

const FILE: &str = concat!(
    r#"{"id":5,"time":"2026-01-02T03:04:05.000006Z","kind":"trap","reason":"it trapped","pipeline":"main","filter":"quiet","#,
    r#""component":"c0ffee","generation":3,"source":"app","stream":"/log/app.log","position":1234,"#,
    r#""body":"password=hunter2 \u001b[2J","ObservedTimestamp":"5","SeverityNumber":17,"Attributes":{"a":1}}"#,
    "\n{\"time\":\"20\n",
    r#"{"time":"2026-01-02T03:04:06.000006Z","kind":"time","filter":"slow","body":{"bytesValue":"/w=="},"later":"kept"}"#,
    "\n\n{\"time\":\"2026",
);

fn listed(with_records: bool) -> (String, Listed) {
    let mut out = Vec::new();
    let dir = tempfile::tempdir().unwrap();
    let mut marks = Marks::read(dir.path()).unwrap();
    marks.note(&[5..=5], Fate::Done).unwrap();
    let listed = list(FILE.as_bytes(), &marks, with_records, &mut out).unwrap();
    (String::from_utf8(out).unwrap(), listed)
}

#[test]
fn a_list_has_a_line_for_each_letter_and_counts_what_is_torn() {
    let (text, listed) = listed(false);
    let expected = "\
letter  time                         filter or sink    kind          replayed  from
     1  2026-01-02T03:04:05.000006Z  quiet             trap          yes       app: /log/app.log at byte 1234
     3  2026-01-02T03:04:06.000006Z  slow              time                    made by a filter
";
    assert_eq!(text, expected);
    assert_eq!(listed, Listed { letters: 2, torn: 2 });
}

#[test]
fn records_are_shown_only_where_asked_for_and_never_as_a_terminal_would_obey() {
    assert!(!listed(false).0.contains("hunter2"));
    let text = listed(true).0;
    assert!(text.contains("at byte 1234  password=hunter2 \\u{1b}[2J\n"), "{text}");
    assert!(text.contains("made by a filter  base64:/w==\n"), "{text}");
}

#[test]
fn a_long_body_is_cut_at_a_character() {
    let body = Value::String("ä".repeat(61));
    assert_eq!(excerpt(&body), format!("{}…", "ä".repeat(60)));
    assert_eq!(excerpt(&Value::String("ä".repeat(60))), "ä".repeat(60));
}

#[test]
fn a_letter_is_shown_in_full_with_its_failure_first() {
    let mut out = Vec::new();
    show(FILE.as_bytes(), 1, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(
        text.starts_with("{\n  \"id\": 5,\n  \"time\": \"2026-01-02T03:04:05.000006Z\",\n  \"kind\": \"trap\",\n"),
        "{text}"
    );
    let original: Value = serde_json::from_str(FILE.lines().next().unwrap()).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), original);
    let mut out = Vec::new();
    show(FILE.as_bytes(), 3, &mut out).unwrap();
    assert!(String::from_utf8(out).unwrap().contains("\"later\": \"kept\""));
}

#[test]
fn what_is_no_letter_is_not_shown() {
    let error = |number| show(FILE.as_bytes(), number, &mut Vec::new()).unwrap_err().to_string();
    assert!(error(2).starts_with("line 2 is no letter, but torn: "), "{}", error(2));
    assert_eq!(error(6), "there is no letter 6: there are 5 lines");
    assert_eq!(error(0), "there is no letter 0: there are 5 lines");
}

#[test]
fn control_characters_beyond_ascii_are_escaped_in_json() {
    assert_eq!(inert("{\n\"a\u{7f}\u{9b}ä\"}"), "{\n\"a\\u007f\\u009bä\"}");
}
