//! Searches in single bodies and small batches.

mod json;
mod model;

use crate::{Field, Interrupted, MAX_FIELDS, MAX_PATH_BYTES, PathProblem, Paths, Scratch};
use logagent_record::{Bodies, Descriptor};

/// The bodies one behind another, and a byte that belongs to none between each two.
pub(crate) fn find_in(paths: &[&str], bodies: &[&[u8]]) -> Vec<Field> {
    let (mut bytes, mut records) = (Vec::new(), Vec::new());
    for body in bodies {
        let at = |len| u32::try_from(len).unwrap();
        records.push(Descriptor { body_at: at(bytes.len()), body_len: at(body.len()), ..Descriptor::default() });
        bytes.extend_from_slice(body);
        bytes.push(b'"');
    }
    let mut found = Vec::new();
    let bodies = Bodies::new(&bytes, 0, &records);
    Paths::new(paths).unwrap().find(&bodies, &mut Scratch::default(), &mut || true, &mut found).unwrap();
    found
}

pub(crate) fn find(paths: &[&str], body: &str) -> Vec<Field> {
    find_in(paths, &[body.as_bytes()])
}

/// Each field as the path's index and the value's text.
fn texts<'a>(paths: &[&str], body: &'a str) -> Vec<(u32, &'a str)> {
    find(paths, body).iter().map(|field| (field.path, &body[field.start as usize..field.end as usize])).collect()
}

fn malformed(at: u32) -> Vec<Field> {
    vec![Field { record: 0, path: Field::MALFORMED, key: at, start: at, end: at }]
}

#[test]
fn a_path_finds_the_values_that_it_names() {
    let body = r#" {"user":{"email":"a@b","id":7},"items":[{"card":1},{"card": [2 ] },3],"a.b":{"c":null},"e":{}} "#;
    let cases: &[(&str, &[&str])] = &[
        ("$", &[body.trim()]),
        ("user", &[r#"{"email":"a@b","id":7}"#]),
        ("user.email", &[r#""a@b""#]),
        ("items[*].card", &["1", "[2 ]"]),
        ("items[0]", &[r#"{"card":1}"#]),
        ("items[2]", &["3"]),
        ("items[3]", &[]),
        ("items.*", &[]),
        ("user[0]", &[]),
        (r#""a.b".c"#, &["null"]),
        ("*.id", &["7"]),
        ("user.*", &[r#""a@b""#, "7"]),
        ("**.card", &["1", "[2 ]"]),
        ("**[0]", &[r#"{"card":1}"#, "2"]),
        (
            "items.**",
            &[r#"[{"card":1},{"card": [2 ] },3]"#, r#"{"card":1}"#, "1", r#"{"card": [2 ] }"#, "[2 ]", "2", "3"],
        ),
        ("e", &["{}"]),
        ("e.*", &[]),
        ("absent", &[]),
        ("email", &[]),
    ];
    for (path, values) in cases {
        let found: Vec<_> = texts(&[path], body).into_iter().map(|(_, text)| text).collect();
        assert_eq!(found, *values, "{path}");
    }
}

#[test]
fn a_field_has_the_places_of_its_key_and_value() {
    let field = |path, key, start, end| Field { record: 0, path, key, start, end };
    let body = "\n{ \"a\" :\t[ true , \"x\" ] }";
    let expected = [field(2, 1, 1, 25), field(0, 3, 9, 23), field(1, 11, 11, 15), field(1, 18, 18, 21)];
    assert_eq!(find(&["a", "a[*]", "$"], body), expected);
}

#[test]
fn a_value_of_several_paths_is_there_for_each_in_their_order() {
    let body = r#"{"a":{"b":1}}"#;
    assert_eq!(texts(&["**.b", "a.b", "a.b", "*.*"], body), [(0, "1"), (1, "1"), (2, "1"), (3, "1")]);
}

#[test]
fn a_value_in_another_comes_behind_it() {
    let body = r#"{"a":{"b":[{"a":[1,{"a":2}]}]},"a":3}"#;
    let values = [r#"{"b":[{"a":[1,{"a":2}]}]}"#, r#"[1,{"a":2}]"#, "2", "3"];
    assert_eq!(texts(&["**.a"], body), values.map(|value| (0, value)));
}

#[test]
fn keys_are_compared_by_what_they_decode_to() {
    let body = r#"{"us\u0065r":1,"user":2,"\u0075ser":3,"us\\u0065r":4,"a\/b":5,"\ud83d\ude00":6,"\ud83d":7}"#;
    assert_eq!(texts(&["user", r#""a/b""#, "😀"], body), [(0, "1"), (0, "2"), (0, "3"), (1, "5"), (2, "6")]);
}

#[test]
fn keys_of_all_lengths_are_told_apart() {
    let names: Vec<String> = (0..20).map(|length| "k".repeat(length)).collect();
    let members: Vec<String> = names.iter().map(|name| format!(r#""{name}":{}"#, name.len())).collect();
    let body = format!("{{{}}}", members.join(","));
    for name in &names {
        assert_eq!(texts(&[&format!("\"{name}\"")], &body), [(0, name.len().to_string().as_str())], "{name}");
    }
}

#[test]
fn a_malformed_body_has_one_entry_and_the_others_have_theirs() {
    let found = find_in(&["a"], &[br#"{"a":1}"#, br#"{"a":1,}"#, b"", br#"{"b":1}"#, br#"{"a":2}"#]);
    let shown: Vec<_> = found.iter().map(|field| (field.record, field.path, field.start)).collect();
    assert_eq!(shown, [(0, 0, 5), (1, Field::MALFORMED, 7), (2, Field::MALFORMED, 0), (4, 0, 5)]);
}

#[test]
fn a_body_breaks_at_the_first_byte_that_does_not_go_on() {
    for (body, at) in [
        ("", 0),
        ("  ", 2),
        ("INFO hello", 0),
        (r#"{"a":1"#, 6),
        (r#"{"a" 1}"#, 5),
        (r#"{"a":tru}"#, 8),
        (r#"{"a":01}"#, 6),
        (r#"{"a":1}}"#, 7),
        (r#"["abc"#, 5),
        ("[\"a\nb\",]", 3),
        (r#"[1,\]"#, 3),
        (r#"["\q"]"#, 3),
    ] {
        assert_eq!(find(&["**"], body), malformed(at), "{body}");
    }
    assert_eq!(find_in(&["**"], &[b"[\"a\xffb\", x]"]), malformed(3));
}

#[test]
fn nesting_is_bounded() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(texts(&["**"], &nested(512)).len(), 512);
    assert_eq!(find(&["**"], &nested(513)), malformed(512));
    assert_eq!(find(&[], &"[".repeat(1 << 20)), malformed(512));
    assert_eq!(find(&[], &r#"{"a":"#.repeat(1 << 20)), malformed(5 * 512));
}

#[test]
fn what_is_longer_than_a_window_is_found_as_a_whole() {
    let long = "x\\n".repeat(1 << 20);
    let many = "[1,{\"b\":2}],".repeat(1 << 16);
    let body = format!(r#"{{"long":"{long}","many":[{many}0],"digits":{},"last":true}}"#, "7".repeat(100_000));
    let found = texts(&["long", "many", "digits", "last"], &body);
    let lengths: Vec<_> = found.iter().map(|(path, text)| (*path, text.len())).collect();
    assert_eq!(lengths, [(0, long.len() + 2), (1, many.len() + 3), (2, 100_000), (3, 4)]);
    assert_eq!(texts(&["many[*].b", "many[*][1].b"], &body).len(), 1 << 16);
}

#[test]
fn a_body_all_of_tokens_is_read() {
    for before in 0..70 {
        let body = format!("{}[{}0]", " ".repeat(before), "0,".repeat(1 << 15));
        assert_eq!(texts(&["[*]"], &body).len(), (1 << 15) + 1);
    }
}

#[test]
fn many_paths_are_searched_as_few_are() {
    let names: Vec<String> = (0..1500).map(|number| format!("**.key{number}.x")).collect();
    for count in [10, 100, 1000] {
        let paths: Vec<&str> = names[..count].iter().map(String::as_str).collect();
        let last = count - 1;
        let body = format!(r#"[{{"key{last}":{{"x":[1]}},"key0":{{"x":2}},"key{count}":{{"x":3}}}}]"#);
        assert_eq!(texts(&paths, &body), [(u32::try_from(last).unwrap(), "[1]"), (0, "2")]);
    }
    let paths: Vec<&str> = names.iter().map(String::as_str).collect();
    let errors = Paths::new(&paths).err().unwrap();
    assert_eq!(errors.len(), 1, "all that follow would bring even more");
    let expected = "path 1024: this path brings the steps of all paths to 4100, each path counting one more; \
                    allowed: up to 4096";
    assert_eq!(errors[0].to_string(), expected);
}

#[test]
fn every_wrong_path_is_named() {
    let errors = Paths::new(&["a", "", "b..c", "d"]).err().unwrap();
    assert_eq!(errors.iter().map(|error| error.index).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn a_search_stops_when_it_is_told_to_and_leaves_whole_records() {
    let (line, long) = (r#"{"a":1}"#, format!(r#"{{"a":"{}"}}"#, "x".repeat(1 << 20)));
    let bytes = format!("{line}\n{long}");
    let record = |body_at, body_len| Descriptor { body_at, body_len, ..Descriptor::default() };
    let records = [record(0, 7), record(8, u32::try_from(long.len()).unwrap())];
    let (mut found, mut asked) = (Vec::new(), 0);
    let mut goes_on = || {
        asked += 1;
        asked < 20
    };
    let bodies = Bodies::new(bytes.as_bytes(), 0, &records);
    let outcome = Paths::new(&["**"]).unwrap().find(&bodies, &mut Scratch::default(), &mut goes_on, &mut found);
    assert_eq!((outcome, asked), (Err(Interrupted), 20));
    assert!(found.iter().all(|field| field.record == 0) && found.len() == 2);
}

#[test]
fn what_is_found_and_what_is_asked_for_are_bounded() {
    let every = Paths::new(&["**"; 1024]).unwrap();
    let body = format!("[{}0]", "0,".repeat(4000));
    let records = [Descriptor { body_len: u32::try_from(body.len()).unwrap(), ..Descriptor::default() }];
    let mut found = Vec::new();
    let bodies = Bodies::new(body.as_bytes(), 0, &records);
    assert_eq!(every.find(&bodies, &mut Scratch::default(), &mut || true, &mut found), Err(Interrupted));
    assert!(found.is_empty() && found.capacity() < 2 * (MAX_FIELDS + 1024));

    let errors = Paths::new(&["a".repeat(MAX_PATH_BYTES + 1).as_str()]).unwrap_err();
    assert!(matches!(errors[0].reason, PathProblem::TooLong { .. }));
    assert_eq!(Paths::new(&["$"; 10_000]).unwrap_err().len(), 1);
    assert!(Paths::new(&[""; 10_000]).unwrap_err().len() < 200);
}
