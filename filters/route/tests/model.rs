//! Random rules over random records against rules that are read one by one, record by record.

use logagent_filter_route::RouteFilter;
use logagent_sdk::testing::{Harness, Verdict};
use proptest::prelude::*;
use serde_json::{Value, json};

#[derive(Clone, Debug)]
struct Rule {
    literals: Vec<String>,
    /// A level that the field `l` is compared with.
    level: Option<u8>,
    invert: bool,
    keep: bool,
    to: usize,
}

/// Few letters, so that literals lie within each other and within bodies often.
fn text(letters: &'static str, length: std::ops::Range<usize>) -> impl Strategy<Value = String> {
    let letter = prop::sample::select(letters.chars().collect::<Vec<_>>());
    prop::collection::vec(letter, length).prop_map(String::from_iter)
}

fn rules() -> impl Strategy<Value = Vec<Rule>> {
    let literals = prop::collection::vec(text("ab", 1..5), 0..3);
    let parts = (literals, prop::option::of(0_u8..3), prop::bool::weighted(0.2), any::<bool>(), 0_usize..4);
    let rule = parts.prop_map(|(literals, level, invert, keep, to)| Rule { literals, level, invert, keep, to });
    let usable = rule.prop_filter("a condition", |rule| !rule.literals.is_empty() || rule.level.is_some());
    prop::collection::vec(usable, 1..7)
}

fn record() -> impl Strategy<Value = (String, Option<u8>)> {
    (text("ab", 0..9), prop::option::of(0_u8..3))
}

fn body((text, level): &(String, Option<u8>)) -> String {
    match level {
        Some(level) => format!(r#"{{"t":"{text}","l":{level}}}"#),
        None => text.clone(),
    }
}

impl Rule {
    fn config(&self) -> Value {
        let mut when = json!({"invert": self.invert});
        if !self.literals.is_empty() {
            when["contains"] = json!(self.literals);
        }
        if let Some(level) = self.level {
            when["field"] = json!({"name": "l", "equals": level});
        }
        json!({"when": when, "to": self.to.to_string(), "keep": self.keep})
    }

    fn is_match(&self, record: &(String, Option<u8>)) -> bool {
        let is_literal = self.literals.iter().any(|literal| record.0.contains(literal.as_str()));
        (is_literal || self.level.is_some() && self.level == record.1) != self.invert
    }
}

/// Where a record goes, and where its copies.
fn expected(rules: &[Rule], is_all: bool, otherwise: bool, record: &(String, Option<u8>)) -> (Verdict, Vec<String>) {
    let count = if is_all { usize::MAX } else { 1 };
    let matching: Vec<&Rule> = rules.iter().filter(|rule| rule.is_match(record)).take(count).collect();
    if matching.is_empty() {
        return (if otherwise { Verdict::Routed("else".into()) } else { Verdict::Kept }, Vec::new());
    }
    let goes = matching.iter().find(|rule| !rule.keep).map(|rule| rule.to);
    let mut copies: Vec<usize> = matching.iter().map(|rule| rule.to).filter(|to| goes != Some(*to)).collect();
    copies.sort_unstable();
    copies.dedup();
    let verdict = goes.map_or(Verdict::Kept, |to| Verdict::Routed(to.to_string()));
    (verdict, copies.iter().map(ToString::to_string).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn rules_agree_with_a_reading_one_by_one(
        rules in rules(),
        is_all in any::<bool>(),
        otherwise in any::<bool>(),
        records in prop::collection::vec(record(), 0..80),
    ) {
        let mut config = json!({"rules": rules.iter().map(Rule::config).collect::<Vec<_>>()});
        config["match"] = json!(if is_all { "all" } else { "first" });
        if otherwise {
            config["else"] = json!("else");
        }
        let outcome = Harness::<RouteFilter>::new(config).unwrap().process(records.iter().map(body)).unwrap();
        for (index, record) in records.iter().enumerate() {
            let of_record = outcome.copies.iter().filter(|(at, _)| *at == index);
            let mut copies: Vec<String> = of_record.map(|(_, output)| output.clone()).collect();
            copies.sort_unstable();
            let found = (outcome.verdicts[index].clone(), copies);
            prop_assert_eq!(found, expected(&rules, is_all, otherwise, record), "{:?}", record);
        }
    }
}
