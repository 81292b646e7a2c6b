//! `with`: one style for all, or styles by name.

use std::collections::BTreeMap;
use std::fmt;

use logagent_sdk::{ConfigError, ConfigErrors};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, IntoDeserializer, MapAccess, Visitor};

use super::{KindName, PatternConfig};
use crate::rule::Style;

/// The name that stands for all without a style of their own.
const DEFAULT: &str = "default";

/// Styles, by the names of kinds, patterns and fields.
#[derive(Debug, Default)]
pub struct With {
    default: Style,
    by_name: BTreeMap<String, Style>,
}

impl With {
    pub(super) fn style(&self, name: &str) -> Style {
        self.by_name.get(name).copied().unwrap_or(self.default)
    }

    pub(super) fn uses(&self, style: Style) -> bool {
        self.default == style || self.by_name.values().any(|it| *it == style)
    }

    /// Refuses styles for what is not redacted.
    pub(super) fn check_names(
        &self,
        kinds: &[KindName],
        patterns: &[PatternConfig],
        fields: &[String],
        errors: &mut ConfigErrors,
    ) {
        let is_known = |name: &str| {
            let is_kind = kinds.iter().any(|kind| kind.kind().0 == name);
            is_kind || patterns.iter().any(|it| it.name == name) || fields.iter().any(|field| field == name)
        };
        for name in self.by_name.keys().filter(|name| !is_known(name)) {
            let allowed = "`default`, or a kind, pattern or field that is redacted";
            errors.push(ConfigError::new(format!("with.{name}"), "a name that stands for nothing", allowed));
        }
    }
}

impl<'de> Deserialize<'de> for With {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WithVisitor)
    }
}

struct WithVisitor;

impl<'de> Visitor<'de> for WithVisitor {
    type Value = With;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("one of `label`, `mask`, `hash`, `partial`, or a map of them by name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<With, E> {
        Ok(With { default: Style::deserialize(name.into_deserializer())?, by_name: BTreeMap::new() })
    }

    fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<With, M::Error> {
        let mut by_name = BTreeMap::<String, Style>::deserialize(MapAccessDeserializer::new(map))?;
        Ok(With { default: by_name.remove(DEFAULT).unwrap_or_default(), by_name })
    }
}
