//! What is said over the control socket, as MessagePack maps: requests, answers, and how both are read. Not for the
//! socket itself.
//!
//! A request is `{version, command, …}`, an answer `{version, agent, answer}`. Version and command are read before the
//! rest, so that an agent and a `logagentctl` of different versions can tell each other so.

use crate::{ReplayAnswer, ReplayRefusal, StateAnswer, StateQuestion, StateRefusal, Status};
use logagent_letters::Wanted;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of the protocol that this crate speaks.
pub const VERSION: u32 = 1;

/// The longest request in bytes: far more than any command's arguments.
pub const MAX_REQUEST_BYTES: usize = 64 << 10;

/// The longest answer in bytes: the status of thousands of filters with all metrics that they may have.
pub const MAX_ANSWER_BYTES: usize = 16 << 20;

/// What an agent can be asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub(crate) enum Command {
    /// All that it knows of itself.
    Status,
    /// To read its configuration again and to follow it.
    Reload,
    /// What filters remember.
    State {
        /// What of it.
        question: StateQuestion,
    },
    /// To send dead letters again, as many as it likes to in one round.
    Replay {
        /// Which.
        wanted: Wanted,
    },
}

impl Command {
    const NAMES: [&str; 4] = ["status", "reload", "state", "replay"];
}

/// What an agent answers.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Answer {
    Status(Box<Status>),
    Reloaded(ReloadAnswer),
    ReloadRefused(ReloadRefusal),
    State(StateAnswer),
    StateRefused(StateRefusal),
    Replayed(ReplayAnswer),
    ReplayRefused(ReplayRefusal),
    Refused(Refusal),
}

/// What a reload changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct ReloadAnswer {
    /// In one line; empty where nothing changed.
    pub changes: String,
    /// The generations that now serve, by filter.
    pub generations: BTreeMap<String, u64>,
}

/// Why a reload changed nothing.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, thiserror::Error)]
#[error("the new configuration is refused, the old one goes on: {}", problems.join("; "))]
pub struct ReloadRefusal {
    /// All problems, each in one line.
    pub problems: Vec<String>,
}

/// Why an agent does not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The request is of another version.
    #[error("the request is of version {asked} of the protocol, the agent speaks version {spoken}")]
    Version {
        /// The request's.
        asked: u32,
        /// The agent's.
        spoken: u32,
    },
    /// The agent has no such command.
    #[error(
        "the agent has no command {command:?}, but {}; the request is of version {asked} of the protocol, \
         the agent speaks version {spoken}", known.join(", ")
    )]
    Command {
        /// The command.
        command: String,
        /// Those that the agent has.
        known: Vec<String>,
        /// The request's version.
        asked: u32,
        /// The agent's version.
        spoken: u32,
    },
    /// The request can't be read.
    #[error("the agent can't read the request: {problem}")]
    Malformed {
        /// What is wrong with it.
        problem: String,
    },
    /// The request or its answer is longer than the protocol allows.
    #[error("a message of {bytes} bytes, where {most} are allowed")]
    TooLong {
        /// The length.
        bytes: usize,
        /// What is allowed.
        most: usize,
    },
}

#[derive(Serialize)]
struct Request {
    version: u32,
    #[serde(flatten)]
    command: Command,
}

#[derive(Deserialize)]
struct RequestHead {
    version: u32,
    command: String,
}

#[derive(Deserialize)]
struct StateArguments {
    question: StateQuestion,
}

#[derive(Deserialize)]
struct ReplayArguments {
    wanted: Wanted,
}

#[derive(Serialize)]
struct Reply<'a> {
    version: u32,
    agent: &'a str,
    answer: &'a Answer,
}

#[derive(Deserialize)]
struct ReplyHead {
    version: u32,
    agent: String,
}

#[derive(Deserialize)]
struct ReplyBody {
    answer: Answer,
}

/// Why an answer can't be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AnswerError {
    /// It is none.
    #[error("what answers is no agent: {0}")]
    Foreign(rmp_serde::decode::Error),
    /// The agent speaks another version.
    #[error("agent {agent} speaks version {theirs} of the protocol, this logagentctl version {VERSION}")]
    Version { agent: String, theirs: u32 },
    /// The agent says something that this version does not know.
    #[error("agent {agent} says what logagentctl {} can't read: {source}", env!("CARGO_PKG_VERSION"))]
    Unknown { agent: String, source: rmp_serde::decode::Error },
}

/// A request's bytes.
pub(crate) fn request(command: &Command) -> Vec<u8> {
    named(&Request { version: VERSION, command: command.clone() })
}

/// Reads a request: first what all have, then what this command has. Serde's way to read both at once would keep
/// whatever else is there meanwhile, which takes much stack where it is nested.
pub(crate) fn read_request(bytes: &[u8]) -> Result<Command, Refusal> {
    let malformed = |error: rmp_serde::decode::Error| Refusal::Malformed { problem: error.to_string() };
    let RequestHead { version: asked, command } = rmp_serde::from_slice(bytes).map_err(malformed)?;
    if asked != VERSION {
        return Err(Refusal::Version { asked, spoken: VERSION });
    }
    match &*command {
        "status" => Ok(Command::Status),
        "reload" => Ok(Command::Reload),
        "state" => rmp_serde::from_slice(bytes)
            .map(|StateArguments { question }| Command::State { question })
            .map_err(malformed),
        "replay" => {
            rmp_serde::from_slice(bytes).map(|ReplayArguments { wanted }| Command::Replay { wanted }).map_err(malformed)
        }
        _ => {
            let known = Command::NAMES.map(str::to_owned).into();
            Err(Refusal::Command { command, known, asked, spoken: VERSION })
        }
    }
}

/// An answer's bytes; a refusal's where it would be too long.
pub(crate) fn answer(answer: &Answer) -> Vec<u8> {
    let bytes = named(&Reply { version: VERSION, agent: env!("CARGO_PKG_VERSION"), answer });
    if bytes.len() <= MAX_ANSWER_BYTES {
        return bytes;
    }
    let refusal = Refusal::TooLong { bytes: bytes.len(), most: MAX_ANSWER_BYTES };
    named(&Reply { version: VERSION, agent: env!("CARGO_PKG_VERSION"), answer: &Answer::Refused(refusal) })
}

/// Reads an answer.
pub(crate) fn read_answer(bytes: &[u8]) -> Result<Answer, AnswerError> {
    let head: ReplyHead = rmp_serde::from_slice(bytes).map_err(AnswerError::Foreign)?;
    if head.version != VERSION {
        return Err(AnswerError::Version { agent: head.agent, theirs: head.version });
    }
    let body: Result<ReplyBody, _> = rmp_serde::from_slice(bytes);
    body.map(|body| body.answer).map_err(|source| AnswerError::Unknown { agent: head.agent, source })
}

/// Maps with names, not arrays: a field that is added must not move the others.
fn named(value: &impl Serialize) -> Vec<u8> {
    rmp_serde::to_vec_named(value).expect("plain data, written to memory")
}

#[cfg(test)]
mod tests;
