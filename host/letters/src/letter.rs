//! One letter: a line of the file.

use crate::attributes;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A letter. What isn't named here is kept, too.
#[derive(Debug, Deserialize, Serialize)]
#[allow(missing_docs)]
pub struct Letter {
    /// Ascends with the letters that are put aside, over all runs of an agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<u64>,
    pub time: String,
    pub kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pipeline: Option<String>,
    /// The filter that failed on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// The sink that gave it up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sink: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generation: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<u64>,
    #[serde(default, rename = "StreamAttributes", skip_serializing_if = "Map::is_empty")]
    pub stream_attributes: Map<String, Value>,
    /// Text, or `{"bytesValue": base64}`.
    pub body: Value,
    #[serde(default, rename = "Timestamp", skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<String>,
    #[serde(default, rename = "SeverityNumber", skip_serializing_if = "is_zero")]
    pub severity: u8,
    #[serde(default, rename = "Attributes", skip_serializing_if = "Map::is_empty")]
    pub attributes: Map<String, Value>,
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

// Serde hands over a reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero(severity: &u8) -> bool {
    *severity == 0
}

impl Letter {
    /// The body's bytes; `None` where the letter holds none.
    #[must_use]
    pub fn body_bytes(&self) -> Option<Vec<u8>> {
        bytes_of(&self.body)
    }

    /// The record's own attributes: a MessagePack map, or nothing.
    #[must_use]
    pub fn attribute_bytes(&self) -> Vec<u8> {
        attributes::map(&self.attributes)
    }

    /// Those of the stream that it was read from.
    #[must_use]
    pub fn stream_attribute_bytes(&self) -> Vec<u8> {
        attributes::map(&self.stream_attributes)
    }

    /// When it happened, in nanoseconds since the Unix epoch; 0 unknown.
    #[must_use]
    pub fn time_unix_nano(&self) -> u64 {
        self.timestamp.as_deref().and_then(|nanoseconds| nanoseconds.parse().ok()).unwrap_or(0)
    }
}

/// Text as it is, or OTLP's form for bytes.
pub(crate) fn bytes_of(value: &Value) -> Option<Vec<u8>> {
    match value {
        Value::String(text) => Some(text.clone().into_bytes()),
        Value::Object(map) => STANDARD.decode(map.get("bytesValue")?.as_str()?).ok(),
        _ => None,
    }
}
