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

fn origin(letter: &DeadLetter<'_>) -> String {
    let Some((stream, position)) = letter.stream.zip(letter.position) else { return String::new() };
    format!("{} at byte {position} (source {})", stream.name, stream.source_name)
}

impl DeadLetters for Letters {
    fn put(&self, letters: &[DeadLetter<'_>]) -> Result<(), SinkError> {
        let letter = |letter: &DeadLetter<'_>| Letter {
            kind: letter.kind,
            body: String::from_utf8_lossy(letter.body).into_owned(),
            origin: origin(letter),
        };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(letters.iter().map(letter));
        Ok(())
    }
}
