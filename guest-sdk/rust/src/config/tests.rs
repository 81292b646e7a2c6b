//! That each kind of mistake is told with key, found and allowed, and all of them at once.

use serde::Deserialize;

use super::build;
use crate::{ConfigError, ConfigErrors};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only read by serde")]
struct Config {
    #[serde(default)]
    contains: Vec<String>,
    rate: Option<f64>,
    #[serde(default)]
    count: u32,
    field: Option<Field>,
    mode: Option<Mode>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only read by serde")]
struct Field {
    name: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Mode {
    Fast,
    Slow,
}

fn problems(json: &str) -> Vec<[String; 3]> {
    let errors = build::<Config, _>(json, Ok).map(|_| ()).unwrap_err();
    errors.into_iter().map(|error| [error.key, error.found, error.allowed]).collect()
}

#[test]
fn each_mistake_is_told_with_key_found_and_allowed() {
    for (json, key, found, allowed) in [
        (r#"{"contains":5}"#, "contains", "the number 5", "a list"),
        (r#"{"contains":["a",true]}"#, "contains[1]", "true", "a string"),
        (r#"{"count":-1}"#, "count", "the number -1", "a whole number, 0 or more"),
        (r#"{"rate":"x"}"#, "rate", "the string \"x\"", "a number"),
        (r#"{"field":{}}"#, "field.name", "no value", "a value"),
        (r#"{"field":{"name":null}}"#, "field.name", "no value", "a string"),
        (r#"{"field":{"name":"a","nome":1}}"#, "field.nome", "an unknown key", "`name`"),
        (r#"{"field":[]}"#, "field", "a list of 0", "a map"),
        (r#"{"mode":"quick"}"#, "mode", "the string quick", "`fast` or `slow`"),
        (r#"{"contain":[]}"#, "contain", "an unknown key", "one of `contains`, `rate`, `count`, `field`, `mode`"),
        ("5", "", "the number 5", "a map"),
    ] {
        assert_eq!(problems(json), [[key, found, allowed].map(String::from)], "{json}");
    }
}

#[test]
fn all_mistakes_are_told_at_once() {
    let keys: Vec<_> = problems(r#"{"contains":[1,2],"x":0,"field":{"name":7,"y":0},"rate":[]}"#);
    let mut keys: Vec<_> = keys.into_iter().map(|[key, ..]| key).collect();
    keys.sort();
    assert_eq!(keys, ["contains[0]", "field.name", "field.y", "rate", "x"]);
}

#[test]
fn no_configuration_is_read_as_an_empty_one() {
    assert!(build::<Config, _>("null", Ok).is_ok());
    assert!(build::<(), _>("null", Ok).is_ok());
    let errors = build::<Field, _>("null", Ok).unwrap_err();
    assert_eq!(errors.to_string(), "name: found no value, allowed: a value");
}

#[test]
fn broken_json_is_an_error_at_the_root() {
    assert!(problems("{")[0][1].starts_with("EOF while parsing"));
}

#[test]
fn an_unknown_key_does_not_hide_what_is_wrong_beside_it() {
    let refuse = |_: Config| -> Result<(), ConfigErrors> {
        let error = |key: &str| ConfigError::new(key, "one", "two");
        Err(vec![error(""), error("contains[0]"), error("field")].into())
    };
    let keys = |json| -> Vec<String> { build(json, refuse).unwrap_err().into_iter().map(|error| error.key).collect() };
    // That nothing is asked for, say, may well be the unknown key's fault.
    assert_eq!(keys(r#"{"contain":["a"]}"#), ["contain", "contains[0]", "field"]);
    assert_eq!(keys(r#"{"field":{"name":"a","nome":1}}"#), ["field.nome", "", "contains[0]"]);
    assert_eq!(keys(r#"{"contain":["a"],"rate":"x"}"#), ["contain", "rate"], "the rate may matter to the rest");
}
