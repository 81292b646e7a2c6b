//! Compiled searches, shared between the instances of all filters: each lane's instance asks for the same ones, and a
//! set may take megabytes and tens of milliseconds to compile. A filter's own stay compiled while it has no instance.

use super::MOST;
use super::compiled::Compiled;
use crate::contract::search::WitProblem;
use logagent_fields::Paths;
use logagent_scan::Set;
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// All searches that an instance has, by what they were compiled from.
#[derive(Default)]
pub(crate) struct Searches {
    pub(super) sets: Shelf<Set>,
    pub(super) paths: Shelf<Paths>,
}

/// Those of one kind.
pub(super) struct Shelf<T: Compiled>(Mutex<Vec<(T::Source, Weak<T>)>>);

impl<T: Compiled> Default for Shelf<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Compiled> Shelf<T> {
    /// Compiled under the lock: lanes that start together want the same, and the second is to wait for the first.
    fn get(&self, source: &T::Source) -> Result<Arc<T>, Vec<WitProblem>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(_, compiled)| compiled.strong_count() > 0);
        if let Some(compiled) = kept.iter().find(|(known, _)| known == source).and_then(|(_, it)| it.upgrade()) {
            return Ok(compiled);
        }
        let compiled = Arc::new(T::compile(source)?);
        kept.push((source.clone(), Arc::downgrade(&compiled)));
        Ok(compiled)
    }
}

/// One lane's searches of one configured filter, whose next instance finds them compiled and waits for nobody.
pub(crate) struct Lease {
    searches: Arc<Searches>,
    pub(super) sets: Leased<Set>,
    pub(super) paths: Leased<Paths>,
}

/// Those of one kind, each with what it was compiled from.
pub(super) type Leased<T> = Mutex<Vec<(<T as Compiled>::Source, Arc<T>)>>;

impl Lease {
    pub(crate) fn new(searches: Arc<Searches>) -> Self {
        Self { searches, sets: Mutex::default(), paths: Mutex::default() }
    }

    pub(super) fn get<T: Compiled>(&self, source: &T::Source) -> Result<Arc<T>, Vec<WitProblem>> {
        let mut leased = T::leased(self).lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, compiled)) = leased.iter().find(|(known, _)| known == source) {
            return Ok(compiled.clone());
        }
        let compiled = T::shelf(&self.searches).get(source)?;
        // An instance has no more. One that asks for others than the one before would else have both kept.
        if leased.len() == MOST {
            leased.clear();
        }
        leased.push((source.clone(), compiled.clone()));
        Ok(compiled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use logagent_scan::{Escapes, Options, Pattern, Report};

    fn source(text: &str, report: Report) -> (Vec<Pattern>, Options) {
        (vec![Pattern::Literal(text.into())], Options { report, escapes: Escapes::Raw })
    }

    #[test]
    fn the_same_patterns_are_one_set_for_as_long_as_someone_has_it() {
        let shelf = Shelf::<Set>::default();
        let set = |text: &str, report| shelf.get(&source(text, report)).ok().unwrap();
        let first = set("a", Report::First);
        assert!(Arc::ptr_eq(&first, &set("a", Report::First)));
        assert!(!Arc::ptr_eq(&first, &set("a", Report::All)));
        assert!(!Arc::ptr_eq(&first, &set("b", Report::First)));
        drop(first);
        set("c", Report::First);
        assert_eq!(shelf.0.lock().unwrap().len(), 1, "what nobody has is let go");
    }

    #[test]
    fn a_filters_next_instance_finds_its_sets_compiled() {
        let lease = Lease::new(Arc::default());
        let set = |text: &str| lease.get::<Set>(&source(text, Report::First)).ok().unwrap();
        let first = Arc::downgrade(&set("a"));
        assert!(std::ptr::eq(first.as_ptr(), Arc::as_ptr(&set("a"))), "no instance has it, and it is there");
        for number in 0..2 * MOST {
            set(&number.to_string());
        }
        assert!(first.upgrade().is_none(), "what is kept is bounded");
    }
}
