//! Lines of syslog, of both RFCs and of files.

use logagent_sdk::testing::Input;
use serde_json::{Value, json};

use crate::common::{TIME, harness, parse, read};

fn config() -> Value {
    json!({"format": "syslog", "body": "message"})
}

#[test]
fn lines_of_rfc_5424_are_read() {
    let auth = |more: Value| {
        let mut base = json!({"syslog.facility": "auth", "syslog.facility.code": 4, "syslog.severity.code": 2});
        base.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        base
    };
    for (body, attributes, message) in [
        (
            "<34>1 2026-11-24T10:11:12Z mymachine.example.com su - ID47 - \u{feff}'su root' failed",
            auth(json!({"host.name": "mymachine.example.com", "service.name": "su", "syslog.msgid": "ID47"})),
            "'su root' failed",
        ),
        ("<34>1 2026-11-24T10:11:12Z - - - - -", auth(json!({})), ""),
        ("<34>1 2026-11-24T10:11:12Z - - - - - ", auth(json!({})), ""),
        (
            "<34>1 2026-11-24T10:11:12Z h a 123 - - m",
            auth(json!({"host.name": "h", "service.name": "a", "process.pid": 123})),
            "m",
        ),
        ("<34>1 2026-11-24T10:11:12Z - - abc-1 - - m", auth(json!({"syslog.procid": "abc-1"})), "m"),
        (
            r#"<34>1 2026-11-24T10:11:12Z - - - - [a@1 x="1" y="q\"\\\]\n"][b] m"#,
            auth(json!({"syslog.structured_data": {"a@1": {"x": "1", "y": "q\"\\]\\n"}, "b": {}}})),
            "m",
        ),
        (
            r#"<34>1 2026-11-24T10:11:12Z - - - - [a x="1" x="2"][a y="3"]"#,
            auth(json!({"syslog.structured_data": {"a": {"x": "1"}}})),
            "",
        ),
        ("<34>1 2026-11-24T11:11:12+01:00 - - - - -  two blanks", auth(json!({})), " two blanks"),
    ] {
        let line = parse(&config(), body);
        assert_eq!(line.attributes, attributes, "{body}");
        assert_eq!((line.time, line.severity, line.body.as_str()), (TIME, 18, message), "{body}");
    }
    let line = parse(&config(), "<191>1 - - - - - - m");
    assert_eq!((line.time, line.severity), (0, 5));
    assert_eq!(line.attributes["syslog.facility"], "local7");
}

#[test]
fn broken_lines_of_rfc_5424_are_malformed() {
    for body in [
        "<34>1 ",
        "<34>1 2026-11-24T10:11:12Z h a 1 -",
        "<34>1 Nov 24 10:11:12 h a - - - m",
        "<34>1 2026-11-24T10:11:12Z h a 1 - x",
        "<34>1 2026-11-24T10:11:12Z h a 1 - -x",
        "<34>1 2026-11-24T10:11:12Z h a 1 - [",
        "<34>1 2026-11-24T10:11:12Z h a 1 - []",
        r#"<34>1 2026-11-24T10:11:12Z h a 1 - [a x="1" m"#,
        r#"<34>1 2026-11-24T10:11:12Z h a 1 - [a x="1\"] m"#,
        "<34>1 2026-11-24T10:11:12Z h a 1 - [a x=1] m",
        "<34>1 2026-11-24T10:11:12Z  a 1 - - m",
        "<192>1 2026-11-24T10:11:12Z h a 1 - - m",
        "<>x",
        "<34",
        "<3456>x",
        "<a>x",
        "",
        "no syslog at all",
        "Nov 24 10:11:12",
        "2026-11-24",
        "Nov 31",
    ] {
        assert_eq!(read(&config(), body), None, "{body}");
    }
}

#[test]
fn lines_of_rfc_3164_and_of_files_are_read() {
    let cron = json!({"host.name": "host", "service.name": "CRON", "process.pid": 123});
    for (body, attributes, message) in [
        ("Nov 24 10:11:12 host CRON[123]: (root) CMD (x)", cron.clone(), "(root) CMD (x)"),
        ("2026-11-24T10:11:12+00:00 host CRON[123]: m", cron.clone(), "m"),
        ("2026-11-24T11:11:12.000000+01:00 host CRON[123]: m", cron.clone(), "m"),
        ("Nov 24 2026 10:11:12 host CRON[123]: m", cron, "m"),
        (
            "Nov 24 10:11:12 host kernel: [1.5] eth0: up",
            json!({"host.name": "host", "service.name": "kernel"}),
            "[1.5] eth0: up",
        ),
        (
            "Nov 24 10:11:12 host postfix/smtpd[9]: m",
            json!({"host.name": "host", "service.name": "postfix/smtpd", "process.pid": 9}),
            "m",
        ),
        (
            "Nov 24 10:11:12 host a::b[x]: m",
            json!({"host.name": "host", "service.name": "a::b", "syslog.procid": "x"}),
            "m",
        ),
        ("Nov 24 10:11:12 host app[]: m", json!({"host.name": "host", "service.name": "app"}), "m"),
        (
            "Nov 24 10:11:12 host last message repeated 3 times",
            json!({"host.name": "host"}),
            "last message repeated 3 times",
        ),
        ("Nov 24 10:11:12 host app:", json!({"host.name": "host", "service.name": "app"}), ""),
        ("Nov 24 10:11:12 app[7]: no host", json!({"service.name": "app", "process.pid": 7}), "no host"),
        ("Nov 24 10:11:12 fe80::1 app: m", json!({"host.name": "fe80::1", "service.name": "app"}), "m"),
        ("Nov 24 10:11:12 host", json!({"host.name": "host"}), ""),
        ("Nov 24 10:11:12 host [x] m", json!({"host.name": "host"}), "[x] m"),
    ] {
        let line = parse(&config(), Input::from(body).time_unix_nano(TIME + 5_000_000_000));
        assert_eq!(line.attributes, attributes, "{body}");
        assert_eq!((line.time, line.severity, line.body.as_str()), (TIME, 0, message), "{body}");
    }
}

#[test]
fn a_priority_tells_severity_even_without_a_time() {
    for (body, more, message, time) in [
        ("<13>Nov 24 10:11:12 host app: m", json!({"host.name": "host", "service.name": "app"}), "m", TIME),
        ("<13>Nov 24 10:11:12 app[1]: m", json!({"service.name": "app", "process.pid": 1}), "m", TIME),
        ("<13>hello there", json!({}), "hello there", 1),
        ("<13>app[1]: hello", json!({"service.name": "app", "process.pid": 1}), "hello", 1),
        ("<13>", json!({}), "", 1),
    ] {
        let now = if time == TIME { TIME - 1 } else { 1 };
        let line = parse(&config(), Input::from(body).time_unix_nano(now));
        let mut expected = json!({"syslog.facility": "user", "syslog.facility.code": 1, "syslog.severity.code": 5});
        expected.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        assert_eq!(line.attributes, expected, "{body}");
        assert_eq!((line.time, line.severity, line.body.as_str()), (time, 10, message), "{body}");
    }
}

#[test]
fn without_a_year_it_is_the_one_nearest_to_when_the_batch_was_read() {
    const DAY: u64 = 86_400_000_000_000;
    // Read on the first of March 2026.
    let outcome = harness(config()).process(["Nov  4 10:11:12 host app: m", "Feb 28 10:11:12 host app: n"]).unwrap();
    assert_eq!(outcome.times, [TIME - (365 + 20) * DAY, TIME - 269 * DAY]);
    assert_eq!(outcome.kept(), ["m", "n"]);
}

#[test]
fn the_line_stays_the_body_unless_configured() {
    let body = "<13>1 - host - - - - m";
    assert_eq!(parse(&json!({"format": "syslog"}), body).body, body);
}
