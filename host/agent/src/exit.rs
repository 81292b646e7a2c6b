//! The exit codes that scripts rely on.

use crate::speech::{no_answer, remark, unheard};
use logagent_config::Problem;
use std::process::ExitCode;

/// The work is done.
pub const DONE: u8 = 0;
/// Something failed while running.
pub const FAILED: u8 = 1;
/// The command line is wrong.
pub const USAGE: u8 = 2;
/// The configuration is wrong (`EX_CONFIG` of BSD's sysexits.h).
pub const CONFIG: u8 = 78;

/// What a command ended with.
#[derive(Debug)]
pub enum Failure {
    /// The configuration is wrong; the text names every problem.
    Config(String),
    /// The answer is there, and standard output does not take it.
    Unheard(std::io::Error),
    /// Anything else.
    Running(anyhow::Error),
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Config(problems) => f.write_str(problems.trim_end()),
            Self::Unheard(error) => f.write_str(&no_answer(error)),
            Self::Running(error) => write!(f, "{error:#}"),
        }
    }
}

impl Failure {
    /// Shows it on stderr, if that can be written; answers the process's exit code.
    #[must_use]
    pub fn report(&self) -> ExitCode {
        match self {
            Self::Config(problems) => {
                remark(problems.trim_end());
                ExitCode::from(CONFIG)
            }
            Self::Unheard(error) => unheard("logagent", error),
            Self::Running(error) => {
                remark(&format!("logagent: {error:#}"));
                ExitCode::from(FAILED)
            }
        }
    }
}

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Running(error.into())
    }
}

/// What is wrong with a configuration beyond its text; at least one problem.
#[derive(Debug)]
pub struct Refused(pub Vec<Problem>);

impl Refused {
    /// These, in the file's order and each once: a filter that several pipelines and lanes use says the same each time.
    pub(crate) fn of(mut problems: Vec<Problem>) -> Self {
        problems.sort_by_key(|problem| (problem.line, problem.column));
        problems.dedup();
        Self(problems)
    }

    /// Nothing where there is no problem.
    ///
    /// # Errors
    /// All problems.
    pub(crate) fn unless_empty(problems: Vec<Problem>) -> Result<(), Self> {
        if problems.is_empty() { Ok(()) } else { Err(Self::of(problems)) }
    }
}

impl From<Refused> for Failure {
    fn from(Refused(problems): Refused) -> Self {
        Self::Config(problems.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n"))
    }
}
