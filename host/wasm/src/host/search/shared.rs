//! Compiled searches, shared between the instances of all filters: each lane's instance asks for the same ones, and a
//! set may take megabytes and tens of milliseconds to compile.

use logagent_fields::{PathError, Paths};
use logagent_scan::{Options, Pattern, PatternError, Set};
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// All searches that an instance has, by what they were compiled from.
#[derive(Default)]
pub(crate) struct Searches {
    sets: Mutex<Kept<(Vec<Pattern>, Options), Set>>,
    paths: Mutex<Kept<Vec<String>, Paths>>,
}

type Kept<K, T> = Vec<(K, Weak<T>)>;

impl Searches {
    pub(super) fn set(&self, patterns: Vec<Pattern>, options: Options) -> Result<Arc<Set>, Vec<PatternError>> {
        shared(&self.sets, (patterns, options), |(patterns, options)| Set::new(patterns, *options))
    }

    pub(super) fn paths(&self, paths: &[String]) -> Result<Arc<Paths>, Vec<PathError>> {
        shared(&self.paths, paths.to_vec(), |paths| Paths::new(&paths.iter().map(String::as_str).collect::<Vec<_>>()))
    }
}

/// Compiled under the lock: lanes that start together want the same, and the second is to wait for the first.
fn shared<K: PartialEq, T, E>(
    kept: &Mutex<Kept<K, T>>,
    key: K,
    compile: impl FnOnce(&K) -> Result<T, E>,
) -> Result<Arc<T>, E> {
    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    kept.retain(|(_, compiled)| compiled.strong_count() > 0);
    if let Some(compiled) = kept.iter().find(|(known, _)| *known == key).and_then(|(_, compiled)| compiled.upgrade()) {
        return Ok(compiled);
    }
    let compiled = Arc::new(compile(&key)?);
    kept.push((key, Arc::downgrade(&compiled)));
    Ok(compiled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use logagent_scan::{Escapes, Report};

    #[test]
    fn the_same_patterns_are_one_set_for_as_long_as_someone_has_it() {
        let searches = Searches::default();
        let set = |text: &str, report| {
            let options = Options { report, escapes: Escapes::Raw };
            searches.set(vec![Pattern::Literal(text.into())], options).unwrap()
        };
        let first = set("a", Report::First);
        assert!(Arc::ptr_eq(&first, &set("a", Report::First)));
        assert!(!Arc::ptr_eq(&first, &set("a", Report::All)));
        assert!(!Arc::ptr_eq(&first, &set("b", Report::First)));
        drop(first);
        set("c", Report::First);
        assert_eq!(searches.sets.lock().unwrap().len(), 1, "what nobody has is let go");
    }
}
