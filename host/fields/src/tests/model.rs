//! Searches against a plain model on serde_json's tree, on values that are written with blanks and escapes at random.

use super::{find, find_in};
use crate::Field;
use crate::path::{Step, parse};
use proptest::prelude::*;

/// A value as it was written: its text's place, its key's, and what is in it.
#[derive(Clone, Debug)]
enum Value {
    Scalar(String),
    Array(Vec<Value>),
    Object(Vec<(String, Value)>),
}

/// Writes a value, and for each value in it where it is and by which way it is reached.
struct Writer<'r> {
    text: String,
    /// Noise: which blanks and escapes are written.
    random: &'r mut dyn FnMut(u32) -> u32,
    /// The ways to values, in the order of their starts.
    values: Vec<(Vec<Way>, u32, u32, u32)>,
}

#[derive(Clone, Debug, PartialEq)]
enum Way {
    Key(String),
    Index(u32),
}

impl Writer<'_> {
    fn at(&self) -> u32 {
        u32::try_from(self.text.len()).unwrap()
    }

    fn blanks(&mut self) {
        for _ in 0..(self.random)(4).saturating_sub(2) {
            let blank = (self.random)(4) as usize;
            self.text.push([' ', '\t', '\n', '\r'][blank]);
        }
    }

    fn value(&mut self, value: &Value, way: &[Way], key: Option<u32>) {
        let (index, start) = (self.values.len(), self.at());
        self.values.push((way.to_vec(), key.unwrap_or(start), start, 0));
        match value {
            Value::Scalar(text) => self.text.push_str(text),
            Value::Array(elements) => self.array(elements, way),
            Value::Object(members) => self.object(members, way),
        }
        self.values[index].3 = self.at();
    }

    fn array(&mut self, elements: &[Value], way: &[Way]) {
        self.text.push('[');
        self.blanks();
        for (index, element) in (0..).zip(elements) {
            self.comma(index);
            self.value(element, &[way, &[Way::Index(index)]].concat(), None);
            self.blanks();
        }
        self.text.push(']');
    }

    fn object(&mut self, members: &[(String, Value)], way: &[Way]) {
        self.text.push('{');
        self.blanks();
        for (index, (name, member)) in (0..).zip(members) {
            self.comma(index);
            let key = self.at();
            self.key(name);
            self.blanks();
            self.text.push(':');
            self.blanks();
            self.value(member, &[way, &[Way::Key(name.clone())]].concat(), Some(key));
            self.blanks();
        }
        self.text.push('}');
    }

    fn comma(&mut self, index: u32) {
        if index > 0 {
            self.text.push(',');
            self.blanks();
        }
    }

    fn key(&mut self, name: &str) {
        self.text.push('"');
        for char in name.chars() {
            if (self.random)(5) == 0 {
                char.encode_utf16(&mut [0; 2]).iter().for_each(|unit| self.text.push_str(&format!("\\u{unit:04x}")));
            } else {
                let json = serde_json::to_string(&char).unwrap();
                self.text.push_str(&json[1..json.len() - 1]);
            }
        }
        self.text.push('"');
    }
}

/// Whether the steps lead the whole way.
fn leads(steps: &[Step], way: &[Way]) -> bool {
    let Some((step, steps)) = steps.split_first() else { return way.is_empty() };
    if *step == Step::AnyDepth {
        return (0..=way.len()).any(|skipped| leads(steps, &way[skipped..]));
    }
    let Some((first, rest)) = way.split_first() else { return false };
    let fits = match (step, first) {
        (Step::Key(wanted), Way::Key(key)) => wanted == key.as_bytes(),
        (Step::Index(wanted), Way::Index(index)) => wanted == index,
        (Step::AnyKey, Way::Key(_)) | (Step::AnyIndex, Way::Index(_)) => true,
        _ => false,
    };
    fits && leads(steps, rest)
}

fn name() -> impl Strategy<Value = String> {
    let names = ["a", "b", "user", "email", "a.b", "", "é", "😀\"\\", "a longer name", "a longer nama"];
    proptest::sample::select(names.map(String::from).to_vec())
}

fn value() -> impl Strategy<Value = Value> {
    let scalars = ["0", "-1.5e+3", "true", "false", "null", r#""""#, r#""a\"]},b""#, r#""\\""#, r#""é\u00e9""#];
    let scalar = proptest::sample::select(scalars.to_vec()).prop_map(|text| Value::Scalar(text.into()));
    scalar.prop_recursive(5, 60, 5, |inner| {
        let array = proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::Array);
        let object = proptest::collection::vec((name(), inner), 0..5).prop_map(Value::Object);
        prop_oneof![array, object]
    })
}

fn path() -> impl Strategy<Value = String> {
    let key = name().prop_map(|name| format!(".{}", serde_json::to_string(&name).unwrap()));
    let any = proptest::sample::select(vec![".*", ".**", "[*]", "[0]", "[2]"]).prop_map(String::from);
    proptest::collection::vec(prop_oneof![key, any], 0..5).prop_map(|steps| match steps.concat() {
        none if none.is_empty() => "$".into(),
        steps => steps.strip_prefix('.').unwrap_or(&steps).into(),
    })
}

proptest! {
    #[test]
    fn the_fields_are_those_that_the_model_names(
        value in value(),
        paths in proptest::collection::vec(path(), 0..40),
        seed in any::<u64>(),
    ) {
        let mut state = seed | 1;
        // Knuth's MMIX generator; its high bits are the good ones.
        let mut random = |bound: u32| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            u32::try_from(state >> 33).unwrap() % bound
        };
        let mut writer = Writer { text: String::new(), random: &mut random, values: Vec::new() };
        writer.blanks();
        writer.value(&value, &[], None);
        writer.blanks();
        let steps: Vec<_> = paths.iter().map(|path| parse(path).unwrap()).collect();
        let expected: Vec<_> = writer.values.iter().flat_map(|&(ref way, key, start, end)| {
            let named = (0..).zip(&steps).filter(|(_, steps)| leads(steps, way));
            named.map(move |(path, _)| Field { record: 0, path, key, start, end })
        }).collect();
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        prop_assert_eq!(find(&paths, &writer.text), expected, "{}", writer.text);
    }

    #[test]
    fn what_is_json_is_as_serde_json_has_it(body in body()) {
        let is_ours = find_in(&["**.a", "[0]"], &[&body]).iter().all(|field| field.path != Field::MALFORMED);
        // A value that is skipped is not decoded: serde_json, too, lets lone surrogates pass.
        let is_theirs = serde_json::from_slice::<serde::de::IgnoredAny>(&body).is_ok();
        prop_assert_eq!(is_ours, is_theirs && std::str::from_utf8(&body).is_ok(), "{}", String::from_utf8_lossy(&body));
    }
}

/// Tokens and bytes in any order, some of which are JSON.
fn body() -> impl Strategy<Value = Vec<u8>> {
    let tokens = [
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"a\"",
        "\"\\n\"",
        "\"\\u00e9\"",
        "\"é\"",
        "1",
        "-0.5e3",
        "true",
        "null",
        " ",
        "\n",
        "0",
        "\"",
        "\\",
        ".",
        "e",
        "{\"a\":",
        "[1,",
        "\"b\":2",
        "{}",
        "[]",
        "],",
        "\"\\ud800\"",
        "\t",
    ];
    let token = proptest::sample::select(tokens.map(|token| token.as_bytes().to_vec()).to_vec());
    let byte = any::<u8>().prop_map(|byte| vec![byte]);
    let part = prop_oneof![40 => token, 1 => byte];
    proptest::collection::vec(part, 0..30).prop_map(|parts| parts.concat())
}
