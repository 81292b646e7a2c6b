//! Bugs that the simulation is to find: each is in a double, where the agent's own parts could have it.

use logagent_component::{Read, Records, SourceError, Stream, StreamInfo};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;

/// What is wrong on purpose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Bug {
    /// Nothing.
    #[default]
    None,
    /// The remote destination confirms what it has not got yet.
    ConfirmedBeforeWritten,
    /// The sink's file says that it is synced, and isn't, so that checkpoints go ahead of it.
    CheckpointBeforeSync,
    /// A confirmation counts for all that was sent before.
    OutOfOrder,
    /// Lengths of exact outputs are kept while records are in flight.
    NotStill,
    /// What a failed write has left in the sink's file stays there, and is written again.
    WrittenTwice,
}

/// How far each stream was framed, and how far it is taken as confirmed.
#[derive(Clone, Default)]
pub(crate) struct Haste(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    framed: Vec<u64>,
    confirmed: Vec<u64>,
}

impl Haste {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How far all streams are framed, which is how far a delivery that comes now reaches.
    pub(crate) fn framed(&self) -> Vec<u64> {
        self.state().framed.clone()
    }

    /// What reached this far was confirmed.
    pub(crate) fn confirm(&self, framed: Vec<u64>) {
        self.state().confirmed = framed;
    }

    pub(crate) fn wrap(&self, inner: Box<dyn Stream>) -> Box<dyn Stream> {
        let mut state = self.state();
        state.framed.push(inner.position());
        Box::new(Hasty { inner, index: state.framed.len() - 1, haste: self.clone() })
    }
}

/// A stream that hears of confirmations as they come, and not in their order.
struct Hasty {
    inner: Box<dyn Stream>,
    index: usize,
    haste: Haste,
}

impl Hasty {
    fn hear(&mut self) {
        let confirmed = self.haste.state().confirmed.get(self.index).copied();
        confirmed.into_iter().for_each(|position| self.inner.confirm(position));
    }
}

impl Stream for Hasty {
    fn info(&self) -> &Arc<StreamInfo> {
        self.inner.info()
    }

    fn register(&mut self, lane: Waker) {
        self.inner.register(lane);
    }

    fn is_ready(&self) -> bool {
        self.inner.is_ready()
    }

    fn is_patient(&self) -> bool {
        self.inner.is_patient()
    }

    fn wanted(&self) -> usize {
        self.inner.wanted()
    }

    fn read(&mut self, space: &mut [u8]) -> Result<Read, SourceError> {
        self.hear();
        self.inner.read(space)
    }

    fn frame(&mut self, bytes: &[u8], records: &mut Records<'_>) -> usize {
        self.hear();
        let used = self.inner.frame(bytes, records);
        self.haste.state().framed[self.index] = self.inner.position();
        used
    }

    fn unread(&mut self, fragment: &[u8]) {
        self.inner.unread(fragment);
    }

    fn position(&self) -> u64 {
        self.inner.position()
    }

    fn confirm(&mut self, position: u64) {
        self.inner.confirm(position);
    }
}
