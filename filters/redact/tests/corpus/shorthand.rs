//! The corpus's configurations, in words: a style, `kind:style`, kinds with commas between or `all`, `f:field`,
//! `p:name=pattern`.

use serde_json::{Map, Value, json};

/// The key that the corpus's hashes were made with.
pub const KEY: &str = "a key for tests only";

const STYLES: [&str; 4] = ["label", "mask", "hash", "partial"];
const KINDS: [&str; 9] = ["email", "card", "ipv4", "ipv6", "phone", "iban", "jwt", "aws_key", "bearer"];

pub fn config(words: &str) -> Value {
    let (mut kinds, mut patterns, mut fields, mut with) = (vec![], vec![], vec![], Map::new());
    for word in words.split(' ') {
        match word.split_once(':') {
            Some(("f", field)) => fields.push(json!(field)),
            Some(("p", pattern)) => {
                let (name, regex) = pattern.split_once('=').unwrap();
                patterns.push(json!({"name": name, "regex": regex}));
            }
            Some((kind, style)) => {
                kinds.push(json!(kind));
                with.insert(kind.into(), json!(style));
            }
            None if STYLES.contains(&word) => drop(with.insert("default".into(), json!(word))),
            None if word == "all" => kinds.extend(KINDS.map(Value::from)),
            None => kinds.extend(word.split(',').map(Value::from)),
        }
    }
    let mut config = Map::new();
    for (key, list) in [("kinds", kinds), ("patterns", patterns), ("fields", fields)] {
        if !list.is_empty() {
            config.insert(key.into(), list.into());
        }
    }
    if words.contains("hash") {
        config.insert("hash_key".into(), json!({"secret": KEY}));
    }
    config.insert("with".into(), with.into());
    config.into()
}
