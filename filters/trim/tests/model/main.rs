//! The filter against a naive model of it, which edits a tree.

mod model;
mod render;
mod tree;

use logagent_filter_trim::TrimFilter;
use logagent_sdk::testing::{Harness, Layout};
use proptest::prelude::*;
use serde_json::json;

use model::{Rules, rules};
use render::{Blanks, blanks};
use tree::{Output, Tree, tree};

fn layouts() -> impl Strategy<Value = Layout> {
    prop_oneof![Just(Layout::default()), Just(Layout::default().scattered())]
}

fn trim(config: &serde_json::Value, bodies: &[String], layout: Layout) -> Vec<String> {
    let mut harness = Harness::<TrimFilter>::new(config.clone()).unwrap().layout(layout);
    harness.process(bodies.iter().map(String::as_str)).unwrap().kept()
}

/// Whether one text is the other with some left out.
fn is_subsequence(part: &str, whole: &str) -> bool {
    let mut rest = whole.bytes();
    part.bytes().all(|byte| rest.any(|other| other == byte))
}

fn rendered(trees: &[Tree], blanks: &Blanks) -> Vec<String> {
    trees.iter().map(|tree| render::render(tree, blanks)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn the_output_is_what_the_model_makes_of_the_tree(
        trees in prop::collection::vec(tree(), 1..4),
        blanks in blanks(),
        rules in rules(),
        layout in layouts(),
    ) {
        let bodies = rendered(&trees, &blanks);
        let trimmed = trim(&rules.config(), &bodies, layout);
        for ((tree, body), trimmed) in trees.iter().zip(&bodies).zip(&trimmed) {
            let output: Output = serde_json::from_str(trimmed).map_err(|error| TestCaseError::fail(format!("{error}: {body} -> {trimmed}")))?;
            prop_assert_eq!(output, rules.apply(tree), "{} -> {} by {}", body, trimmed, rules.config());
        }
    }

    #[test]
    fn removing_leaves_all_other_bytes_in_their_order(tree in tree(), blanks in blanks(), rules in rules()) {
        // No text is that long; a configuration must have something.
        let rules = Rules { renames: vec![], adds: vec![], most: Some(1000), ..rules };
        let bodies = rendered(std::slice::from_ref(&tree), &blanks);
        let trimmed = trim(&rules.config(), &bodies, Layout::default());
        prop_assert!(is_subsequence(&trimmed[0], &bodies[0]));
        if rules.apply(&tree) == tree.output() {
            prop_assert_eq!(&trimmed[0], &bodies[0]);
        }
    }

    #[test]
    fn what_no_path_names_stays_byte_for_byte(tree in tree(), blanks in blanks()) {
        let bodies = rendered(&[tree], &blanks);
        let config = json!({"remove": ["x", "a.x"], "rename": {"**.y": "z"}, "add": {"x.x": 1}, "max_value_bytes": 1000});
        prop_assert_eq!(trim(&config, &bodies, Layout::default()), bodies);
    }

    #[test]
    fn any_bytes_pass_and_valid_json_stays_valid(
        tokens in prop::collection::vec(prop::sample::select(TOKENS), 0..12),
        noise in prop::collection::vec(any::<u8>(), 0..8),
        rules in rules(),
    ) {
        let text = tokens.concat();
        let noisy = [&noise, text.as_bytes(), &noise].concat();
        let mut harness = Harness::<TrimFilter>::new(rules.config()).unwrap();
        let outcome = harness.process([text.as_bytes(), &noisy, &noise]).unwrap();
        let is_json = |bytes: &[u8]| serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok();
        if is_json(text.as_bytes()) {
            prop_assert!(is_json(&outcome.bodies[0]), "{} {}", text, outcome.bodies[0].escape_ascii());
        } else {
            prop_assert_eq!(&outcome.bodies[0], text.as_bytes());
        }
    }
}

const TOKENS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    " ",
    "\"a\"",
    "\"b\":",
    "{\"a\":",
    "\"\\ud800\"",
    "1",
    "-",
    "null",
    "{}",
    "[]",
    "\"0123456\"",
    "\\u00e4",
    "\"a\":1",
    "\"c\":{\"a\":2}",
];
