//! `docs/configuration.md` says what the code does: its examples are right, the defaults in it are the defaults, and no
//! key is missing. Not for the ranges in its tables.

#[path = "support/schema.rs"]
mod schema;

use std::path::Path;

use logagent_config::Config;

const PAGE: &str = include_str!("../../../docs/configuration.md");

fn parse(text: &str) -> Config {
    assert_eq!(schema::objections(text).as_deref(), Some(""), "by the schema:\n{text}");
    Config::parse(Path::new("f"), text).unwrap_or_else(|problems| panic!("{problems} in\n{text}"))
}

/// The page's examples: one of all that has a default, a canary, a shadow.
fn examples() -> Vec<&'static str> {
    PAGE.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

/// What is required, named as on the page, with these keys for the filter.
fn required(filter_keys: &str) -> String {
    format!(
        "sources: {{ app: {{ type: file, include: [/var/log/app/*.log] }} }}\n\
         filters:\n  quiet:\n    component: drop.wasm\n{filter_keys}\
         sinks: {{ out: {{ type: file, path: out.log }} }}\n\
         pipelines: {{ main: {{ from: [app], through: [quiet], to: [out] }} }}\n"
    )
}

#[test]
fn the_pages_example_is_what_the_required_keys_alone_mean() {
    assert_eq!(parse(examples()[0]), parse(&required("")));
}

#[test]
fn the_pages_canary_and_shadow_have_their_defaults() {
    let [_, canary, shadow] = examples()[..] else { panic!("other examples") };
    for (key, example) in [("canary", canary), ("shadow", shadow)] {
        let short = format!("    {key}: {{ component: drop-2.wasm }}\n");
        assert_eq!(parse(&required(example)), parse(&required(&short)), "{key}");
    }
}

/// A mapping with an unknown key names those that are known.
#[test]
fn every_key_stands_on_the_page() {
    let text = "x: 1\nmemory: { x: 1 }\nstate: { x: 1 }\nbatch: { x: 1 }\ncheckpoints: { x: 1 }\ndead_letters: { x: 1 }\n\
                sources: { a: { type: file, include: [a], x: 1, multiline: { start: a, x: 1 } } }\n\
                filters:\n  f: { component: f, x: 1, limits: { x: 1 }, state: { x: 1 }, breaker: { x: 1 },\n\
                \x20      canary: { component: f, x: 1, abort_if: { x: 1 } } }\n\
                \x20 g: { component: f, shadow: { component: f, x: 1 } }\n\
                sinks: { a: { type: file, path: a, x: 1, flush: { x: 1 }, rotate: { x: 1 },\n\
                \x20      buffer: { type: disk, x: 1, encryption: { key_file: k, x: 1 } } },\n\
                \x20        b: { type: stdout, buffer: { when_full: shed, x: 1, shed: { x: 1 } } } }\n\
                pipelines: { a: { from: [a], to: [a], x: 1, routes: { o: { to: [a], x: 1 } } } }\n";
    let problems = Config::parse(Path::new("f"), text).expect_err("unknown keys");
    assert_eq!(problems.count(), text.matches("x: 1").count(), "{problems}");
    for problem in problems {
        for key in problem.allowed.split(", ") {
            assert!(PAGE.contains(&format!("`{key}`")), "{key} is missing ({problem})");
        }
    }
}
