//! Which configurations are refused, and what is said of them.

use logagent_filter_parse::ParseFilter;
use logagent_sdk::testing::Harness;
use serde_json::json;

#[test]
fn what_is_wrong_is_told_with_key_found_and_allowed() {
    let stands = "no value: the format says where it stands";
    let cases = [
        (json!(null), vec![("format", "no value", "a value")]),
        (
            json!({"format": "xml"}),
            vec![("format", "the string xml", "one of `json`, `logfmt`, `nginx`, `syslog`, `cri`, `regex`")],
        ),
        (json!({"format": "regex"}), vec![("pattern", "no value", "a regular expression with named groups")]),
        (
            json!({"format": "regex", "pattern": "("}),
            vec![("pattern", "unclosed group", "a regular expression of the regex crate with named groups")],
        ),
        (
            json!({"format": "regex", "pattern": "(a)"}),
            vec![(
                "pattern",
                "a pattern without named groups",
                "a regular expression of the regex crate with named groups",
            )],
        ),
        (
            json!({"format": "regex", "pattern": "(?<a>b)", "body": "c", "time": {"field": "d"}, "severity": {"field": "e"}}),
            vec![
                ("body", "the string \"c\"", "a group of the pattern"),
                ("time.field", "the string \"d\"", "a group of the pattern"),
                ("severity.field", "the string \"e\"", "a group of the pattern"),
            ],
        ),
        (
            json!({"format": "json", "pattern": "(?<a>b)"}),
            vec![("pattern", "a pattern", "no value: it is for the format `regex`")],
        ),
        (
            json!({"format": "cri", "time": {}, "severity": {"field": "a"}, "body": "b"}),
            vec![
                ("time", "a map", stands),
                ("severity", "a map", stands),
                ("body", "the string \"b\"", "`keep` or `message`"),
            ],
        ),
        (
            json!({"format": "json", "body": "", "time": {"field": ""}, "time_zone": "Berlin"}),
            vec![
                ("body", "an empty string", "a member's name"),
                ("time.field", "an empty string", "a member's name"),
                ("time_zone", "the string \"Berlin\"", "hours and minutes from UTC, as in `+01:00`, or `Z`"),
            ],
        ),
        (
            json!({"format": "json", "on_failure": "route"}),
            vec![("on_failure", "the string route", "`keep` or `drop`")],
        ),
    ];
    for (config, expected) in cases {
        let errors = Harness::<ParseFilter>::new(config.clone()).unwrap_err();
        let told: Vec<_> = errors.iter().map(|it| (it.key.as_str(), it.found.as_str(), it.allowed.as_str())).collect();
        assert_eq!(told, expected, "{config}");
    }
}

#[test]
fn what_is_right_is_taken() {
    for config in [
        json!({"format": "json", "time": {"format": "rfc3339"}, "on_failure": "keep"}),
        json!({"format": "logfmt", "time_zone": "-0530", "body": "keep"}),
        json!({"format": "syslog", "body": "message"}),
        json!({"format": "cri", "body": "keep"}),
        json!({"format": "nginx", "prefix": "web."}),
    ] {
        assert!(Harness::<ParseFilter>::new(config.clone()).is_ok(), "{config}");
    }
}
