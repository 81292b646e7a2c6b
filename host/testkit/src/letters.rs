//! A dead-letter box that keeps what it is given in memory.

use logagent_component::{DeadLetter, DeadLetters, SinkError};
use std::sync::{Mutex, PoisonError};

/// What was put aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The failure's kind.
    pub kind: &'static str,
    /// The record's body.
    pub body: String,
    /// Where it was read, as people are told.
    pub origin: String,
}

/// A dead-letter box.
#[derive(Default)]
pub struct Letters(Mutex<Vec<Letter>>);

impl Letters {
    /// All that was put aside, in order.
    #[must_use]
    pub fn all(&self) -> Vec<Letter> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The bodies of what was put aside.
    #[must_use]
    pub fn texts(&self) -> Vec<String> {
        self.all().into_iter().map(|letter| letter.body).collect()
    }
}

impl DeadLetters for Letters {
    fn put(&self, letters: &[DeadLetter<'_>]) -> Result<(), SinkError> {
        let letter = |letter: &DeadLetter<'_>| Letter {
            kind: letter.kind,
            body: String::from_utf8_lossy(letter.body).into_owned(),
            origin: letter.origin.as_ref().map_or_else(String::new, ToString::to_string),
        };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(letters.iter().map(letter));
        Ok(())
    }
}
