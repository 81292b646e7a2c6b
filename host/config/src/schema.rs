//! The JSON Schema of the configuration, for editors and for those that make configurations. Not for judging one, which
//! the parser does: a schema can't tell names that don't exist, sums that don't fit, or ranges of what has a unit.
//!
//! The parser is its only source. It reads small documents that are made up here and notes what it asks of each value
//! ([`Ask`]); a key that it asks for is then given, until nothing new is asked. So no second list of keys can fall behind.

mod place;
mod section;
mod value;

use serde_json::{Value as Json, json};

use crate::document::Value;
use crate::reader::Ask;
use place::Place;

/// Draft 7, which is what most editors of YAML read.
const DRAFT: &str = "http://json-schema.org/draft-07/schema#";

/// The JSON Schema that every right configuration fulfils, and most wrong ones don't.
#[must_use]
pub fn schema() -> Json {
    let mut schema = json!({ "$schema": DRAFT, "title": "LogAgent's configuration" });
    let root = schema_of(&Place { path: String::new(), document: &|value| value });
    if let (Json::Object(schema), Json::Object(root)) = (&mut schema, root) {
        schema.extend(root);
    }
    schema
}

fn schema_of(place: &Place<'_>) -> Json {
    let asks = place.asks_of(Value::NULL);
    match asks.contains(&Ask::MappingOrElse) {
        true => json!({ "anyOf": [of_asks(place, &asks), section::schema(place)] }),
        false => of_asks(place, &asks),
    }
}

fn of_asks(place: &Place<'_>, asks: &[Ask]) -> Json {
    let can_be_empty = !asks.contains(&Ask::NotEmpty);
    if asks.contains(&Ask::Keys) {
        let values = schema_of(&Place { path: place.path_of("a"), document: &|value| place.with([("a", value)]) });
        let mut keywords = json!({ "additionalProperties": values });
        if asks.contains(&Ask::Names) {
            keywords["propertyNames"] = value::name();
        }
        mapping(can_be_empty, keywords)
    } else if asks.contains(&Ask::Mapping) {
        section::schema(place)
    } else if asks.contains(&Ask::List) {
        let path = format!("{}[0]", place.path);
        let items = schema_of(&Place { path, document: &|value| (place.document)(Value::list(value)) });
        list(can_be_empty, asks.contains(&Ask::Unique), &items)
    } else {
        value::schema(asks)
    }
}

fn list(can_be_empty: bool, is_unique: bool, items: &Json) -> Json {
    let mut list = json!({ "type": "array", "items": items });
    if !can_be_empty {
        list["minItems"] = 1.into();
    }
    if is_unique {
        list["uniqueItems"] = true.into();
    }
    list
}

/// A mapping; where it can be empty, its keys may all be commented out.
fn mapping(can_be_empty: bool, mut keywords: Json) -> Json {
    keywords["type"] = if can_be_empty { json!(["object", "null"]) } else { json!("object") };
    if !can_be_empty && keywords["required"].is_null() {
        keywords["minProperties"] = 1.into();
    }
    keywords
}
