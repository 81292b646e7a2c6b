//! Random conditions over random records against a reading of each record with serde_json and the regex crate.

use logagent_conditions::{ConditionConfig, Conditions, FieldConfig, Marks, Part, Scalar};
use logagent_sdk::testing::{Input, Layout};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Number, Value};

const KEYS: [&str; 6] = ["a", "b", "a.b", "b.a", "", "ü\"\\\n"];
const NAMES: [&str; 9] = ["a", "b", "a.b", "b.a", "a.b.a", "a.", ".", "ü\"\\\n", "a.ü\"\\\n"];
const LITERALS: [&str; 6] = ["a", "\"a\"", ":{", "1", "\\", "ab"];
const REGEXES: [&str; 5] = ["^\\{\"a\"", "\\d\\}$", "(?i)INFO", "a.b", "x*y"];

fn scalars() -> impl Strategy<Value = Value> {
    let numbers = prop_oneof![
        (-3_i64..30).prop_map(Number::from),
        select(vec![u64::MAX, u64::MAX - 1, i64::MAX.unsigned_abs()]).prop_map(Number::from),
        select(vec![0.5, 5.0, 1e300, -0.0, 0.1 + 0.2, 9_007_199_254_740_993.0])
            .prop_map(|float| Number::from_f64(float).expect("finite")),
    ];
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        numbers.prop_map(Value::from),
        select(vec!["", "a", "5", "info", "WARN", "Error2", "loud", "ü😀\n", "\\u0061", "\"", "20"])
            .prop_map(Value::from),
    ]
}

fn documents() -> impl Strategy<Value = Value> {
    scalars().prop_recursive(3, 12, 4, |inner| {
        let members = prop::collection::vec((select(KEYS.to_vec()), inner.clone()), 0..4);
        let object = members.prop_map(|members| {
            Value::Object(members.into_iter().map(|(key, value)| (key.into(), value)).collect::<Map<_, _>>())
        });
        prop_oneof![3 => object, 1 => prop::collection::vec(inner, 0..3).prop_map(Value::from)]
    })
}

/// As text, with all that is not ASCII as escapes, or no JSON at all.
fn bodies() -> impl Strategy<Value = String> {
    let escaped = |text: String| -> String {
        text.chars().fold(String::new(), |text, char| match char {
            ' '..='~' => text + char.encode_utf8(&mut [0; 4]),
            _ => char.encode_utf16(&mut [0; 2]).iter().fold(text, |text, unit| text + &format!("\\u{unit:04x}")),
        })
    };
    prop_oneof![
        4 => documents().prop_map(|value| value.to_string()),
        2 => documents().prop_map(move |value| escaped(value.to_string())),
        1 => documents().prop_map(|value| value.to_string() + "}"),
        1 => select(vec!["", "a", "info 1}", "xxy a b"]).prop_map(String::from),
    ]
}

#[derive(Clone, Debug)]
struct Model {
    contains: Vec<&'static str>,
    regex: Vec<&'static str>,
    field: Option<(&'static str, Compared)>,
    invert: bool,
}

#[derive(Clone, Debug)]
enum Compared {
    In(Vec<Value>),
    Below(u8),
}

fn models() -> impl Strategy<Value = Model> {
    // Numbers beyond 64 bits are refused.
    let values = scalars().prop_filter("a value", |value| !value.is_null() && value.as_f64() != Some(1e300));
    let compared =
        prop_oneof![prop::collection::vec(values, 1..3).prop_map(Compared::In), (1_u8..25).prop_map(Compared::Below),];
    let field = prop::option::of((select(NAMES.to_vec()), compared));
    let contains = prop::collection::vec(select(LITERALS.to_vec()), 0..3);
    let regex = prop::collection::vec(select(REGEXES.to_vec()), 0..3);
    let model = (contains, regex, field, any::<bool>());
    let model = model.prop_map(|(contains, regex, field, invert)| Model { contains, regex, field, invert });
    model.prop_filter("a part", |it| !it.contains.is_empty() || !it.regex.is_empty() || it.field.is_some())
}

impl Model {
    fn config(&self) -> ConditionConfig {
        let list = |list: &[&str]| {
            let list: Vec<String> = list.iter().map(ToString::to_string).collect();
            (!list.is_empty()).then_some(list)
        };
        let field = self.field.as_ref().map(|(name, compared)| match compared {
            Compared::In(values) => FieldConfig {
                name: Some(name.to_string()),
                equals: None,
                one_of: Some(values.iter().map(|it| serde_json::from_value::<Scalar>(it.clone()).unwrap()).collect()),
                below: None,
            },
            Compared::Below(limit) => FieldConfig {
                name: Some(name.to_string()),
                equals: None,
                one_of: None,
                below: Some(serde_json::from_value(Value::from(*limit)).unwrap()),
            },
        });
        ConditionConfig { contains: list(&self.contains), regex: list(&self.regex), field, invert: self.invert }
    }

    fn is_part(&self, part: Part, body: &str, severity: u8) -> bool {
        match part {
            Part::Contains => self.contains.iter().any(|literal| body.contains(literal)),
            Part::Regex => self.regex.iter().any(|pattern| regex::Regex::new(pattern).unwrap().is_match(body)),
            Part::Field => self.field.as_ref().is_some_and(|(name, compared)| {
                let value = serde_json::from_str(body).ok().and_then(|document: Value| value_of(&document, name));
                is_compared(value.as_ref(), compared, severity)
            }),
        }
    }

    fn is_match(&self, body: &str, severity: u8) -> bool {
        [Part::Contains, Part::Regex, Part::Field].iter().any(|&part| self.is_part(part, body, severity)) != self.invert
    }
}

fn value_of(document: &Value, name: &str) -> Option<Value> {
    let whole = document.as_object()?.get(name);
    let path = || name.split('.').try_fold(document, |value, key| value.as_object()?.get(key));
    whole.or_else(path).cloned()
}

fn is_compared(value: Option<&Value>, compared: &Compared, severity: u8) -> bool {
    match compared {
        Compared::In(values) => value.is_some_and(|value| values.iter().any(|wanted| is_equal(wanted, value))),
        Compared::Below(limit) => {
            let of_number = |number: i64| logagent_sdk::severity::of_number(number);
            let of_name = |text: &str| logagent_sdk::severity::of_name(text).or_else(|| of_number(text.parse().ok()?));
            let severity = match value {
                None => of_number(severity.into()),
                Some(Value::Number(number)) => number.as_i64().and_then(of_number),
                Some(value) => value.as_str().and_then(of_name),
            };
            severity.is_some_and(|severity| severity < *limit)
        }
    }
}

fn is_equal(wanted: &Value, value: &Value) -> bool {
    match (wanted, value) {
        (Value::Number(wanted), Value::Number(value)) => {
            let whole = |number: &Number| number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
            match (whole(wanted), whole(value)) {
                (Some(wanted), Some(value)) => wanted == value,
                _ => wanted.as_f64() == value.as_f64(),
            }
        }
        _ => wanted == value && !value.is_array() && !value.is_object(),
    }
}

fn marked(marks: &Marks) -> Vec<usize> {
    marks.iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn conditions_agree_with_a_reading_of_each_record(
        models in prop::collection::vec(models(), 1..6),
        records in prop::collection::vec((bodies(), 0_u8..25), 0..12),
        is_scattered in any::<bool>(),
    ) {
        let configs = models.iter().map(|model| (String::new(), model.config()));
        let mut conditions = Conditions::new(configs).unwrap();
        let inputs = records.iter().map(|(body, severity)| Input::from(body.as_str()).severity(*severity));
        let layout = if is_scattered { Layout::default().scattered() } else { Layout::default() };
        let laid_out = layout.lay_out(inputs);
        // Twice: nothing of one batch is left for the next.
        for _ in 0..2 {
            conditions.evaluate(&laid_out.batch().unwrap());
        }
        for (index, model) in models.iter().enumerate() {
            let is_match = |(at, (body, severity)): (usize, &(String, u8))| model.is_match(body, *severity).then_some(at);
            let expected: Vec<usize> = records.iter().enumerate().filter_map(is_match).collect();
            prop_assert_eq!(marked(conditions.matches(index)), expected, "{:?}", model);
            for part in [Part::Contains, Part::Regex, Part::Field] {
                for at in conditions.matches_part(index, part).iter() {
                    prop_assert!(model.is_part(part, &records[at].0, records[at].1), "{:?} {:?} {}", part, model, at);
                }
            }
        }
    }
}
