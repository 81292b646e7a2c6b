//! What comes first where there is not enough for all. Not for what follows from it.

use crate::reader::Section;

const PRIORITIES: [(&str, Priority); 2] = [("normal", Priority::Normal), ("high", Priority::High)];

/// Whose records are read first where there are more than a lane can take, and taken first by a sink that is behind
/// (`normal`, `high`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Priority {
    /// Each stream of a lane in turn.
    #[default]
    Normal,
    /// Of a source: read before the others, and eight times as much of each. Of a source or a route: not shed by a sink
    /// that is behind while there is room.
    High,
}

impl Priority {
    pub(crate) fn read(section: &mut Section<'_>) -> Self {
        section.choice("priority", &PRIORITIES, Self::default())
    }
}
