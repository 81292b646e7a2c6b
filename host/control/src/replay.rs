//! What an agent says of dead letters that it has sent again, as plain data. Not for sending them.

use serde::{Deserialize, Serialize};

/// What came of a round.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct ReplayAnswer {
    /// Letters that were sent.
    pub sent: u64,
    /// Those of them that were delivered, dropped by a filter, or put aside anew.
    pub done: u64,
    /// Letters that are wanted, and were replayed before.
    pub done_before: u64,
    /// Letters that are wanted, were sent before, and of which it isn't known whether they arrived.
    pub unknown: u64,
    /// Letters that are wanted and can't be sent: their pipeline does not run, they are longer than what it takes, or no
    /// agent of this version has put them aside.
    pub unfit: u64,
    /// Where the next round begins; `None` where there is nothing left.
    pub next: Option<u64>,
    /// Where the last round ends: letters that were put aside since the first one are left for another time.
    pub until: u64,
}

impl ReplayAnswer {
    /// This round and those before it.
    #[must_use]
    pub(crate) fn after(self, before: &Self) -> Self {
        Self {
            sent: before.sent + self.sent,
            done: before.done + self.done,
            done_before: before.done_before + self.done_before,
            unknown: before.unknown + self.unknown,
            unfit: before.unfit + self.unfit,
            ..self
        }
    }
}

/// Why no letter was sent.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum ReplayRefusal {
    #[error("the agent has no pipeline {name}, but {}", known.join(", "))]
    NoPipeline { name: String, known: Vec<String> },
    #[error("the agent is starting or ending")]
    Ending,
    #[error("the dead letters in {directory}: {problem}")]
    Files { directory: String, problem: String },
}
