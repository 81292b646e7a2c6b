//! What a reload did.

use super::clean;
use crate::ReloadAnswer;

/// The changes, and the generations that serve now.
pub(crate) fn reloaded(answer: &ReloadAnswer) -> String {
    let changes = if answer.changes.is_empty() { "nothing changed".into() } else { clean(&answer.changes) };
    let generations = answer.generations.iter();
    let lines = generations.map(|(filter, generation)| format!("{}: generation {generation}\n", clean(filter)));
    format!("{changes}\n{}", lines.collect::<String>())
}
