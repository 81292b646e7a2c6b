//! What the end-to-end tests share: the built agent as a process in a private directory, logs to feed it, its report,
//! and the table of the crates' layers. The tests themselves are under `tests/`.

mod place;

mod agent;
mod artifacts;
mod report;

mod logs;

pub mod layers;
pub mod stall;

pub use agent::{Agent, Ended, ctl, ctl_command};
pub use artifacts::{component, drop_filter, filter, repository, test_guests};
pub use logs::{Random, json_logs, lines};
pub use place::Place;
pub use report::Report;
