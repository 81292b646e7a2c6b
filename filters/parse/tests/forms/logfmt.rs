//! Lines of `key=value` pairs.

use serde_json::{Value, json};

use crate::common::{TIME, parse, read};

fn config() -> Value {
    json!({"format": "logfmt"})
}

#[test]
fn each_pair_becomes_an_attribute() {
    for (body, expected) in [
        ("a=b", json!({"a": "b"})),
        ("a=1 b=-2.5 c=1e3", json!({"a": 1, "b": -2.5, "c": 1000.0})),
        ("a=true b=false c", json!({"a": true, "b": false, "c": true})),
        ("flag a=1", json!({"flag": true, "a": 1})),
        (r#"a="b c" d=e"#, json!({"a": "b c", "d": "e"})),
        (r#"a="say \"hi\"\n\t\\ \u00e9""#, json!({"a": "say \"hi\"\n\t\\ é"})),
        (r#"a="1" b="true""#, json!({"a": "1", "b": "true"})),
        ("a= b=", json!({"a": "", "b": ""})),
        (r#"a="""#, json!({"a": ""})),
        ("  a=1 \t b=2  ", json!({"a": 1, "b": 2})),
        ("a=007 b=1.2.3 c=0x1f d=-", json!({"a": "007", "b": "1.2.3", "c": "0x1f", "d": "-"})),
        ("a=18446744073709551615", json!({"a": u64::MAX})),
        ("a=123456789012345678901", json!({"a": "123456789012345678901"})),
        ("a=b=c d==e", json!({"a": "b=c", "d": "=e"})),
        (r#"a=b"c d"#, json!({"a": "b\"c", "d": true})),
        ("a=1 a=2", json!({"a": 1})),
        ("a.b=1 c/d-e_f=2", json!({"a.b": 1, "c/d-e_f": 2})),
        ("ключ=значение", json!({"ключ": "значение"})),
        (
            "at=info method=GET path=/ host=x.example fwd=\"1.2.3.4\" dyno=web.1 connect=1ms status=200 bytes=13",
            json!({"at": "info", "method": "GET", "path": "/", "host": "x.example", "fwd": "1.2.3.4", "dyno": "web.1",
                "connect": "1ms", "status": 200, "bytes": 13}),
        ),
        (r"a=\n", json!({"a": "\\n"})),
        ("a=null", json!({"a": "null"})),
    ] {
        assert_eq!(read(&config(), body), Some(expected), "{body}");
    }
}

#[test]
fn what_is_no_row_of_pairs_is_malformed() {
    for body in [
        "",
        "   ",
        "plain prose",
        "word",
        "=1",
        "a=1 =2",
        r#"a="b"#,
        r#"a="b"c"#,
        r#"a="b\"#,
        r#""a"=1"#,
        r#"a"b=1"#,
        "a\u{1}b=1",
    ] {
        assert_eq!(read(&config(), body), None, "{body}");
    }
    assert!(parse(&config(), &b"\xff=1"[..]).is_malformed);
}

#[test]
fn bytes_that_are_no_utf8_stay_bytes() {
    assert_eq!(parse(&config(), &b"a=\xff b=c"[..]).attributes, json!({"a": {"bytes": [255]}, "b": "c"}));
}

#[test]
fn time_severity_and_body_are_found_by_name() {
    let config = json!({"format": "logfmt", "body": "msg"});
    for (body, time, severity, expected) in [
        ("time=2026-11-24T10:11:12Z level=info msg=\"disk full\"", TIME, 9, "disk full"),
        ("ts=1795515072.000 lvl=eror msg=\"a\\tb\"", TIME, 17, "a\tb"),
        ("time=\"2026-11-24 10:11:12\" severity=6 msg=ok", TIME, 9, "ok"),
        ("level=warn msg", 0, 13, "level=warn msg"),
    ] {
        let line = parse(&config, body);
        assert_eq!((line.time, line.severity, line.body.as_str()), (time, severity, expected), "{body}");
        assert_eq!(line.attributes.get("msg"), None);
    }
}
