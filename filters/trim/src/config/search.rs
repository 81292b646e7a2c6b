//! All paths of the configuration as one search, so that a batch costs one call.

use std::collections::BTreeMap;

use logagent_sdk::fields::{PathError, Paths};
use logagent_sdk::{ConfigError, ConfigErrors};

use crate::path::{Kind, levels, steps};
use crate::rules::Role;

/// The paths, what each is looked for, and which of the configuration's keys it is there for.
#[derive(Debug, Default)]
pub(super) struct Search {
    paths: Vec<String>,
    roles: Vec<Role>,
    keys: Vec<String>,
}

impl Search {
    pub(super) fn add(&mut self, key: impl Into<String>, path: impl Into<String>, role: Role) {
        self.keys.push(key.into());
        self.paths.push(path.into());
        self.roles.push(role);
    }

    pub(super) fn add_list(&mut self, list: &str, paths: &[String], role: Role, errors: &mut ConfigErrors) {
        for (index, path) in paths.iter().enumerate() {
            let key = format!("{list}[{index}]");
            if is_whole(path) {
                errors.push(ConfigError::new(&key, "a path to the whole body", "a path to a part of it"));
            }
            self.add(key, path, role);
        }
    }

    pub(super) fn add_renames(&mut self, renames: &BTreeMap<String, String>, errors: &mut ConfigErrors) {
        for (index, path) in renames.keys().enumerate() {
            let key = format!("rename.{path}");
            if !path.is_empty() && steps(path).last().is_none_or(|last| last.kind != Kind::Key) {
                errors.push(ConfigError::new(&key, "a path that ends in no key", "a path that ends in a key"));
            }
            self.add(key, path, Role::Rename(index));
        }
    }

    /// Paths to all that may go for what is kept.
    pub(super) fn add_levels(&mut self, keep: &[String]) {
        for (index, path) in keep.iter().enumerate() {
            for level in levels(path) {
                if !self.has(&level, Role::Level) {
                    self.add(format!("keep[{index}]"), level, Role::Level);
                }
            }
        }
    }

    fn has(&self, path: &str, role: Role) -> bool {
        self.paths.iter().zip(&self.roles).any(|(known, its)| known == path && *its == role)
    }

    /// The compiled paths and their roles, by index.
    pub(super) fn compile(self, errors: &mut ConfigErrors) -> Option<(Paths, Vec<Role>)> {
        match Paths::new(&self.paths) {
            Ok(paths) => return Some((paths, self.roles)),
            Err(refused) => refused.iter().for_each(|error| tell(error, &self.keys, errors)),
        }
        None
    }
}

/// Of paths for the same key the first is the one that stands there; the others follow from it, as does what is wrong
/// with them.
fn tell(error: &PathError, keys: &[String], errors: &mut ConfigErrors) {
    let key = keys.get(error.index).map_or("", String::as_str);
    // The root has no key: it is looked for on account of all of them.
    if errors.iter().any(|told| told.key == key || key.is_empty()) {
        return;
    }
    let (found, allowed) =
        error.reason.split_once("; allowed: ").unwrap_or((&error.reason, "a path to a part of the body"));
    errors.push(ConfigError::new(key, found.strip_prefix("found ").unwrap_or(found), allowed));
}

fn is_whole(path: &str) -> bool {
    !path.is_empty() && steps(path).iter().all(|step| step.kind == Kind::AnyDepth)
}
