//! The exit codes that scripts rely on.

use std::process::ExitCode;

/// The work is done.
pub const DONE: u8 = 0;
/// Something failed while running.
pub const FAILED: u8 = 1;
/// The configuration is wrong (`EX_CONFIG` of BSD's sysexits.h).
pub const CONFIG: u8 = 78;

/// What a command ended with.
#[derive(Debug)]
pub enum Failure {
    /// The configuration is wrong; the text names every problem.
    Config(String),
    /// Anything else.
    Running(anyhow::Error),
}

impl Failure {
    /// Shows it on stderr; answers the process's exit code.
    #[must_use]
    pub fn report(&self) -> ExitCode {
        match self {
            Self::Config(problems) => {
                eprintln!("{}", problems.trim_end());
                ExitCode::from(CONFIG)
            }
            Self::Running(error) => {
                eprintln!("logagent: {error:#}");
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
