//! What the parts of a pipeline are to each other: the traits of sources, filters and sinks, and the values that
//! pass between them and a lane. Holds no implementation of any of them, and no order in which they are called.

mod cause;
mod checkpoint;
mod dead_letter;
mod decisions;
mod exact;
mod fault;
mod filter;
mod fsync;
mod given_up;
mod intake;
mod letter_files;
mod records;
mod retry;
mod signal;
mod sink;
mod source;

pub use cause::chain;
pub use checkpoint::{Checkpoint, Checkpoints, Fingerprint, MOST_REMEMBERED, Mark, Progress, REMEMBERED};
pub use dead_letter::{Culprit, DeadLetter, DeadLetters, Origin};
pub use decisions::{Copied, Decisions, Edit, Fresh, Part, Stamp};
pub use exact::{Appended, Extent, Lanes};
pub use fault::Fault;
pub use filter::{BatchView, Description, Filter, FilterError};
pub use fsync::Fsync;
pub use given_up::{GiveUp, GivenUp, PutAside};
pub use intake::{Inbox, Intake, intake};
pub use letter_files::{DEAD_LETTERS, closed_name, closed_number, letter_id};
pub use records::Records;
pub use retry::{Backoff, Complaint, Retry};
pub use signal::{Signal, Woken};
pub use sink::{Delivery, Sink, SinkError};
pub use source::{Read, Source, SourceError, Stream, StreamInfo, Streams};
