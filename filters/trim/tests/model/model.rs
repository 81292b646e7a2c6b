//! What the documentation says, in the plainest way: each value asks all rules about its place.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::tree::{Output, Text, Tree, meant, written};

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step {
    Key(&'static str),
    AnyKey,
    Index(usize),
    AnyIndex,
    AnyDepth,
}

type Path = Vec<Step>;

/// A step that was made from the root on.
#[derive(Clone, Debug, PartialEq)]
enum Place {
    Key(String),
    Index(usize),
}

#[derive(Clone, Debug)]
pub(crate) struct Rules {
    pub(crate) removes: Vec<Path>,
    pub(crate) keeps: Vec<Path>,
    pub(crate) renames: Vec<(Path, &'static str)>,
    pub(crate) adds: Vec<(Path, Value)>,
    pub(crate) most: Option<usize>,
}

const ELLIPSIS: &str = "..";

fn key() -> impl Strategy<Value = Step> {
    prop::sample::select(&["a", "b", "c"][..]).prop_map(Step::Key)
}

fn path() -> impl Strategy<Value = Path> {
    let step = prop_oneof![
        6 => key(),
        1 => Just(Step::AnyKey),
        1 => (0..3_usize).prop_map(Step::Index),
        2 => Just(Step::AnyIndex),
        1 => Just(Step::AnyDepth),
        1 => prop::sample::select(&["a.b", "\"", ""][..]).prop_map(Step::Key),
    ];
    prop::collection::vec(step, 1..4).prop_filter("the whole", |path| path.iter().any(|step| *step != Step::AnyDepth))
}

pub(crate) fn rules() -> impl Strategy<Value = Rules> {
    let removes = prop::collection::vec(path(), 0..3);
    let keeps = prop_oneof![Just(Vec::new()), prop::collection::vec(path(), 0..4)];
    let rename = (path(), key()).prop_map(|(path, key)| [path, vec![key]].concat());
    let renames = prop::collection::vec((rename, prop::sample::select(&["a", "z", "\n"][..])), 0..3);
    let value = prop_oneof![Just(json!(5)), Just(json!({"a": ["xxxxxxxxxxxxxxxxxxxx"]}))];
    let adds = prop::collection::vec((prop::collection::vec(key(), 1..4), value), 0..4);
    let most = prop::option::of(2..12_usize);
    (removes, keeps, renames, adds, most).prop_map(|(removes, keeps, renames, adds, most)| {
        Rules { removes, keeps, renames: sorted(renames), adds: apart(sorted(adds)), most }.or_some()
    })
}

/// By text, each path once: as the configuration has them.
fn sorted<T>(mut list: Vec<(Path, T)>) -> Vec<(Path, T)> {
    list.sort_by_key(|(path, _)| text(path));
    list.dedup_by_key(|(path, _)| text(path));
    list
}

/// Without those that lie in another.
fn apart(list: Vec<(Path, Value)>) -> Vec<(Path, Value)> {
    let all: Vec<Path> = list.iter().map(|(path, _)| path.clone()).collect();
    let lies_in_none = |path: &Path| (1..path.len()).all(|length| !all.contains(&path[..length].to_vec()));
    list.into_iter().filter(|(path, _)| lies_in_none(path)).collect()
}

fn text(path: &Path) -> String {
    let step = |step: &Step| match step {
        Step::Key(key @ ("a" | "b" | "c")) => format!(".{key}"),
        Step::Key(key) => format!(".{}", Value::from(*key)),
        Step::AnyKey => ".*".into(),
        Step::Index(index) => format!("[{index}]"),
        Step::AnyIndex => "[*]".into(),
        Step::AnyDepth => ".**".into(),
    };
    path.iter().map(step).collect::<String>().trim_start_matches('.').into()
}

fn is_match(path: &[Step], place: &[Place]) -> bool {
    match (path, place) {
        ([], []) => true,
        ([Step::AnyDepth, rest @ ..], _) => (0..=place.len()).any(|skipped| is_match(rest, &place[skipped..])),
        ([step, path @ ..], [here, place @ ..]) => {
            let is_step = match (step, here) {
                (Step::Key(key), Place::Key(here)) => key == here,
                (Step::Index(index), Place::Index(here)) => index == here,
                (Step::AnyKey, Place::Key(_)) | (Step::AnyIndex, Place::Index(_)) => true,
                _ => false,
            };
            is_step && is_match(path, place)
        }
        _ => false,
    }
}

impl Rules {
    /// With something to do.
    fn or_some(self) -> Self {
        let is_nothing =
            self.removes.is_empty() && self.keeps.is_empty() && self.renames.is_empty() && self.adds.is_empty();
        let most = if is_nothing { self.most.or(Some(5)) } else { self.most };
        Self { most, ..self }
    }

    pub(crate) fn config(&self) -> Value {
        let mut config = Map::new();
        let mut put = |key: &str, is_there: bool, value: Value| is_there.then(|| config.insert(key.into(), value));
        let list = |paths: &[Path]| paths.iter().map(text).collect::<Value>();
        put("remove", !self.removes.is_empty(), list(&self.removes));
        put("keep", !self.keeps.is_empty(), list(&self.keeps));
        let renames = self.renames.iter().map(|(path, key)| (text(path), Value::from(*key)));
        put("rename", !self.renames.is_empty(), Value::Object(renames.collect()));
        let adds = self.adds.iter().map(|(path, value)| (text(path), value.clone()));
        put("add", !self.adds.is_empty(), Value::Object(adds.collect()));
        put("max_value_bytes", self.most.is_some(), self.most.into());
        put("ellipsis", self.most.is_some(), ELLIPSIS.into());
        Value::Object(config)
    }

    pub(crate) fn apply(&self, tree: &Tree) -> Output {
        if self.fits(tree) { self.value(tree, &[]) } else { tree.output() }
    }

    fn fits(&self, root: &Tree) -> bool {
        let begins =
            |is_wanted: fn(&Step) -> bool| self.keeps.is_empty() || self.keeps.iter().any(|it| is_wanted(&it[0]));
        let adds_to_root = self.adds.iter().any(|(path, _)| path.len() == 1);
        match root {
            Tree::Map(_) => begins(|step| matches!(step, Step::Key(_) | Step::AnyKey | Step::AnyDepth)),
            Tree::List(_) => {
                !adds_to_root && begins(|step| matches!(step, Step::Index(_) | Step::AnyIndex | Step::AnyDepth))
            }
            _ => !adds_to_root && self.keeps.is_empty(),
        }
    }

    fn value(&self, tree: &Tree, place: &[Place]) -> Output {
        match tree {
            Tree::Scalar(_) => tree.output(),
            Tree::Text(text) => Output::Text(self.cut(text)),
            Tree::List(list) => {
                let elements = list.iter().enumerate().map(|(index, value)| (value, below(place, Place::Index(index))));
                let staying = elements.filter(|(value, place)| self.stays(value, place));
                Output::List(staying.map(|(value, place)| self.value(value, &place)).collect())
            }
            Tree::Map(map) => Output::Map(self.members(map, place)),
        }
    }

    fn members(&self, map: &[(Text, Tree)], place: &[Place]) -> Vec<(String, Output)> {
        let (mut output, mut found) = (Vec::new(), Vec::new());
        for (key, value) in map {
            let place = below(place, Place::Key(meant(key)));
            if !self.stays(value, &place) {
                continue;
            }
            if let Some((_, key)) = self.renames.iter().find(|(path, _)| is_match(path, &place)) {
                output.push(((*key).into(), self.value(value, &place)));
            } else if let Some((path, value)) = self.adds.iter().find(|(path, _)| is_match(path, &place)) {
                found.push(path);
                output.push((meant(key), read(value)));
            } else {
                output.push((meant(key), self.value(value, &place)));
            }
        }
        for (path, value) in self.adds.iter().filter(|(path, _)| !found.contains(&path)) {
            if let Some((Step::Key(key), parent)) = path.split_last().filter(|(_, parent)| is_match(parent, place)) {
                let _ = parent;
                output.push(((*key).into(), read(value)));
            }
        }
        output
    }

    fn stays(&self, tree: &Tree, place: &[Place]) -> bool {
        let lies_in_kept = || (1..=place.len()).any(|length| self.is_kept(&place[..length]));
        let is_kept = self.keeps.is_empty() || lies_in_kept() || self.holds_kept(tree, place);
        is_kept && !self.removes.iter().any(|path| is_match(path, place))
    }

    fn is_kept(&self, place: &[Place]) -> bool {
        self.keeps.iter().any(|path| is_match(path, place))
    }

    fn holds_kept(&self, tree: &Tree, place: &[Place]) -> bool {
        let is_or_holds = |value, place: Vec<Place>| self.is_kept(&place) || self.holds_kept(value, &place);
        match tree {
            Tree::Scalar(_) | Tree::Text(_) => false,
            Tree::List(list) => {
                list.iter().enumerate().any(|(index, value)| is_or_holds(value, below(place, Place::Index(index))))
            }
            Tree::Map(map) => map.iter().any(|(key, value)| is_or_holds(value, below(place, Place::Key(meant(key))))),
        }
    }

    fn cut(&self, text: &Text) -> String {
        let Some(most) = self.most.filter(|most| written(text).len() > *most) else { return meant(text) };
        let mut left = most - ELLIPSIS.len();
        let fits = |unit: &&(&str, &str)| {
            let answer = unit.0.len() <= left;
            left = left.saturating_sub(unit.0.len());
            answer
        };
        text.iter().take_while(fits).map(|(_, meant)| *meant).chain([ELLIPSIS]).collect()
    }
}

fn below(place: &[Place], step: Place) -> Vec<Place> {
    [place, &[step]].concat()
}

fn read(value: &Value) -> Output {
    serde_json::from_str(&value.to_string()).unwrap()
}
