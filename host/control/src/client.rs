//! The other side of the control socket: asks a running agent. Not for showing what it answers.

use crate::address::with_address;
use crate::frame::{self, FrameError};
use crate::protocol::{self, Answer, AnswerError, Command, MAX_ANSWER_BYTES, MAX_REQUEST_BYTES};
use crate::{
    Refusal, ReloadAnswer, ReloadRefusal, ReplayAnswer, ReplayRefusal, StateAnswer, StateQuestion, StateRefusal, Status,
};
use logagent_letters::Wanted;
use std::io::{self, ErrorKind};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long an agent may take to answer. All of its connections may be taken, by clients that stall: then a place is
/// free after 5 s.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long a reload may take: it compiles all components that are new.
const RELOAD_PATIENCE: Duration = Duration::from_secs(300);

/// How long a question about the state may take: the agent goes through all of it, gigabytes perhaps.
const STATE_PATIENCE: Duration = Duration::from_secs(60);

/// How long a round of dead letters may take. Where a sink stalls it can be for ever, and the agent goes on with it.
const REPLAY_PATIENCE: Duration = Duration::from_secs(600);

/// A connection to an agent.
#[derive(Debug)]
pub struct Client {
    stream: UnixStream,
    path: PathBuf,
}

/// Why an agent does not answer, or not as hoped.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// There is no agent.
    #[error("no agent answers at {}: {}", path.display(), absence(source))]
    Absent {
        /// The socket.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The connection broke.
    #[error("the agent at {}: {problem}", path.display())]
    Broken {
        /// The socket.
        path: PathBuf,
        /// What happened.
        problem: String,
    },
    /// The agent refuses the request.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The agent refuses the new configuration.
    #[error(transparent)]
    Reload(#[from] ReloadRefusal),
    /// The agent has no such state.
    #[error(transparent)]
    State(#[from] StateRefusal),
    /// The agent sends no dead letters.
    #[error(transparent)]
    Replay(#[from] ReplayRefusal),
}

fn absence(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "there is no such socket".into(),
        ErrorKind::ConnectionRefused => "it is left from an agent that was killed".into(),
        ErrorKind::PermissionDenied => "it belongs to another user".into(),
        _ => error.to_string(),
    }
}

impl Client {
    /// Connects to the agent that listens at this path.
    ///
    /// # Errors
    /// [`ClientError::Absent`] where none does.
    pub fn connect(path: &Path) -> Result<Self, ClientError> {
        let stream = with_address(path, |address| UnixStream::connect(address));
        let stream = stream.map_err(|source| ClientError::Absent { path: path.to_owned(), source })?;
        Ok(Self { stream, path: path.to_owned() })
    }

    /// Asks what the agent knows of itself.
    ///
    /// # Errors
    /// [`ClientError`] where it does not answer.
    pub fn status(&self) -> Result<Status, ClientError> {
        match self.ask(&Command::Status, PATIENCE)? {
            Answer::Status(status) => Ok(*status),
            other => Err(self.unexpected(other)),
        }
    }

    /// Has the agent read its configuration again. Takes as long as its components take to compile.
    ///
    /// # Errors
    /// [`ClientError::Reload`] where the agent refuses the new configuration, others where it does not answer.
    pub fn reload(&self) -> Result<ReloadAnswer, ClientError> {
        match self.ask(&Command::Reload, RELOAD_PATIENCE)? {
            Answer::Reloaded(answer) => Ok(answer),
            Answer::ReloadRefused(refusal) => Err(refusal.into()),
            other => Err(self.unexpected(other)),
        }
    }

    /// Asks what filters remember.
    ///
    /// # Errors
    /// [`ClientError::State`] where there is no such thing, others where the agent does not answer.
    pub fn state(&self, question: StateQuestion) -> Result<StateAnswer, ClientError> {
        match self.ask(&Command::State { question }, STATE_PATIENCE)? {
            Answer::State(answer) => Ok(answer),
            Answer::StateRefused(refusal) => Err(refusal.into()),
            other => Err(self.unexpected(other)),
        }
    }

    /// Has the agent send some of the dead letters again; answers once it is known what became of them.
    ///
    /// # Errors
    /// [`ClientError::Replay`] where none was sent, others where the agent does not answer.
    pub fn replay(&self, wanted: Wanted) -> Result<ReplayAnswer, ClientError> {
        match self.ask(&Command::Replay { wanted }, REPLAY_PATIENCE)? {
            Answer::Replayed(answer) => Ok(answer),
            Answer::ReplayRefused(refusal) => Err(refusal.into()),
            other => Err(self.unexpected(other)),
        }
    }

    fn ask(&self, command: &Command, patience: Duration) -> Result<Answer, ClientError> {
        let broken = |error: FrameError| self.broken(&error);
        frame::write(&self.stream, &protocol::request(command), MAX_REQUEST_BYTES, PATIENCE).map_err(broken)?;
        let answer = frame::read(&self.stream, MAX_ANSWER_BYTES, patience).map_err(broken)?;
        let answer = answer.ok_or_else(|| self.broken(&"it has ended, or gave the connection up"))?;
        protocol::read_answer(&answer).map_err(|error: AnswerError| self.broken(&error))
    }

    fn unexpected(&self, answer: Answer) -> ClientError {
        match answer {
            Answer::Refused(refusal) => refusal.into(),
            _ => self.broken(&"it answers another question than was asked"),
        }
    }

    fn broken(&self, problem: &dyn std::fmt::Display) -> ClientError {
        ClientError::Broken { path: self.path.clone(), problem: problem.to_string() }
    }
}
