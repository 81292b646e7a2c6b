//! Which configurations are refused, and with which words.

use logagent_filter_trim::TrimFilter;
use logagent_sdk::testing::Harness;
use serde_json::{Value, json};

fn told(config: &Value) -> Vec<(String, String, String)> {
    let errors = Harness::<TrimFilter>::new(config.clone()).unwrap_err();
    errors.into_iter().map(|it| (it.key, it.found, it.allowed)).collect()
}

#[test]
fn what_is_wrong_is_told_with_key_found_and_allowed() {
    let any = "at least one of `remove`, `keep`, `rename`, `add`, `max_value_bytes`";
    let part = ("a path to the whole body", "a path to a part of it");
    let cases = [
        (json!(null), ("", "nothing to trim", any)),
        (json!({"remove": []}), ("remove", "an empty list", "one path or more")),
        (json!({"keep": []}), ("keep", "an empty list", "one path or more")),
        (json!({"rename": {}}), ("rename", "an empty map", "one path or more, and its new key")),
        (json!({"add": {}}), ("add", "an empty map", "one path or more, and its value")),
        (json!({"remove": "a"}), ("remove", "the string \"a\"", "a list")),
        (json!({"remove": ["$"]}), ("remove[0]", part.0, part.1)),
        (json!({"remove": ["a", "**.**"]}), ("remove[1]", part.0, part.1)),
        (json!({"keep": ["**"]}), ("keep[0]", part.0, part.1)),
        (json!({"remove": ["a", "b["]}), ("remove[1]", "the end at byte 2", "an index or `*`")),
        (json!({"keep": [""]}), ("keep[0]", "the path is empty; the root's is `$`", "a path to a part of the body")),
        (json!({"keep": ["a.b c.d"]}), ("keep[0]", "' ' at byte 3", "`.`, `[` or the end")),
        (json!({"rename": {"a[0]": "b"}}), ("rename.a[0]", "a path that ends in no key", "a path that ends in a key")),
        (json!({"rename": {"a.*": "b"}}), ("rename.a.*", "a path that ends in no key", "a path that ends in a key")),
        (json!({"rename": {"a": 1}}), ("rename.a", "the number 1", "a string")),
        (json!({"add": {"a[0].b": 1}}), ("add.a[0].b", "a path of more than keys", "keys joined by dots")),
        (json!({"add": {"$": 1}}), ("add.$", "a path of more than keys", "keys joined by dots")),
        (
            json!({"add": {"a": 1, "a.b.c": 2}}),
            ("add.a.b.c", "a path within another", "no path within a value that is added, too"),
        ),
        (json!({"add": {"\"a\"": 1, "a": 2}}), ("add.a", "the same path as \"a\"", "each path once")),
        (
            json!({"add": {"a": {"b": [1e300, u64::MAX]}}}),
            ("add.a", "a number beyond 64 bits", "numbers of 64 bits at most; a larger one as a string"),
        ),
        (json!({"max_value_bytes": 2}), ("max_value_bytes", "the number 2", "3 or more, the bytes of `ellipsis`")),
        (json!({"max_value_bytes": -1}), ("max_value_bytes", "the number -1", "a whole number, 0 or more")),
        (
            json!({"remove": ["a"], "ellipsis": "."}),
            ("ellipsis", "a text that nothing uses", "`max_value_bytes` beside it"),
        ),
    ];
    for (config, (key, found, allowed)) in cases {
        assert_eq!(told(&config), [(key.into(), found.into(), allowed.into())], "{config}");
    }
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let config = json!({
        "remove": ["a..b", "$"], "keep": [], "rename": {"x.": "y"}, "add": {"a.*": 1, "b]": 2},
        "max_value_bytes": 3, "ellipsis": "....",
    });
    let mut keys: Vec<_> = told(&config).into_iter().map(|(key, ..)| key).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["add.a.*", "add.b]", "keep", "max_value_bytes", "remove[0]", "remove[1]", "rename.x."]);
}

#[test]
fn more_steps_than_the_host_takes_are_refused_once_for_each_path() {
    let long = vec!["a"; 3000].join(".");
    let told = told(&json!({"keep": [long]}));
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].0, "keep[0]");
}
