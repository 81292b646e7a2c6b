//! What is added to records.

use crate::Table;
use logagent_sdk::testing::{Input, Outcome};
use logagent_sdk::{Attributes, Entries, Value as Packed};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const TEAMS: &str = "service,team,tier\napi,core,1\nweb,\"front, \"\"end\"\"\",\ndb,,3\n";

fn attributes(packed: &[u8]) -> Vec<(String, Value)> {
    let value = |value| match value {
        Packed::Text(text) => json!(text),
        Packed::Int(number) => json!(number),
        Packed::Float(number) => json!(number),
        Packed::Bool(truth) => json!(truth),
        other => json!(format!("{other:?}")),
    };
    Entries::of(packed).map(|(name, it)| (name.text().unwrap().to_owned(), value(it))).collect()
}

fn joined(table: &Table, config: Value, inputs: impl IntoIterator<Item = Input>) -> (Outcome, Vec<Value>) {
    let outcome = table.filter(&config).unwrap().process(inputs).unwrap();
    let objects = outcome.attributes.iter().map(|it| Value::Object(attributes(it).into_iter().collect())).collect();
    (outcome, objects)
}

#[test]
fn columns_of_the_row_become_attributes() {
    let table = Table::new("teams.csv", TEAMS);
    let inputs = [r#"{"service":"web"}"#, r#"{"service":"db"}"#, r#"{"service":"api"}"#];
    let (outcome, found) = joined(&table, json!({"key": "service", "add": ["team", "tier"]}), inputs.map(Input::from));
    assert_eq!(found, [json!({"team": "front, \"end\""}), json!({"tier": "3"}), json!({"team": "core", "tier": "1"})]);
    assert_eq!(outcome.kept(), inputs);
}

#[test]
fn misses_pass_or_are_marked_and_are_counted() {
    let table = Table::new("teams.csv", TEAMS);
    let inputs = || [r#"{"service":"api"}"#, r#"{"service":"ftp"}"#, "no JSON"].map(Input::from);
    let config = |missing: &str| json!({"key": "service", "add": ["team"], "missing": missing});
    let (outcome, found) = joined(&table, config("pass"), inputs());
    assert_eq!(found, [json!({"team": "core"}), json!({}), json!({})]);
    assert_eq!((outcome.counters["missing"], outcome.counters["keyless"]), (1, 1));
    let (_, found) = joined(&table, config("mark"), inputs());
    let mark = json!({"enrich.missing": true});
    assert_eq!(found, [json!({"team": "core"}), mark.clone(), mark]);
}

#[test]
fn attributes_that_are_there_stay_in_front_and_one_of_a_columns_name_is_replaced() {
    let table = Table::new("teams.csv", TEAMS);
    let mut had = Attributes::default();
    had.text("service", "api");
    had.int("n", 5);
    had.encoded("list", b"\x91\x01");
    let plain = Input::from("a").attributes(had.bytes());
    had.text("team", "old");
    had.encoded("raw", b"\xc4\x01\xff");
    let colliding = Input::from("b").attributes(had.bytes());
    let config = json!({"key": "service", "add": ["team", "tier"]});
    let outcome = table.filter(&config).unwrap().process([plain, colliding]).unwrap();
    let names = |index: usize| attributes(&outcome.attributes[index]).into_iter().map(|(name, _)| name);
    assert_eq!(names(0).collect::<Vec<_>>(), ["service", "n", "list", "team", "tier"]);
    assert_eq!(names(1).collect::<Vec<_>>(), ["service", "n", "list", "raw", "team", "tier"]);
    assert_eq!(attributes(&outcome.attributes[1])[4].1, "core");
    assert!(Entries::of(&outcome.attributes[1]).any(|(_, value)| value == Packed::Bytes(b"\xff")));
}

#[test]
fn a_large_map_gets_a_larger_head() {
    let table = Table::new("teams.csv", TEAMS);
    let mut had = Attributes::default();
    had.text("service", "api");
    (0..14).for_each(|number| had.int(&format!("n{number}"), number));
    let config = json!({"key": "service", "add": ["team", "tier"]});
    let (_, found) = joined(&table, config, [Input::from("a").attributes(had.bytes())]);
    assert_eq!((found[0].as_object().unwrap().len(), &found[0]["tier"]), (17, &json!("1")));
}

#[test]
fn attributes_that_are_no_map_stay_as_they_are() {
    let table = Table::new("teams.csv", TEAMS);
    let config = json!({"key": "service", "add": ["team"]});
    let input = Input::from(r#"{"service":"api"}"#).attributes(b"\xc0");
    let outcome = table.filter(&config).unwrap().process([input]).unwrap();
    assert_eq!((outcome.counters["malformed"], &*outcome.attributes[0]), (1, &b"\xc0"[..]));
}

#[test]
fn json_lines_keep_their_types_and_keys_are_one_however_they_are_written() {
    let table = Table::new(
        "codes.jsonl",
        "\u{feff}{\"code\":5,\"name\":\"five\",\"ratio\":0.5,\"ok\":true,\"list\":[1,{\"a\":null}]}\n\n{\"code\":\"7\",\"name\":null}\n",
    );
    let config = json!({"key": "status", "column": "code", "add": ["name", "ratio", "ok", "list"]});
    let inputs = [r#"{"status":5}"#, r#"{"status":"5"}"#, r#"{"status":5.0}"#, r#"{"status":7}"#].map(Input::from);
    let (outcome, found) = joined(&table, config, inputs);
    assert_eq!((&found[0]["name"], &found[0]["ratio"], &found[0]["ok"]), (&json!("five"), &json!(0.5), &json!(true)));
    assert!(outcome.attributes[0].ends_with(b"\xa4list\x92\x01\x81\xa1a\xc0"));
    assert!(found[1] == found[0] && found[2] == found[0]);
    assert_eq!(found[3], json!({}));
    assert!(!outcome.counters.contains_key("missing"), "a row without values is a row");
}

proptest! {
    #[test]
    fn what_a_map_holds_is_found(
        rows in prop::collection::btree_map("[a-c,\"é\n]{1,4}", "[ a-z,\"\n]{0,5}", 1..40),
        asked in prop::collection::vec("[a-c,\"é\n]{1,4}", 1..40),
    ) {
        let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        let lines: Vec<String> = rows.iter().map(|(key, value)| format!("{},{}\n", quoted(key), quoted(value))).collect();
        let csv = Table::new("t.csv", format!("key,value\n{}", lines.concat()));
        let lines: Vec<String> = rows.iter().map(|(key, value)| json!({"key": key, "value": value}).to_string()).collect();
        let jsonl = Table::new("t.jsonl", lines.join("\n"));
        let config = json!({"key": "key", "add": ["value"]});
        let inputs = || asked.iter().map(|key| Input::from(json!({"key": key}).to_string()));
        let expected = |keeps_empty: bool| -> Vec<BTreeMap<&str, &str>> {
            let value = |key: &String| rows.get(key).filter(|value| keeps_empty || !value.is_empty());
            asked.iter().map(|key| value(key).map(|value| ("value", value.as_str())).into_iter().collect()).collect()
        };
        prop_assert_eq!(joined(&csv, config.clone(), inputs()).1, json!(expected(false)).as_array().unwrap().clone());
        if rows.values().any(|value| !value.is_empty()) {
            prop_assert_eq!(joined(&jsonl, config, inputs()).1, json!(expected(true)).as_array().unwrap().clone());
        }
    }
}
