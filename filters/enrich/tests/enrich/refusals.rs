//! Tables and configurations that are refused, and how that is told.

use crate::Table;
use logagent_filter_enrich::EnrichFilter;
use logagent_sdk::testing::Harness;
use serde_json::{Value, json};

fn problems(name: &'static str, text: impl AsRef<[u8]>, config: Value) -> Vec<(String, String)> {
    let refused = Table::new(name, text).filter(&config).err().unwrap_or_default();
    refused.into_iter().map(|error| (error.key, error.found)).collect()
}

fn config() -> Value {
    json!({"key": "id", "add": ["name"]})
}

fn found(key: &str, found: &str) -> (String, String) {
    (key.into(), found.into())
}

#[test]
fn what_is_wrong_in_a_csv_is_told_with_its_line() {
    let text = "id,name\na,1\nb,2,3\na,4\n,5\n\"x\ny\",6\nc\n";
    let expected = [
        found("table", "line 3: 3 values"),
        found("table", "line 4: the key \"a\" once more"),
        found("table", "line 5: no key"),
        found("table", "line 8: 1 values"),
    ];
    assert_eq!(problems("t.csv", text, config()), expected);
    let expected = [found("table", "line 2: bytes that are no UTF-8")];
    assert_eq!(problems("t.csv", b"id,name\na,\xff\n", config()), expected);
}

#[test]
fn a_column_that_is_used_has_a_name_of_its_own() {
    let expected = [found("table", "line 1: the column `name` twice")];
    assert_eq!(problems("t.csv", "id,name,name\na,1,2\n", config()), expected);
    assert_eq!(problems("t.csv", "id,name,,\na,1,,\n", config()), []);
}

#[test]
fn what_is_wrong_in_json_lines_is_told_with_its_line() {
    let text = "{\"id\":1,\"name\":\"a\"}\n[1]\n{\"id\":\"1\",\"name\":2}\n{\"name\":3}\n{\"id\":null}\n";
    let problems = problems("t.jsonl", text, config());
    assert!(problems[0].1.starts_with("line 2: invalid type: sequence"), "{problems:?}");
    let expected = [
        found("table", "line 3: the key \"1\" once more"),
        found("table", "line 4: no key"),
        found("table", "line 5: no key"),
    ];
    assert_eq!(problems[1..], expected);
}

#[test]
fn columns_that_the_table_lacks_are_told_with_those_that_it_has() {
    let lacking = json!({"key": "id", "column": "ID", "add": ["name", "age"]});
    let expected = [found("column", "`ID`, which the table lacks"), found("add[1]", "`age`, which the table lacks")];
    assert_eq!(problems("t.csv", "id,name\na,b\n", lacking.clone()), expected);
    let refused = Table::new("t.csv", "id,name\n").filter(&lacking).unwrap_err();
    assert!(refused.iter().all(|error| error.allowed == "a column of the first line: id, name"), "{refused}");
    let lacking = json!({"key": "id", "add": ["name", "age"]});
    assert_eq!(
        problems("t.jsonl", "{\"id\":1,\"name\":2}", lacking),
        [found("add[1]", "`age`, which the table lacks")]
    );
}

#[test]
fn no_more_problems_are_told_than_anybody_reads() {
    let lines = "x,y,z\n".repeat(1_000);
    assert_eq!(problems("t.csv", format!("id,name\n{lines}"), config()).len(), 10);
    assert_eq!(problems("t.jsonl", &lines, config()).len(), 10);
}

#[test]
fn a_table_of_no_rows_is_one() {
    assert_eq!(problems("t.csv", "id,name\n", config()), []);
    assert_eq!(problems("t.csv", "", config()).len(), 2);
}

#[test]
fn wrong_configurations_are_refused_with_every_problem() {
    let table = Table::new("t.csv", "id,name\na,b\n");
    for (config, expected) in [
        (json!({}), vec!["key", "add"]),
        (json!({"key": "", "add": []}), vec!["key", "add"]),
        (json!({"key": "id", "add": ["name", "name"]}), vec!["add[1]"]),
        (json!({"key": "id", "add": ["name"], "missing": "drop"}), vec!["missing"]),
    ] {
        let errors = table.filter(&config).err().unwrap_or_default();
        assert_eq!(errors.iter().map(|error| &*error.key).collect::<Vec<_>>(), expected, "{config}: {errors}");
    }
    for path in [json!("t.txt"), json!("csv"), json!("/no/such/file.csv"), json!(null)] {
        let config = json!({"table": path, "key": "id", "add": ["name"]});
        let errors = Harness::<EnrichFilter>::new(config).err().unwrap_or_default();
        assert_eq!(errors.iter().map(|error| &*error.key).collect::<Vec<_>>(), ["table"], "{path}: {errors}");
    }
}
