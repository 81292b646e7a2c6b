//! What is measured beside what, as data.

use super::{Case, commands, native};
use crate::input::{Kind, LITERAL};
use crate::place::Place;
use serde_json::{Value, json};

const EMAIL: &str = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}";
const CARD: &str = r"[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}";
const IPV4: &str = r"[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}";
const PHONE: &str = r"\+[0-9][0-9 ().-]{7,}[0-9]";
const IBAN: &str = r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}";
const IPV6: &str = r"(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}";
const JWT: &str = r"eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+";
const AWS: &str = r"(?:AKIA|ASIA)[A-Z0-9]{16}";
const BEARER: &str = r"(?i:bearer) [A-Za-z0-9._~+/-]+=*";
const NGINX: &str =
    r#"^(\S+) - (\S+) \[([^\]]+)\] "(\S+) (\S+) HTTP/([0-9.]+)" ([0-9]{3}) ([0-9]+|-) "([^"]*)" "([^"]*)"$"#;

/// Half of the lines hold the first; the others are nowhere.
const TEN: [&str; 10] = [
    LITERAL,
    "never written",
    "\"service\":\"billing\"",
    "GET /healthz",
    "kube-probe",
    "\"level\":\"TRACE\"",
    "heartbeat",
    "/v3/orders",
    "connection reset",
    "\"status\":418",
];

pub(super) fn all(place: &Place) -> Vec<Case> {
    let mut cases = drops(place);
    cases.extend(redactions());
    cases.extend(rewrites());
    cases.extend(parses());
    cases
}

fn case(what: &'static str, input: Kind, filter: &'static str, config: Value) -> Case {
    Case { what, input, filters: vec![(filter, config)], rivals: Vec::new(), at_least: None }
}

fn drops(place: &Place) -> Vec<Case> {
    let fixed = commands::grep("grep -cvF", &["-F", LITERAL], Some(1.4));
    let ten = "\"level\":\"DEBUG\"|never written|\"service\":\"billing\"|GET /healthz|kube-probe|\
               \"level\":\"TRACE\"|heartbeat|/v3/orders|connection reset|\"status\":418";
    let below = json!({"field": {"name": "level", "below": "info"}});
    let in_guest = commands::guest(place, "search-in-guest");
    vec![
        Case {
            rivals: vec![fixed, commands::no_filter(place, Some(0.6)), in_guest],
            ..case("drop, one literal", Kind::Service, "drop", json!({"contains": [LITERAL]}))
        },
        Case {
            rivals: vec![commands::grep("grep -cvE", Box::leak(Box::new(["-E", ten])), None)],
            at_least: Some(1000.0),
            ..case("drop, ten literals", Kind::Service, "drop", json!({"contains": TEN}))
        },
        Case {
            rivals: vec![commands::grep("grep -cvE", &["-E", r#""level":"(DEBUG|TRACE)""#], Some(2.0))],
            ..case("drop, a regex", Kind::Service, "drop", json!({"regex": [r#""level":"(DEBUG|TRACE)""#]}))
        },
        Case {
            rivals: vec![
                native::json_level(Some(5.0)),
                native::json_level_typed(None),
                commands::grep("grep -cvF", &["-F", LITERAL], None),
            ],
            ..case("drop, field below info", Kind::Service, "drop", below)
        },
    ]
}

fn redactions() -> Vec<Case> {
    const SED: [&str; 6] = [
        "-E",
        "-e",
        r"s/[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}/[email]/g",
        "-e",
        r"s/[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}/[card]/g",
        concat!("-es/", r"[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}", "/[ipv4]/g"),
    ];
    let three = [EMAIL, CARD, IPV4];
    let every = [EMAIL, CARD, IPV4, PHONE, IBAN, IPV6, JWT, AWS, BEARER];
    let kinds = ["email", "card", "ipv4", "ipv6", "phone", "iban", "jwt", "aws_key", "bearer"];
    let fields = native::json(Some(5.0), |object| {
        for key in ["user", "email"] {
            object.insert(key.into(), "[redacted]".into());
        }
    });
    let jq = commands::jq(&["-c", r#".user = "[user]" | .email = "[email]""#]);
    vec![
        Case {
            rivals: vec![native::replace(&three, Some(2.5)), commands::sed(&SED, Some(20.0))],
            at_least: Some(1000.0),
            ..case("redact, email card ipv4", Kind::People, "redact", json!({"kinds": ["email", "card", "ipv4"]}))
        },
        Case {
            rivals: vec![native::replace(&three, None)],
            ..case(
                "redact, the same by mask",
                Kind::People,
                "redact",
                json!({"kinds": ["email", "card", "ipv4"], "with": "mask"}),
            )
        },
        Case {
            rivals: vec![native::replace(&every, Some(2.5))],
            at_least: Some(600.0),
            ..case("redact, all kinds", Kind::People, "redact", json!({"kinds": kinds}))
        },
        Case {
            rivals: std::iter::once(fields).chain(jq).collect(),
            at_least: Some(1000.0),
            ..case("redact, fields user email", Kind::People, "redact", json!({"fields": ["user", "email"]}))
        },
    ]
}

fn rewrites() -> Vec<Case> {
    let serde = native::json(Some(5.0), |object| {
        object.remove("user");
        object.insert("env".into(), "prod".into());
    });
    let jq = commands::jq(&["-c", r#"del(.user) | .env = "prod""#]);
    vec![Case {
        rivals: std::iter::once(serde).chain(jq).collect(),
        at_least: Some(1000.0),
        ..case("trim, remove one add one", Kind::People, "trim", json!({"remove": ["user"], "add": {"env": "prod"}}))
    }]
}

fn parses() -> Vec<Case> {
    vec![
        Case {
            rivals: vec![native::captures(NGINX, Some(2.0))],
            ..case("parse nginx", Kind::Nginx, "parse", json!({"format": "nginx"}))
        },
        Case {
            rivals: vec![native::json(Some(2.0), |_| ())],
            ..case("parse json", Kind::Service, "parse", json!({"format": "json"}))
        },
    ]
}

/// What logs of people go through: all that is in a line becomes known, half of the lines go, what is private goes, and
/// half of the people.
pub(super) fn chain() -> Case {
    Case {
        filters: vec![
            ("parse", json!({"format": "json"})),
            ("drop", json!({"field": {"name": "level", "below": "info"}})),
            ("redact", json!({"kinds": ["email", "card", "ipv4"]})),
            ("sample", json!({"rate": 0.5, "key": "user"})),
        ],
        ..case("parse → drop → redact → sample", Kind::People, "parse", Value::Null)
    }
}
