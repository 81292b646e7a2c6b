//! The connections that are open: how many may be, and how all are ended. Not for what they say.

use super::Shared;
use std::collections::BTreeMap;
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long the end waits for connections: a thread that only has to see that its socket is shut down takes
/// microseconds; one that is in a reload may take minutes, and may itself wait for who ends the server.
const GRACE: Duration = Duration::from_secs(1);

/// How long the server leaves off where it can't take a connection.
const PAUSE: Duration = Duration::from_millis(100);

pub(super) struct Connections {
    most: usize,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    is_ended: bool,
    begun: u64,
    /// By number; `None` where it has not been accepted yet.
    open: BTreeMap<u64, Option<UnixStream>>,
}

/// A connection's place, given back when it is dropped.
pub(super) struct Slot {
    pub(super) shared: Arc<Shared>,
    number: u64,
}

impl Connections {
    pub(super) fn new(most: usize) -> Self {
        Self { most, state: Mutex::default(), changed: Condvar::new() }
    }

    /// Waits for a place; `None` at the end.
    pub(super) fn slot(shared: &Arc<Shared>) -> Option<Slot> {
        let this = &shared.connections;
        let is_full = |state: &mut State| state.open.len() >= this.most && !state.is_ended;
        let mut state = this.changed.wait_while(this.lock(), is_full).unwrap_or_else(PoisonError::into_inner);
        if state.is_ended {
            return None;
        }
        state.begun += 1;
        let number = state.begun;
        state.open.insert(number, None);
        Some(Slot { shared: Arc::clone(shared), number })
    }

    /// Waits a while, or for the end.
    pub(super) fn pause(&self) {
        drop(self.changed.wait_timeout_while(self.lock(), PAUSE, |state| !state.is_ended));
    }

    /// Cuts off all connections, and lets none begin.
    pub(super) fn end(&self) {
        let mut state = self.lock();
        state.is_ended = true;
        for stream in state.open.values().flatten() {
            shut_down(stream);
        }
        self.changed.notify_all();
    }

    /// Waits for the threads of the connections, but not for long.
    pub(super) fn wait_until_none(&self) {
        drop(self.changed.wait_timeout_while(self.lock(), GRACE, |state| !state.open.is_empty()));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot {
    /// Notes which connection it is, so that it can be cut off.
    pub(super) fn hold(&self, stream: UnixStream) {
        let mut state = self.shared.connections.lock();
        if state.is_ended {
            shut_down(&stream);
        }
        state.open.insert(self.number, Some(stream));
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let connections = &self.shared.connections;
        connections.lock().open.remove(&self.number);
        connections.changed.notify_all();
    }
}

/// It fails where the other side has closed already, which is as good.
fn shut_down(stream: &UnixStream) {
    let _ = stream.shutdown(Shutdown::Both);
}
