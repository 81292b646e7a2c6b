//! `rename`.

use serde_json::json;

use crate::check;

#[test]
fn a_renamed_member_stays_in_its_place() {
    check(
        &json!({"rename": {"msg": "message", "user.mail": "e\"mail", "items[*].n": "", "**.ts": "時"}}),
        &[
            (r#"{"a":1, "msg" : "x", "b":2}"#, r#"{"a":1, "message" : "x", "b":2}"#),
            (r#"{"user":{"mail":1},"mail":2}"#, r#"{"user":{"e\"mail":1},"mail":2}"#),
            (r#"{"items":[{"n":1},{"n":2}]}"#, r#"{"items":[{"":1},{"":2}]}"#),
            (r#"{"ts":{"ts":1},"a":[{"ts":2}]}"#, r#"{"時":{"時":1},"a":[{"時":2}]}"#),
            (r#"{"m\u0073g":1,"msg":2}"#, r#"{"message":1,"message":2}"#),
            ("{\"msg\"\n:\n1}", "{\"message\"\n:\n1}"),
            (r#"["msg"]"#, r#"["msg"]"#),
            (r#"{"x":"msg"}"#, r#"{"x":"msg"}"#),
        ],
    );
}

#[test]
fn a_key_that_is_right_already_is_left_alone() {
    let config = json!({"rename": {"*.b": "b"}});
    check(&config, &[(r#"{"a":{"b":1}}"#, r#"{"a":{"b":1}}"#), (r#"{"a":{"\u0062":1}}"#, r#"{"a":{"b":1}}"#)]);
}

#[test]
fn paths_mean_the_record_as_it_came() {
    check(&json!({"rename": {"a": "b", "b": "a"}}), &[(r#"{"a":1,"b":2}"#, r#"{"b":1,"a":2}"#)]);
    check(
        &json!({"rename": {"a": "b", "a.x": "y"}, "remove": ["b", "a.z"]}),
        &[(r#"{"a":{"x":1,"z":2},"b":3}"#, r#"{"b":{"y":1}}"#), (r#"{"b":1,"a":2}"#, r#"{"b":2}"#)],
    );
    check(&json!({"rename": {"a": "b"}, "keep": ["b"]}), &[(r#"{"a":1,"b":2}"#, r#"{"b":2}"#)]);
}

#[test]
fn of_two_paths_to_one_member_the_lower_counts() {
    check(&json!({"rename": {"a.b": "x", "**.b": "y"}}), &[(r#"{"a":{"b":1}}"#, r#"{"a":{"y":1}}"#)]);
}
