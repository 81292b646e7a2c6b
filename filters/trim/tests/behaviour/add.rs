//! `add`, alone and beside the others.

use serde_json::json;

use crate::{check, check_malformed};

#[test]
fn a_member_is_added_at_the_end() {
    check(
        &json!({"add": {"env": "prod", "n": {"x": [1, null]}}}),
        &[
            ("{}", r#"{"env":"prod","n":{"x":[1,null]}}"#),
            ("{ }", r#"{"env":"prod","n":{"x":[1,null]} }"#),
            (r#"{"a":1}"#, r#"{"a":1,"env":"prod","n":{"x":[1,null]}}"#),
            ("{\n \"a\": {}\n}\n", "{\n \"a\": {},\"env\":\"prod\",\"n\":{\"x\":[1,null]}\n}\n"),
            (r#"{"a":{"env":1}}"#, r#"{"a":{"env":1},"env":"prod","n":{"x":[1,null]}}"#),
        ],
    );
}

#[test]
fn the_value_of_a_member_that_is_there_is_replaced() {
    check(
        &json!({"add": {"a": 5, "u.x": true}}),
        &[
            (r#"{"a" : {"b":1} , "c":2}"#, r#"{"a" : 5 , "c":2}"#),
            (r#"{"a":1,"\u0061":2}"#, r#"{"a":5,"\u0061":5}"#),
            (r#"{"a":5}"#, r#"{"a":5}"#),
            (r#"{"u":{"x":"long"},"a":1}"#, r#"{"u":{"x":true},"a":5}"#),
        ],
    );
}

#[test]
fn a_nested_object_gets_its_member_where_there_is_one() {
    check(
        &json!({"add": {"u.v.x": 1, "u.y": 2, r#""u.v".z"#: 3}}),
        &[
            (r#"{"u":{}}"#, r#"{"u":{"y":2}}"#),
            (r#"{"u":{"v":{}}}"#, r#"{"u":{"v":{"x":1},"y":2}}"#),
            (
                r#"{"u":{"v":{"x":0,"w":0}},"u":{"v":{"w":0}}}"#,
                r#"{"u":{"v":{"x":1,"w":0},"y":2},"u":{"v":{"w":0,"x":1},"y":2}}"#,
            ),
            (r#"{"u.v":{"a":1}}"#, r#"{"u.v":{"a":1,"z":3}}"#),
            (r#"{"u":5}"#, r#"{"u":5}"#),
            (r#"{"u":[{"v":{}}]}"#, r#"{"u":[{"v":{}}]}"#),
            ("{}", "{}"),
            ("[]", "[]"),
            ("1", "1"),
        ],
    );
}

#[test]
fn what_is_added_knows_of_what_goes() {
    check(
        &json!({"remove": ["a", "u.x", "g"], "add": {"a": 1, "u.x": 2, "g.h": 3}}),
        &[
            (r#"{"a":0}"#, r#"{"a":1}"#),
            (r#"{ "a":0 }"#, r#"{"a":1}"#),
            (r#"{"a":0, "b":0}"#, r#"{"b":0,"a":1}"#),
            (r#"{"b":0, "a":0}"#, r#"{"b":0,"a":1}"#),
            (r#"{"u":{"x":{"y":1}},"g":{}}"#, r#"{"u":{"x":2},"a":1}"#),
        ],
    );
    check(
        &json!({"keep": ["u.v"], "add": {"a": 1, "u.x": 2}}),
        &[(r#"{"a":0,"u":{"v":0,"x":0}}"#, r#"{"u":{"v":0,"x":2},"a":1}"#), (r#"{"b":0,"u":{"x":0}}"#, r#"{"a":1}"#)],
    );
}

#[test]
fn a_renamed_member_makes_room_for_an_added_one() {
    check(
        &json!({"rename": {"a": "b", "u": "v"}, "add": {"a": 1, "u.x": 2}}),
        &[(r#"{"a":0,"u":{}}"#, r#"{"b":0,"v":{"x":2},"a":1}"#)],
    );
}

#[test]
fn a_root_that_is_no_object_gets_no_member() {
    check_malformed(&json!({"add": {"a": 1}, "remove": ["[0]"]}), &[b"[1]", b"1", br#""a""#, b"null"]);
}
