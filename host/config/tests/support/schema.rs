//! Whether a configuration's text fits the schema. Not for where it doesn't.

use std::path::Path;
use std::sync::LazyLock;

use jsonschema::Validator;
use logagent_config::Config;
use serde_json::Value;

static VALIDATOR: LazyLock<Validator> =
    LazyLock::new(|| jsonschema::draft7::new(&logagent_config::schema()).expect("a schema"));

/// Why a text doesn't fit the schema; nothing where it does. `None` where it is no YAML that could be looked at.
pub fn objections(text: &str) -> Option<String> {
    let document = json(text)?;
    Some(VALIDATOR.iter_errors(&document).map(|error| format!("{}: {error}\n", error.instance_path())).collect())
}

/// A text as JSON: as a filter is given its configuration.
fn json(text: &str) -> Option<Value> {
    let indented: String = text.lines().map(|line| format!("      {line}\n")).collect();
    let around = format!(
        "sources: {{ in: {{ type: stdin }} }}\nsinks: {{ out: {{ type: blackhole }} }}\n\
         pipelines: {{ main: {{ from: [in], to: [out] }} }}\n\
         filters:\n  f:\n    component: f\n    config:\n{indented}"
    );
    let config = Config::parse(Path::new("f"), &around).ok()?;
    Some(config.filters[0].spec.config.clone())
}
