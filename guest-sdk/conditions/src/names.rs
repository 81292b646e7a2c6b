//! Fields of records by their names: all names are found with one call of the host per batch, or with none where all
//! are attributes. Not for what is done with a value.
//!
//! A name is an attribute's; else, in a body that is a JSON object, a key at its top; else the path that the name is
//! when cut at its dots. Of duplicate keys the first counts, at each level of a path: so the host is asked for each part
//! of the path, and what lies in another than the first is passed over.

use std::ops::Range;

use logagent_sdk::fields::{self, Fields, PathError, Paths};
use logagent_sdk::{Batch, Record, Value};

use crate::json;
use crate::scalar::Found;
use crate::severity::Severities;

/// Names that are looked up together.
///
/// ```
/// use logagent_conditions::{Found, Names};
///
/// let mut names = Names::new(["user.id"]).unwrap();
/// logagent_sdk::testing::once([r#"{"user":{"id":"anna"}}"#, "no JSON"], |batch, _| {
///     let mut ids = Vec::new();
///     names.for_each(batch, |_, values| ids.push(values.get(0) == Some(Found::Text(b"anna"))));
///     assert_eq!(ids, [true, false]);
/// });
/// ```
#[derive(Debug)]
pub struct Names {
    names: Vec<Name>,
    paths: Paths,
    parents: Vec<Option<usize>>,
    bodies: Bodies,
    decoded: Vec<u8>,
}

/// What the bodies of a batch hold.
#[derive(Debug)]
struct Bodies {
    /// `None` until a name is no attribute: a search of all bodies that answers nothing costs more than the rest.
    fields: Option<Fields>,
    /// How many of them were noted.
    noted: usize,
    /// By path.
    slots: Vec<Slot>,
}

/// A name, and the indices of its paths.
#[derive(Debug)]
struct Name {
    whole: String,
    key: usize,
    /// The same as `key` where the name has no dots.
    leaf: usize,
}

/// Where a path's value was found.
#[derive(Clone, Debug)]
struct Slot {
    /// `usize::MAX` is no record.
    record: usize,
    range: Range<usize>,
}

impl Slot {
    const EMPTY: Self = Self { record: usize::MAX, range: 0..0 };
}

impl Names {
    /// Compiles names. Call it in `configure`: the host refuses it elsewhere.
    ///
    /// # Errors
    /// The names that the host refuses, by index: those with too many dots.
    pub fn new<'n>(names: impl IntoIterator<Item = &'n str>) -> Result<Self, Vec<PathError>> {
        let mut plan = Plan::default();
        let names: Vec<Name> = names.into_iter().enumerate().map(|(index, name)| plan.name(index, name)).collect();
        let paths = Paths::new(&plan.texts).map_err(|errors| plan.of_names(errors))?;
        let bodies = Bodies { fields: None, noted: 0, slots: vec![Slot::EMPTY; plan.texts.len()] };
        Ok(Self { names, paths, parents: plan.parents, bodies, decoded: Vec::new() })
    }

    /// Goes through the records of the batch in hand, in order.
    pub fn for_each<'a>(&mut self, batch: &Batch<'a>, mut each: impl FnMut(&Record<'a>, &mut Values<'_, 'a>)) {
        self.bodies.begin();
        let Self { names, paths, parents, bodies, decoded } = self;
        for record in batch.records() {
            each(&record, &mut Values { names, paths, parents, bodies, decoded, batch: *batch, record });
        }
    }
}

impl Bodies {
    fn begin(&mut self) {
        self.slots.fill(Slot::EMPTY);
        (self.fields, self.noted) = (None, 0);
    }

    /// Notes what there is up to the record's end.
    #[inline]
    fn reach(&mut self, record: usize, parents: &[Option<usize>], find: impl FnOnce() -> Fields) {
        let fields = self.fields.get_or_insert_with(find);
        while let Some(field) = fields.get(self.noted).filter(|field| field.record() <= record) {
            note(&mut self.slots, parents, field);
            self.noted += 1;
        }
    }
}

/// Values come in the order in which they begin, so an object before what is in it.
#[inline]
fn note(slots: &mut [Slot], parents: &[Option<usize>], field: fields::Found) {
    let fields::Found::Value { record, path, range, .. } = field else { return };
    let is_first = slots[path].record != record;
    let is_within = parents[path].is_none_or(|parent| slots[parent].holds(record, &range));
    if is_first && is_within {
        slots[path] = Slot { record, range };
    }
}

impl Slot {
    fn holds(&self, record: usize, range: &Range<usize>) -> bool {
        self.record == record && self.range.start <= range.start && range.end <= self.range.end
    }
}

/// The paths that names need, in the host's syntax.
#[derive(Default)]
struct Plan {
    texts: Vec<String>,
    parents: Vec<Option<usize>>,
    /// The name that a path was made for first.
    names: Vec<usize>,
}

impl Plan {
    /// The problems of paths as problems of names, one for each.
    fn of_names(&self, errors: Vec<PathError>) -> Vec<PathError> {
        let of_name = |error: PathError| PathError { index: self.names[error.index], ..error };
        let mut errors: Vec<_> = errors.into_iter().map(of_name).collect();
        errors.dedup_by_key(|error| error.index);
        errors
    }

    fn name(&mut self, index: usize, name: &str) -> Name {
        let key = self.path(index, &quoted(name), None);
        let mut leaf = None;
        if name.contains('.') {
            for part in name.split('.') {
                leaf = Some(self.path(index, &quoted(part), leaf));
            }
        }
        Name { whole: name.into(), key, leaf: leaf.unwrap_or(key) }
    }

    fn path(&mut self, name: usize, key: &str, parent: Option<usize>) -> usize {
        let text = parent.map_or(key.into(), |parent| format!("{}.{key}", self.texts[parent]));
        if let Some(known) = self.texts.iter().position(|it| *it == text) {
            return known;
        }
        self.texts.push(text);
        self.parents.push(parent);
        self.names.push(name);
        self.texts.len() - 1
    }
}

/// A key as the host's paths have any: a string of JSON.
fn quoted(key: &str) -> String {
    serde_json::Value::from(key).to_string()
}

/// The fields of one record.
#[derive(Debug)]
pub struct Values<'n, 'a> {
    names: &'n [Name],
    paths: &'n Paths,
    parents: &'n [Option<usize>],
    bodies: &'n mut Bodies,
    decoded: &'n mut Vec<u8>,
    batch: Batch<'a>,
    record: Record<'a>,
}

/// Where a name's value stands.
enum Place<'a> {
    Attribute(Value<'a>),
    Body(&'a [u8]),
}

impl<'a> Values<'_, 'a> {
    /// The value of the name with this index; `None` where the record has no such field.
    #[inline]
    pub fn get(&mut self, name: usize) -> Option<Found<'_>> {
        Some(match self.place(name)? {
            Place::Attribute(value) => value.into(),
            Place::Body(written) => json::read(written, self.decoded),
        })
    }

    /// The severity that the value of the name means. Where the record has no such field, its own, if it is known.
    #[inline]
    pub(crate) fn severity(&mut self, name: usize, severities: &mut Severities) -> Option<u8> {
        match self.place(name) {
            Some(Place::Body(written)) => severities.of_written(written, self.decoded),
            Some(Place::Attribute(value)) => severities.of(&value.into()),
            None => Some(self.record.severity()).filter(|severity| *severity > 0),
        }
    }

    #[inline(always)]
    fn place(&mut self, name: usize) -> Option<Place<'a>> {
        let name = &self.names[name];
        if !self.record.attributes().is_empty()
            && let Some(value) = self.record.attribute(&name.whole)
        {
            return Some(Place::Attribute(value));
        }
        self.bodies.reach(self.record.index(), self.parents, || self.paths.find(&self.batch));
        let range = self.range(name.key).or_else(|| self.range(name.leaf))?;
        self.record.body().get(range).map(Place::Body)
    }

    #[inline]
    fn range(&self, path: usize) -> Option<Range<usize>> {
        let slot = &self.bodies.slots[path];
        (slot.record == self.record.index()).then(|| slot.range.clone())
    }
}
