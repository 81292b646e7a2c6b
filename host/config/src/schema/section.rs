//! Mappings whose keys are known. Not for those whose keys the user chooses.
//!
//! Which keys there are may depend on a word (`type: file`). Such a word is found by trying all of a key's: where they
//! don't all lead to the same questions, the schema has one alternative for each. What depends on two words at once,
//! neither of which changes anything alone, would be missed.

use serde_json::{Map, Value as Json, json};

use super::place::{Place, asks_at};
use super::{mapping, schema_of};
use crate::document::Value;
use crate::reader::Ask;

/// A key, and what is asked of nothing in its place, where no other key is given that need not be.
#[derive(PartialEq)]
struct Property {
    key: &'static str,
    is_required: bool,
    asks: Vec<Ask>,
}

/// A word that decides which other keys there are.
#[derive(Clone, Copy)]
struct Chosen {
    key: &'static str,
    word: &'static str,
    /// Whether it makes no difference to leave the key out.
    is_default: bool,
}

pub(super) fn schema(place: &Place<'_>) -> Json {
    let mut alternatives = alternatives(place, &[]);
    if alternatives.len() == 1 { alternatives.remove(0) } else { json!({ "anyOf": alternatives }) }
}

fn alternatives(place: &Place<'_>, chosen: &[Chosen]) -> Vec<Json> {
    let properties = survey(place, chosen);
    let undecided = properties.iter().filter(|property| !is_chosen(property.key, chosen));
    match undecided.map(|property| choices(place, chosen, property, &properties)).find(|choices| !choices.is_empty()) {
        Some(choices) => choices.iter().flat_map(|chosen| alternatives(place, chosen)).collect(),
        None => vec![closed(place, chosen, &properties)],
    }
}

/// What may be chosen of a key's words; nothing where it makes no difference.
fn choices(place: &Place<'_>, chosen: &[Chosen], of: &Property, without: &[Property]) -> Vec<Vec<Chosen>> {
    let words = of.asks.iter().find_map(|ask| if let Ask::Choice(words) = ask { Some(words) } else { None });
    let with = |word: &&'static str, is_default| {
        let chosen = chosen.iter().copied().chain([Chosen { key: of.key, word, is_default }]);
        chosen.collect::<Vec<_>>()
    };
    let tried: Vec<_> = words.into_iter().flatten().map(|word| (word, survey(place, &with(word, false)))).collect();
    if tried.windows(2).all(|pair| pair[0].1 == pair[1].1) {
        return Vec::new();
    }
    tried.iter().map(|(word, found)| with(word, found == without)).collect()
}

fn is_chosen(key: &str, chosen: &[Chosen]) -> bool {
    chosen.iter().any(|chosen| chosen.key == key)
}

fn keys<'a>(chosen: &'a [Chosen]) -> impl Iterator<Item = (&'a str, Value)> + use<'a> {
    chosen.iter().map(|chosen| (chosen.key, Value::text(chosen.word)))
}

/// Which keys are asked for, and what is asked of each. Each is given alone, since some are refused beside others.
fn survey(place: &Place<'_>, chosen: &[Chosen]) -> Vec<Property> {
    let bare = asks_at(&place.path, &place.all_asks_of(Value::mapping(keys(chosen))));
    let mut properties = properties(&bare);
    for index in 0..properties.len() {
        let key = properties[index].key;
        let alone = (!is_chosen(key, chosen)).then_some((key, Value::NULL));
        let asks = place.all_asks_of(Value::mapping(keys(chosen).chain(alone)));
        heed_required(&mut properties, key, &asks_at(&place.path, &asks));
        properties[index].asks = asks_at(&place.path_of(key), &asks);
    }
    properties
}

/// The keys that are asked for, each once; what is asked of them is not yet known.
fn properties(asks: &[Ask]) -> Vec<Property> {
    let mut properties = Vec::<Property>::new();
    for ask in asks {
        let (Ask::Key(key) | Ask::Required(key)) = *ask else { continue };
        let is_required = *ask == Ask::Required(key);
        match properties.iter_mut().find(|property| property.key == key) {
            Some(property) => property.is_required |= is_required,
            None => properties.push(Property { key, is_required, asks: Vec::new() }),
        }
    }
    properties
}

/// A key that another one can stand for is not required.
fn heed_required(properties: &mut [Property], given: &str, asks: &[Ask]) {
    for property in properties.iter_mut().filter(|property| property.key != given) {
        property.is_required &= asks.contains(&Ask::Required(property.key));
    }
}

/// The one alternative that these words lead to: no other keys than these.
fn closed(place: &Place<'_>, chosen: &[Chosen], properties: &[Property]) -> Json {
    let property = |property: &Property| (property.key.to_owned(), schema_of_property(place, chosen, property));
    let needed = |property: &&Property| {
        property.is_required || chosen.iter().any(|chosen| chosen.key == property.key && !chosen.is_default)
    };
    let required: Vec<_> = properties.iter().filter(needed).map(|property| property.key).collect();
    let can_be_empty = required.is_empty();
    let mut keywords = json!({
        "properties": properties.iter().map(property).collect::<Map<_, _>>(),
        "additionalProperties": false,
    });
    if !can_be_empty {
        keywords["required"] = required.into();
    }
    mapping(can_be_empty, keywords)
}

fn schema_of_property(place: &Place<'_>, chosen: &[Chosen], property: &Property) -> Json {
    if let Some(chosen) = chosen.iter().find(|chosen| chosen.key == property.key) {
        return json!({ "const": chosen.word });
    }
    // A key that is known, but of which nothing is asked whatever it holds, is refused beside these words.
    if property.asks.is_empty() {
        return Json::Bool(false);
    }
    let document = |value| place.with(keys(chosen).chain([(property.key, value)]));
    schema_of(&Place { path: place.path_of(property.key), document: &document })
}
