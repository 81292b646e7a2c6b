//! Dead letters, read back: which there are, what has become of each, and the streams that take them through a pipeline
//! again. Not for writing them, which is the sink crate's, nor for asking a running agent.

mod attributes;
mod files;
mod letter;
mod marks;
mod pick;
mod stream;

pub use files::{last_id, lines, prune};
pub use letter::Letter;
pub use marks::{Fate, Marks};
pub use pick::{Condition, ConditionError, Picked, Round, Wanted, Way, runs};
pub use stream::{Confirmed, LetterStream};
