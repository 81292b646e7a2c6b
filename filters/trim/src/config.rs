//! The configuration's keys, and what of them is refused.

mod additions;
mod search;

use std::collections::BTreeMap;

use logagent_sdk::metrics::Counter;
use logagent_sdk::{ConfigError, ConfigErrors};
use serde::Deserialize;
use serde_json::Value;

use crate::cut::Cut;
use crate::edits::Edits;
use crate::json::quoted;
use crate::path::{Kind, steps};
use crate::rules::{Role, Roots, Rules};
use crate::values::Values;
use crate::{Tally, TrimFilter, Trimmer};
use additions::Additions;
use search::Search;

/// What stands under `config` of the filter. At least one key but `ellipsis` must. Paths are those of
/// `logagent_sdk::fields`, and mean the record as it came.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Paths to what goes.
    pub remove: Option<Vec<String>>,
    /// Paths to what stays, with all that holds it or lies in it; all else goes.
    pub keep: Option<Vec<String>>,
    /// Paths to members, and their new keys.
    pub rename: Option<BTreeMap<String, String>>,
    /// Paths of keys alone, and the value that each gets.
    pub add: Option<BTreeMap<String, Value>>,
    /// The longest that string values may be, in bytes as they stand between their quotes.
    pub max_value_bytes: Option<u32>,
    /// What is put where a string was cut; it counts among its bytes.
    pub ellipsis: Option<String>,
}

const ELLIPSIS: &str = "…";

impl Config {
    pub(crate) fn build(self) -> Result<TrimFilter, ConfigErrors> {
        let mut errors = ConfigErrors::default();
        self.check(&mut errors);
        let cut = self.cut(&mut errors);
        let (remove, keep) = (self.remove.unwrap_or_default(), self.keep.unwrap_or_default());
        let renames = self.rename.unwrap_or_default();
        let additions = Additions::new(&self.add.unwrap_or_default(), &mut errors);
        let roots = roots(&keep, additions.are_for_root());

        let mut search = Search::default();
        search.add_list("remove", &remove, Role::Remove, &mut errors);
        search.add_list("keep", &keep, Role::Keep, &mut errors);
        search.add_renames(&renames, &mut errors);
        additions.add_to(&mut search);
        search.add_levels(&keep);
        if cut.is_some() || !roots.scalars {
            search.add("", "$", Role::Parent(Rules::ROOT));
        }
        let Some((paths, roles)) = search.compile(&mut errors) else { return Err(errors) };
        let rules = Rules {
            has_removals: !remove.is_empty() || !keep.is_empty(),
            has_keep: !keep.is_empty(),
            renames: renames.values().map(|key| quoted(key)).collect(),
            adds: additions.list,
            parents: additions.parents,
            roots,
            cut,
        };
        let (malformed, cut) = (Counter::new("malformed"), Counter::new("cut"));
        let trimmer = Trimmer { rules, values: Values::default(), edits: Edits::default(), tally: Tally::default() };
        errors.or_ok(TrimFilter { paths, roles, trimmer, malformed, cut })
    }

    fn check(&self, errors: &mut ConfigErrors) {
        // Of each: its size, where it is given.
        let parts = [
            ("remove", self.remove.as_ref().map(Vec::len), "an empty list", "one path or more"),
            ("keep", self.keep.as_ref().map(Vec::len), "an empty list", "one path or more"),
            ("rename", self.rename.as_ref().map(BTreeMap::len), "an empty map", "one path or more, and its new key"),
            ("add", self.add.as_ref().map(BTreeMap::len), "an empty map", "one path or more, and its value"),
        ];
        if parts.iter().all(|(_, size, ..)| size.is_none()) && self.max_value_bytes.is_none() {
            let allowed = "at least one of `remove`, `keep`, `rename`, `add`, `max_value_bytes`";
            errors.push(ConfigError::new("", "nothing to trim", allowed));
        }
        for (key, _, found, allowed) in parts.into_iter().filter(|(_, size, ..)| *size == Some(0)) {
            errors.push(ConfigError::new(key, found, allowed));
        }
        if self.ellipsis.is_some() && self.max_value_bytes.is_none() {
            errors.push(ConfigError::new("ellipsis", "a text that nothing uses", "`max_value_bytes` beside it"));
        }
    }

    fn cut(&self, errors: &mut ConfigErrors) -> Option<Cut> {
        let given = self.max_value_bytes?;
        let mut ellipsis = quoted(self.ellipsis.as_deref().unwrap_or(ELLIPSIS));
        ellipsis.pop();
        ellipsis.remove(0);
        let cut = Cut { most: given as usize, ellipsis };
        if cut.ellipsis.len() > cut.most {
            let allowed = format!("{} or more, the bytes of `ellipsis`", cut.ellipsis.len());
            errors.push(ConfigError::new("max_value_bytes", format!("the number {given}"), allowed));
        }
        Some(cut)
    }
}

/// Keeping makes sense where the root is of a kind that a path begins in, and adding in objects.
fn roots(keep: &[String], adds_to_root: bool) -> Roots {
    let begins =
        |kinds: &[Kind]| keep.iter().any(|path| steps(path).first().is_some_and(|it| kinds.contains(&it.kind)));
    let keeps_all = keep.is_empty();
    Roots {
        objects: keeps_all || begins(&[Kind::Key, Kind::AnyKey, Kind::AnyDepth]),
        arrays: !adds_to_root && (keeps_all || begins(&[Kind::Index, Kind::AnyDepth])),
        scalars: !adds_to_root && keeps_all,
    }
}
