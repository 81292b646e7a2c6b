//! The state of one instance: what its running call has written, and how that is taken back.

use super::running::Running;
use crate::limits::CallClock;
use logagent_component::Fault;
use logagent_state::{Journal, Map, Namespace, Scratch, UnixMs};
use std::mem::take;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use wasmtime::Result;

/// A filter's part of the state map.
#[derive(Clone)]
pub struct StateHandle {
    /// The map.
    pub map: Arc<Map>,
    /// Whose keys the filter has.
    pub namespace: Namespace,
}

/// One instance's transaction. What was written is undone where it is dropped without a commit.
#[derive(Default)]
pub(crate) struct State {
    handle: Option<StateHandle>,
    journal: Journal,
    scratch: Scratch,
    /// The running call wants all taken out at its end.
    clears: bool,
    /// The time of the running call.
    now: Option<UnixMs>,
}

impl State {
    pub(crate) fn new(handle: Option<StateHandle>) -> Self {
        let mut state = Self::default();
        state.handle = handle;
        state
    }

    /// The call has ended well.
    pub(crate) fn commit(&mut self) {
        self.journal.clear();
        self.now = None;
        if take(&mut self.clears)
            && let Some(StateHandle { map, namespace }) = &self.handle
        {
            map.clear(*namespace);
        }
    }

    /// `function` writes and reads as part of the running call, for as long as that has time, and as long as undoing it
    /// takes no more than so many bytes.
    pub(super) fn running(
        &mut self,
        function: &'static str,
        clock: CallClock,
        most_journal_bytes: usize,
    ) -> Result<Running<'_>> {
        let Self { handle, journal, scratch, clears, now } = self;
        let handle = handle.as_ref().ok_or(Fault::Moment { function, place: "an agent that has a state map" })?;
        let now = *now.get_or_insert_with(unix_ms);
        Ok(Running { handle, journal, scratch, clears, now, function, clock, most_journal_bytes })
    }
}

impl Drop for State {
    fn drop(&mut self) {
        if let Some(StateHandle { map, .. }) = &self.handle {
            map.undo(&mut self.journal, unix_ms());
        }
    }
}

fn unix_ms() -> UnixMs {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    UnixMs(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}
