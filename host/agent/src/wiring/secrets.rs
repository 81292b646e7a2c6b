//! Secrets in a filter's configuration: `{from_env: NAME}` and `{from_file: PATH}` stand for a text that must not be
//! written there. The component gets `{"secret": TEXT}` in its place, so that it can refuse a text that was.

use serde_json::{Value, json};

/// The configuration with all secrets in it; or the problems, which `problem` makes of key, found and allowed.
pub(super) fn resolve<P>(config: &Value, problem: impl Fn(&str, &str, &str) -> P) -> Result<Value, Vec<P>> {
    let mut problems = Vec::new();
    let resolved = walk(config, "", &mut |reference, key| {
        let secret = reference.read().map_err(|found| problem(key, &found, reference.allowed()));
        secret.map_err(|problem| problems.push(problem)).ok()
    });
    if problems.is_empty() { Ok(resolved) } else { Err(problems) }
}

/// Where a secret is.
enum Reference<'a> {
    Env(&'a str),
    File(&'a str),
}

impl<'a> Reference<'a> {
    /// A map of exactly one of the two keys.
    fn of(value: &'a Value) -> Option<Self> {
        let map = value.as_object().filter(|map| map.len() == 1)?;
        let text = |key| map.get(key).and_then(Value::as_str);
        text("from_env").map(Self::Env).or_else(|| text("from_file").map(Self::File))
    }

    fn key(&self) -> &'static str {
        match self {
            Self::Env(_) => "from_env",
            Self::File(_) => "from_file",
        }
    }

    fn allowed(&self) -> &'static str {
        match self {
            Self::Env(_) => "the name of an environment variable that holds the secret",
            Self::File(_) => "a readable file that holds the secret, a line of UTF-8",
        }
    }

    /// The secret, or what was found instead.
    fn read(&self) -> Result<String, String> {
        let secret = match self {
            Self::Env(name) => std::env::var(name).map_err(|error| format!("{name}: {error}"))?,
            Self::File(path) => std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?,
        };
        // Editors and `echo` end a file with a newline, which no one means.
        match secret.trim_end_matches(['\r', '\n']) {
            "" => Err("nothing in it".into()),
            secret => Ok(secret.to_owned()),
        }
    }
}

/// A copy of `value` with each reference replaced; `key` is the path to it.
fn walk(value: &Value, key: &str, read: &mut impl FnMut(&Reference<'_>, &str) -> Option<String>) -> Value {
    if let Some(reference) = Reference::of(value) {
        return json!({"secret": read(&reference, &join(key, reference.key()))});
    }
    match value {
        Value::Object(map) => {
            Value::Object(map.iter().map(|(name, value)| (name.clone(), walk(value, &join(key, name), read))).collect())
        }
        Value::Array(list) => {
            let items = list.iter().enumerate();
            Value::Array(items.map(|(index, value)| walk(value, &format!("{key}[{index}]"), read)).collect())
        }
        other => other.clone(),
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(config: &Value) -> Result<Value, Vec<String>> {
        resolve(config, |key, found, _| format!("{key}: {found}"))
    }

    #[test]
    fn a_reference_is_replaced_wherever_it_stands() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "from a file\n").unwrap();
        // Cargo sets it for each test.
        let name = env!("CARGO_PKG_NAME");
        let config = json!({"key": {"from_file": file.path()}, "list": [{"from_env": "CARGO_PKG_NAME"}], "plain": 5});
        let expected = json!({"key": {"secret": "from a file"}, "list": [{"secret": name}], "plain": 5});
        assert_eq!(resolved(&config), Ok(expected));
    }

    #[test]
    fn what_only_looks_like_a_reference_stays() {
        for config in [json!({"from_env": 5}), json!({"from_env": "A", "more": 1}), json!({"from": "x"}), json!(null)] {
            assert_eq!(resolved(&config), Ok(config.clone()));
        }
    }

    #[test]
    fn a_secret_that_is_not_there_is_told_with_its_key() {
        let config = json!({"a": {"from_env": "LOGAGENT_NO_SUCH"}, "b": [{"from_file": "/nowhere/at/all"}]});
        let problems = resolved(&config).unwrap_err();
        assert_eq!(problems.len(), 2);
        assert!(problems[0].starts_with("a.from_env: ") && problems[0].contains("LOGAGENT_NO_SUCH"), "{problems:?}");
        assert!(problems[1].starts_with("b[0].from_file: ") && problems[1].contains("/nowhere/at/all"), "{problems:?}");
    }
}
