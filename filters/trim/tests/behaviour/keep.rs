//! `keep`, alone and before `remove`.

use serde_json::json;

use crate::{check, check_malformed};

#[test]
fn only_what_is_kept_and_what_holds_it_stays() {
    check(
        &json!({"keep": ["time", "user.email"]}),
        &[
            (r#"{"time":1,"level":2,"user":{"id":3,"email":"x"}}"#, r#"{"time":1,"user":{"email":"x"}}"#),
            (r#"{"a":1, "time": {"b":[2]}, "c":3}"#, r#"{"time": {"b":[2]}}"#),
            (r#"{"user":{"id":3},"time":1}"#, r#"{"time":1}"#),
            (r#"{"user":"bob"}"#, "{}"),
            (r#"{"user":[{"email":1}]}"#, "{}"),
            (r#"{"a":1, "b":2}"#, "{}"),
            ("{ }", "{ }"),
            (r#"{"time":1,"time":2,"x":3}"#, r#"{"time":1,"time":2}"#),
            (r#"{"t\u0069me":1,"tim":2}"#, r#"{"t\u0069me":1}"#),
        ],
    );
}

#[test]
fn elements_stay_where_they_hold_what_is_kept() {
    check(
        &json!({"keep": ["items[*].id", "list[1]"]}),
        &[
            (r#"{"items":[{"id":1,"x":2},{"x":3},{"id":4}],"y":5}"#, r#"{"items":[{"id":1},{"id":4}]}"#),
            (r#"{"list":[1, [2], 3]}"#, r#"{"list":[[2]]}"#),
            (r#"{"items":[],"list":[]}"#, "{}"),
        ],
    );
    check(&json!({"keep": ["[*].id"]}), &[(r#"[{"id":1,"x":2}, {"x":3}, 4]"#, r#"[{"id":1}]"#), ("[1, 2]", "[]")]);
}

#[test]
fn what_is_kept_at_any_depth_keeps_all_that_holds_it() {
    check(
        &json!({"keep": ["**.id"]}),
        &[
            (r#"{"a":{"id":{"x":1},"y":2},"b":[{"id":3},{"z":4}],"c":5}"#, r#"{"a":{"id":{"x":1}},"b":[{"id":3}]}"#),
            (r#"[1,{"id":2}]"#, r#"[{"id":2}]"#),
        ],
    );
    check(&json!({"keep": ["a.**.id"]}), &[(r#"{"id":1,"a":{"b":{"id":2,"c":3}}}"#, r#"{"a":{"b":{"id":2}}}"#)]);
    check(&json!({"keep": ["*.id"]}), &[(r#"{"a":{"id":1,"b":2},"c":{"b":2}}"#, r#"{"a":{"id":1}}"#)]);
}

#[test]
fn keeping_comes_before_removing() {
    check(
        &json!({"keep": ["a", "b.c"], "remove": ["a.x", "b.c", "d"]}),
        &[
            (r#"{"a":{"x":1,"y":2},"b":{"c":3,"d":4},"d":5}"#, r#"{"a":{"y":2},"b":{}}"#),
            (r#"{"d":5,"a":{"x":1}}"#, r#"{"a":{}}"#),
        ],
    );
}

#[test]
fn kept_paths_within_each_other_keep_the_larger() {
    check(
        &json!({"keep": ["a.b", "a", "a.b.c"]}),
        &[(r#"{"a":{"b":{"c":1,"d":2},"e":3},"f":4}"#, r#"{"a":{"b":{"c":1,"d":2},"e":3}}"#)],
    );
}

#[test]
fn a_root_that_no_kept_path_begins_in_stays() {
    check_malformed(&json!({"keep": ["a"]}), &[br#"[{"a":1}]"#, b"1", br#""a""#, b" null "]);
    check_malformed(&json!({"keep": ["[0]"], "remove": ["a"]}), &[br#"{"a":1}"#, b"true"]);
}
