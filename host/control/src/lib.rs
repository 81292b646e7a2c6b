//! The control socket of a running agent, and what `logagentctl` does with it: protocol, server, client, and how what
//! the agent answers is shown. Not for carrying commands out: the agent does that behind [`Handler`].

mod state;
mod status;

mod frame;
mod protocol;

mod address;
mod server;
mod socket;

mod client;

mod dead_letters;
mod replay;
mod show;

mod ctl;

pub use client::{Client, ClientError};
pub use ctl::{Cli, CtlError, run};
pub use dead_letters::DeadLetterError;
pub use protocol::{MAX_ANSWER_BYTES, MAX_REQUEST_BYTES, Refusal, ReloadAnswer, ReloadRefusal, VERSION};
pub use replay::{ReplayAnswer, ReplayRefusal};
pub use server::{ControlError, Handler, Limits, Server};
pub use state::{
    Bytes, EntryStatus, Heat, HotKey, NamespaceStatus, ShardStatus, SlowStatus, StateAnswer, StateQuestion,
    StateRefusal, TopEntry, Waits, ask,
};
pub use status::{CanaryStatus, FilterStatus, LaneStatus, LastReload, Rate, ShadowStatus, Status};

use std::path::{Path, PathBuf};

/// Where the agent that works with this `data_dir` listens.
#[must_use]
pub fn socket_path(data_dir: &Path) -> PathBuf {
    data_dir.join("control.sock")
}
