//! nginx's access and error logs.

use logagent_sdk::testing::Outcome;
use serde_json::{Value, json};

use crate::common::{TIME, attributes, harness, parse, read};

fn config() -> Value {
    json!({"format": "nginx"})
}

const HEAD: &str = "203.0.113.7 - - [24/Nov/2026:10:11:12 +0000]";

/// The attributes of a request line, with what is the same in each left out.
fn request(request: &str) -> Option<Value> {
    let mut attributes = read(&config(), &format!("{HEAD} \"{request}\" 200 612 \"-\" \"-\""))?;
    let map = attributes.as_object_mut().unwrap();
    assert_eq!(map.remove("client.address"), Some(json!("203.0.113.7")));
    assert_eq!(map.remove("http.response.status_code"), Some(json!(200)));
    assert_eq!(map.remove("http.response.body.size"), Some(json!(612)));
    Some(attributes)
}

#[test]
fn a_combined_line_is_read_whole() {
    let body = r#"2001:db8::1 - anna [24/Nov/2026:11:11:12 +0100] "POST /a/b?x=1&y=2 HTTP/2.0" 404 1024 "https://example.org/" "Mozilla/5.0 (X11; Linux) \"q\" \x22z\x22 \xC3\xA9""#;
    let line = parse(&config(), body);
    let expected = json!({
        "client.address": "2001:db8::1", "user.name": "anna", "http.request.method": "POST", "url.path": "/a/b",
        "url.query": "x=1&y=2", "network.protocol.version": "2", "http.response.status_code": 404,
        "http.response.body.size": 1024, "http.request.header.referer": "https://example.org/",
        "user_agent.original": "Mozilla/5.0 (X11; Linux) \"q\" \"z\" é",
    });
    assert_eq!((line.attributes, line.time, line.severity, line.body.as_str()), (expected, TIME, 0, body));
}

#[test]
fn requests_of_all_kinds_are_read() {
    for (line, expected) in [
        ("GET / HTTP/1.1", json!({"http.request.method": "GET", "url.path": "/", "network.protocol.version": "1.1"})),
        (
            "GET /a? HTTP/1.0",
            json!({"http.request.method": "GET", "url.path": "/a", "network.protocol.version": "1.0"}),
        ),
        (
            "GET /a b?c d HTTP/1.1",
            json!({"http.request.method": "GET", "url.path": "/a b", "url.query": "c d",
            "network.protocol.version": "1.1"}),
        ),
        (
            "M-SEARCH * HTTP/1.1",
            json!({"http.request.method": "M-SEARCH", "url.original": "*",
            "network.protocol.version": "1.1"}),
        ),
        (
            "CONNECT a.example:443 HTTP/1.1",
            json!({"http.request.method": "CONNECT", "url.original": "a.example:443",
            "network.protocol.version": "1.1"}),
        ),
        (
            "GET http://a.example/b?c HTTP/1.1",
            json!({"http.request.method": "GET",
            "url.original": "http://a.example/b?c", "network.protocol.version": "1.1"}),
        ),
        (
            "GET /\\x22quoted\\x22 HTTP/3.0",
            json!({"http.request.method": "GET", "url.path": "/\"quoted\"",
            "network.protocol.version": "3"}),
        ),
        ("-", json!({})),
        ("", json!({})),
        ("\\x16\\x03\\x01\\x02", json!({"http.request.line": "\u{16}\u{3}\u{1}\u{2}"})),
        ("\\x16\\x03\\xff", json!({"http.request.line": "\\x16\\x03\\xff"})),
        ("GET /", json!({"http.request.line": "GET /"})),
        ("quit", json!({"http.request.line": "quit"})),
        ("1 2 HTTP/1.1", json!({"http.request.line": "1 2 HTTP/1.1"})),
    ] {
        assert_eq!(request(line), Some(expected), "{line}");
    }
}

#[test]
fn shorter_and_longer_formats_are_read() {
    let base = json!({"client.address": "203.0.113.7", "http.request.method": "GET", "url.path": "/",
        "network.protocol.version": "1.1", "http.response.status_code": 200});
    for (tail, more) in [
        ("-", json!({})),
        ("5", json!({"http.response.body.size": 5})),
        ("5 \"-\" \"curl/8\"", json!({"http.response.body.size": 5, "user_agent.original": "curl/8"})),
        (
            "0 \"r\" \"-\" \"10.0.0.1, 10.0.0.2\"",
            json!({"http.response.body.size": 0, "http.request.header.referer": "r",
            "http.request.header.x-forwarded-for": "10.0.0.1, 10.0.0.2"}),
        ),
        ("0 \"-\" \"-\" 0.003 upstream", json!({"http.response.body.size": 0})),
    ] {
        let mut expected = base.clone();
        expected.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let body = format!("{HEAD} \"GET / HTTP/1.1\" 200 {tail}");
        assert_eq!(read(&config(), &body), Some(expected), "{body}");
    }
}

#[test]
fn a_users_name_may_hold_blanks_and_brackets() {
    let user = |body: &str| read(&config(), body).map(|attributes| attributes["user.name"].clone());
    let tail = r#"[24/Nov/2026:10:11:12 +0000] "GET / HTTP/1.1" 200 5 "-" "-""#;
    assert_eq!(user(&format!("::1 - anna b {tail}")), Some(json!("anna b")));
    assert_eq!(user(&format!("::1 - a[b] [x {tail}")), Some(json!("a[b] [x")));
    assert_eq!(user(&format!("unix: - - {tail}")), Some(json!(null)));
}

#[test]
fn what_is_no_line_of_nginx_is_malformed() {
    for body in [
        "",
        "hello",
        HEAD,
        r#"1.2.3.4 - - [24/Nov/2026:10:11:12 +0000] "GET / HTTP/1.1""#,
        r#"1.2.3.4 - - [24/Nov/2026:10:11:12 +0000] "GET / HTTP/1.1" 200"#,
        r#"1.2.3.4 - - [24/Nov/2026:10:11:12 +0000] "GET / HTTP/1.1 200 5"#,
        r#"1.2.3.4 - - [32/Nov/2026:10:11:12 +0000] "GET / HTTP/1.1" 200 5 "-" "-""#,
        r#"1.2.3.4 - - [24/Nov/2026:10:11:12 +0000] "GET / HTTP/1.1" 200 5 "-" "open"#,
        r#"1.2.3.4 - - [24/Nov/2026:10:11:12 +0000] "GET / HTTP/1.1" 200 5 "-" "-"x"#,
        r#" - - [24/Nov/2026:10:11:12 +0000] "GET / HTTP/1.1" 200 5 "-" "-""#,
        "2026/11/24 10:11:12 [loud] 1#1: x",
        "2026/11/24 10:11:12 [error] x",
        "2026/13/24 10:11:12 [error] 1#1: x",
        "2026/11/24 10:11:12",
    ] {
        assert_eq!(read(&config(), body), None, "{body}");
    }
}

#[test]
fn an_error_line_has_time_severity_and_message() {
    let config = json!({"format": "nginx", "body": "message", "prefix": "web."});
    for (body, severity, attributes, message) in [
        (
            r#"2026/11/24 10:11:12 [error] 123#456: *789 open() "/x" failed (2: No such file), client: ::1"#,
            17,
            json!({"web.process.pid": 123, "web.thread.id": 456, "web.nginx.connection.id": 789}),
            r#"open() "/x" failed (2: No such file), client: ::1"#,
        ),
        (
            "2026/11/24 10:11:12 [notice] 1#1: start worker processes",
            10,
            json!({"web.process.pid": 1, "web.thread.id": 1}),
            "start worker processes",
        ),
        ("2026/11/24 10:11:12 [emerg] 1#1: *x", 21, json!({"web.process.pid": 1, "web.thread.id": 1}), "*x"),
    ] {
        let line = parse(&config, body);
        assert_eq!(line.attributes, attributes, "{body}");
        assert_eq!((line.time, line.severity, line.body.as_str()), (TIME, severity, message), "{body}");
    }
}

/// What is behind the known formats is left alone, and read step by step: what is said before it must not change.
#[test]
fn a_line_says_the_same_whether_its_format_is_known_or_goes_on() {
    let mut harness = harness(config());
    for line in [
        r#"203.0.113.7 - anna [24/Nov/2026:10:11:12 +0000] "GET /a/b?x=1 HTTP/1.1" 200 612 "https://e.org/" "curl/8 (x)""#,
        r#"::1 - - [24/Nov/2026:10:11:12 +0000] "POST /a HTTP/2.0" 404 - "-" "Mozilla/5.0 (X11; Linux x86_64)" "10.0.0.1""#,
    ] {
        let mut lines = vec![line.as_bytes().to_vec()];
        for at in 0..line.len() {
            let (start, behind) = line.as_bytes().split_at(at);
            lines.push([start, &behind[1..]].concat());
            for byte in b" \"[]/-?1aA.:\\\x16\xc3\r" {
                lines.push([start, &[*byte], &behind[1..]].concat());
                lines.push([start, &[*byte], behind].concat());
            }
        }
        let longer = lines.iter().map(|line| [line, &b" 0.5 -"[..]].concat());
        let known = harness.process(lines.iter().map(|line| [line, &b"\r"[..]].concat())).unwrap();
        let longer = harness.process(longer).unwrap();
        for (index, line) in lines.iter().enumerate() {
            let said = |outcome: &Outcome| (attributes(&outcome.attributes[index]), outcome.times[index]);
            assert_eq!(said(&known), said(&longer), "{}", String::from_utf8_lossy(line));
        }
    }
}
