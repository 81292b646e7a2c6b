//! What holds for all bodies: secrets of every kind, planted in plain and JSON lines and redacted in every style.

#[path = "properties/planted.rs"]
mod planted;

use logagent_filter_redact::RedactFilter;
use logagent_sdk::testing::Harness;
use planted::{Line, Planted};
use proptest::prelude::*;
use serde_json::{Value, json};

const KINDS: [&str; 9] = ["email", "card", "ipv4", "ipv6", "phone", "iban", "jwt", "aws_key", "bearer"];
const STYLES: [&str; 4] = ["label", "mask", "hash", "partial"];

fn harness(style: &str) -> Harness<RedactFilter> {
    let key = if style == "hash" { json!({"secret": "a key for tests only"}) } else { Value::Null };
    let config = json!({"kinds": KINDS, "fields": ["password"], "with": style, "hash_key": key});
    Harness::new(config).unwrap()
}

fn redact(style: &str, lines: &[String]) -> Vec<String> {
    harness(style).process(lines.to_vec()).unwrap().kept()
}

/// The longest run of a secret's own letters and digits that a style may leave: none of `label`, `mask` and `hash`.
fn shown(style: &str) -> usize {
    if style == "partial" { 4 } else { 0 }
}

/// Whether the redacted line is the original around the secrets, and shows no more of these than the style may.
fn is_redacted_well(line: &Line, redacted: &str, style: &str) -> Result<(), String> {
    let mut rest = redacted;
    let mut parts = line.parts.iter().peekable();
    while let Some(part) = parts.next() {
        match part {
            Planted::Text(text) => {
                rest = rest.strip_prefix(text.as_str()).ok_or(format!("{text:?} before {rest:?}"))?
            }
            Planted::Secret(secret) => {
                let end = match parts.peek() {
                    Some(Planted::Text(next)) => rest.find(next.as_str()).ok_or(format!("{next:?} in {rest:?}"))?,
                    _ => rest.len(),
                };
                check(secret, &rest[..end], style)?;
                rest = &rest[end..];
            }
        }
    }
    if rest.is_empty() { Ok(()) } else { Err(format!("left over: {rest:?}")) }
}

fn check(secret: &str, new: &str, style: &str) -> Result<(), String> {
    let is_fixed = matches!(style, "label" | "hash");
    let hidden = new.trim_matches('"');
    let left = hidden.bytes().filter(u8::is_ascii_alphanumeric).count();
    let is_good = match style {
        _ if is_fixed => hidden.starts_with('[') && hidden.ends_with(']'),
        _ => left <= shown(style) && new.len() == secret.len(),
    };
    if is_good { Ok(()) } else { Err(format!("{secret:?} became {new:?}")) }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn secrets_are_hidden_and_all_around_them_stays(lines in prop::collection::vec(planted::line(), 1..8)) {
        let bodies: Vec<String> = lines.iter().map(Line::text).collect();
        for style in STYLES {
            for (line, redacted) in lines.iter().zip(redact(style, &bodies)) {
                let answer = is_redacted_well(line, &redacted, style);
                prop_assert_eq!(answer, Ok(()), "{} {} {}", style, line.text(), redacted);
            }
        }
    }

    #[test]
    fn redacting_again_changes_nothing(lines in prop::collection::vec(planted::line(), 1..8)) {
        let bodies: Vec<String> = lines.iter().map(Line::text).collect();
        for style in STYLES {
            let once = redact(style, &bodies);
            let mut second = harness(style);
            let outcome = second.process(once.clone()).unwrap();
            prop_assert_eq!(outcome.kept(), once, "{}", style);
            prop_assert!(outcome.counters.is_empty(), "{} {:?}", style, outcome.counters);
        }
    }

    #[test]
    fn another_style_finds_nothing_in_what_one_left(lines in prop::collection::vec(planted::line(), 1..4)) {
        let bodies: Vec<String> = lines.iter().map(Line::text).collect();
        let mut label = Harness::<RedactFilter>::new(json!({"kinds": KINDS})).unwrap();
        for style in STYLES {
            let once = redact(style, &bodies);
            prop_assert_eq!(label.process(once.clone()).unwrap().kept(), once, "{}", style);
        }
    }

    #[test]
    fn the_same_gives_the_same(lines in prop::collection::vec(planted::line(), 1..4)) {
        let bodies: Vec<String> = lines.iter().map(Line::text).collect();
        for style in STYLES {
            prop_assert_eq!(redact(style, &bodies), redact(style, &bodies));
        }
    }

    #[test]
    fn json_stays_json(bodies in prop::collection::vec(planted::json(), 1..8)) {
        for style in STYLES {
            for (body, redacted) in bodies.iter().zip(redact(style, &bodies)) {
                let read = serde_json::from_str::<Value>(&redacted);
                prop_assert!(read.is_ok(), "{} {} {}", style, body, redacted);
            }
        }
    }

    #[test]
    fn a_field_is_hidden_wherever_its_line_is_cut(
        before in "[a-z ]{0,9}",
        after in "[a-z ]{0,9}",
        value in prop::sample::select(vec!["\"Q\\nQ\"", "{\"x\":[\"Q\",\"]\"],\"Q\":\"Q\"}", "[[\"Q\"],\"Q}\"]", "\"\\\"Q\""]),
        cut in 0..40_usize,
    ) {
        let line = format!("{before}{{\"n\":{{\"password\": {value} ,\"z\":1}}}}{after}");
        let cut = line[..line.len().saturating_sub(cut)].to_owned();
        for style in STYLES {
            let redacted = redact(style, &[line.clone(), cut.clone()]);
            prop_assert!(!redacted.concat().contains('Q'), "{} {:?}", style, redacted);
            prop_assert_eq!(&redact(style, &redacted), &redacted, "{}", style);
        }
    }

    #[test]
    fn lines_without_secrets_stay(lines in prop::collection::vec(planted::harmless(), 1..8)) {
        for style in STYLES {
            prop_assert_eq!(redact(style, &lines), lines.clone());
        }
    }

    #[test]
    fn any_bytes_are_survived(bodies in prop::collection::vec(planted::noise(), 1..8)) {
        for style in STYLES {
            let outcome = harness(style).process(bodies.iter().map(Vec::as_slice)).unwrap();
            prop_assert_eq!(outcome.bodies.len(), bodies.len());
            if style == "mask" {
                let is_as_long = |(old, new): (&Vec<u8>, &Vec<u8>)| old.len() == new.len();
                let has_field = |body: &Vec<u8>| body.windows(8).any(|part| part == b"password");
                let pairs = bodies.iter().zip(&outcome.bodies).filter(|(old, _)| !has_field(old));
                prop_assert!(pairs.clone().all(is_as_long));
            }
        }
    }
}
