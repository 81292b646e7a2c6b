//! `hash_key`. Whatever stands there may be the key itself, so nothing of it is ever shown: neither in an error nor by
//! `Debug`.

use std::collections::BTreeMap;
use std::fmt;

use logagent_sdk::{ConfigError, ConfigErrors};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::hash::Key;

pub(super) const ALLOWED: &str = "`{from_env: NAME}` or `{from_file: PATH}`";
/// 128 bits, should they be random: a key that can be guessed tells who is behind each hash.
const FEWEST_BYTES: usize = 16;

/// The key as the host hands it over: `{secret: …}`, which it read where the user's configuration said.
#[derive(Deserialize)]
#[serde(from = "Given")]
pub struct HashKey(Given);

impl fmt::Debug for HashKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HashKey(..)")
    }
}

/// Anything at all is read, since serde shows what it refuses.
#[derive(Deserialize)]
#[serde(untagged)]
enum Given {
    Text(String),
    Map(BTreeMap<String, Given>),
    Other(IgnoredAny),
}

impl From<Given> for HashKey {
    fn from(given: Given) -> Self {
        Self(given)
    }
}

impl HashKey {
    pub(super) fn build(self, errors: &mut ConfigErrors) -> Option<Key> {
        let (found, allowed) = match &self.0 {
            Given::Text(_) => ("a key written in the configuration".into(), ALLOWED.into()),
            Given::Map(map) => match (map.len(), map.get("secret")) {
                (1, Some(Given::Text(key))) if key.len() >= FEWEST_BYTES => return Some(Key::new(key.as_bytes())),
                (1, Some(Given::Text(key))) => {
                    (format!("a key of {} bytes", key.len()), format!("{FEWEST_BYTES} bytes or more"))
                }
                _ => ("something else".into(), ALLOWED.into()),
            },
            Given::Other(IgnoredAny) => ("something else".into(), ALLOWED.into()),
        };
        errors.push(ConfigError::new("hash_key", found, allowed));
        None
    }
}
