//! The agent's side of the control socket: its threads, and who may keep them busy for how long. Nothing that comes
//! over the socket can stop or crash the agent but by a command that says so.

mod connections;
mod rates;

pub use crate::socket::ControlError;

use crate::frame::{self, FrameError};
use crate::protocol::{self, Answer, Command, MAX_ANSWER_BYTES, MAX_REQUEST_BYTES, Refusal};
use crate::socket::Socket;
use crate::{
    Rate, ReloadAnswer, ReloadRefusal, ReplayAnswer, ReplayRefusal, StateAnswer, StateQuestion, StateRefusal, Status,
};
use connections::{Connections, Slot};
use logagent_letters::Wanted;
use logagent_telemetry::Counts;
use rates::Rates;
use std::collections::BTreeMap;
use std::io;
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

/// What the agent does on command. It is called by several threads at once, so that a status is answered while a
/// reload compiles.
pub trait Handler: Send + Sync {
    /// All that is known of the agent; `rates` is what passed lately, by pipeline.
    fn status(&self, rates: BTreeMap<String, Rate>) -> Status;

    /// The law's counts now, by pipeline. Called each second, to measure the rates.
    fn counts(&self) -> BTreeMap<String, Counts>;

    /// Reads the configuration again, and follows it. Another one may be under way: they must not mix.
    ///
    /// # Errors
    /// All that is wrong with it; nothing has then changed.
    fn reload(&self) -> Result<ReloadAnswer, ReloadRefusal>;

    /// Tells what filters remember. Lanes must not wait for it for longer than a moment.
    ///
    /// # Errors
    /// They remember nothing, or not this.
    fn state(&self, question: &StateQuestion) -> Result<StateAnswer, StateRefusal>;

    /// Sends some of the dead letters again, and waits until it is known what became of them.
    ///
    /// # Errors
    /// None was sent.
    fn replay(&self, wanted: &Wanted) -> Result<ReplayAnswer, ReplayRefusal>;
}

/// What the server allows.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long a request may take to come, from the connection's begin or the last answer, and an answer to go.
    pub stall: Duration,
    /// Connections at once. Further ones wait until one ends.
    pub connections: usize,
    /// How often the rates are measured.
    pub sample_every: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        // Each connection is a thread. Whoever wants more than 16 of them does not look at the agent, but uses it up.
        Self { stall: Duration::from_secs(5), connections: 16, sample_every: Duration::from_secs(1) }
    }
}

/// The server. When it is dropped, its socket is removed and its connections are cut off; a reload that is under way
/// goes on, and its answer goes nowhere.
#[derive(Debug)]
pub struct Server {
    shared: Arc<Shared>,
    /// The listener's file, as what can be shut down.
    listener: UnixStream,
    threads: Vec<JoinHandle<()>>,
    /// Last: the socket's name and lock go when nobody answers any more.
    _socket: Socket,
}

struct Shared {
    handler: Arc<dyn Handler>,
    limits: Limits,
    rates: Rates,
    connections: Connections,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("limits", &self.limits).finish_non_exhaustive()
    }
}

impl Server {
    /// Listens at this path, whose directory is made where there is none.
    ///
    /// # Errors
    /// [`ControlError`] where another agent listens there, or the system refuses.
    pub fn start(path: &Path, handler: Arc<dyn Handler>) -> Result<Self, ControlError> {
        Self::start_with(path, handler, Limits::default())
    }

    /// [`Self::start`] with other limits.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub fn start_with(path: &Path, handler: Arc<dyn Handler>, limits: Limits) -> Result<Self, ControlError> {
        let (socket, listener) = Socket::claim(path)?;
        let failed = |action| move |source| ControlError::Io { action, path: path.to_owned(), source };
        let connections = Connections::new(limits.connections);
        let shared = Arc::new(Shared { handler, limits, rates: Rates::default(), connections });
        let ender = UnixStream::from(OwnedFd::from(listener.try_clone().map_err(failed("share"))?));
        let mut server = Self { shared: Arc::clone(&shared), listener: ender, threads: Vec::new(), _socket: socket };
        let sampled = Arc::clone(&shared);
        server.spawn("control rates", move || sampled.rates.measure(&sampled)).map_err(failed("sample for"))?;
        server.spawn("control", move || accept(&listener, &shared)).map_err(failed("serve"))?;
        Ok(server)
    }

    fn spawn(&mut self, name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
        self.threads.push(std::thread::Builder::new().name(name.into()).spawn(work)?);
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.rates.end();
        self.shared.connections.end();
        // Ends an accept(2) that waits, which closing its descriptor would not. It can't fail on an open socket.
        let _ = self.listener.shutdown(Shutdown::Both);
        for thread in self.threads.drain(..) {
            // What it panicked with is on stderr.
            let _ = thread.join();
        }
        self.shared.connections.wait_until_none();
    }
}

fn accept(listener: &UnixListener, shared: &Arc<Shared>) {
    while let Some(slot) = Connections::slot(shared) {
        let begun = listener.accept().and_then(|(stream, _)| begin(stream, slot));
        if begun.is_err() {
            // No descriptors or threads are left, or it is the end: neither is better at once.
            shared.connections.pause();
        }
    }
}

fn begin(stream: UnixStream, slot: Slot) -> io::Result<()> {
    slot.hold(stream.try_clone()?);
    std::thread::Builder::new().name("control client".into()).spawn(move || serve(&stream, &slot.shared))?;
    Ok(())
}

fn serve(stream: &UnixStream, shared: &Shared) {
    let stall = shared.limits.stall;
    loop {
        let (answer, is_last) = match frame::read(stream, MAX_REQUEST_BYTES, stall) {
            Ok(Some(request)) => answer(&request, shared),
            // What follows can't be told from the rest of this one.
            Err(FrameError::TooLong { bytes, most }) => (Answer::Refused(Refusal::TooLong { bytes, most }), true),
            Ok(None) | Err(_) => return,
        };
        if frame::write(stream, &protocol::answer(&answer), MAX_ANSWER_BYTES, stall).is_err() || is_last {
            return;
        }
    }
}

/// The answer, and whether it is the connection's last.
fn answer(request: &[u8], shared: &Shared) -> (Answer, bool) {
    match protocol::read_request(request) {
        Ok(command) => (carry_out(&command, shared), false),
        Err(refusal) => (Answer::Refused(refusal), true),
    }
}

fn carry_out(command: &Command, shared: &Shared) -> Answer {
    match command {
        Command::Status => Answer::Status(Box::new(shared.handler.status(shared.rates.now()))),
        Command::Reload => match shared.handler.reload() {
            Ok(answer) => Answer::Reloaded(answer),
            Err(refusal) => Answer::ReloadRefused(refusal),
        },
        Command::State { question } => match shared.handler.state(question) {
            Ok(answer) => Answer::State(answer),
            Err(refusal) => Answer::StateRefused(refusal),
        },
        Command::Replay { wanted } => match shared.handler.replay(wanted) {
            Ok(answer) => Answer::Replayed(answer),
            Err(refusal) => Answer::ReplayRefused(refusal),
        },
    }
}
