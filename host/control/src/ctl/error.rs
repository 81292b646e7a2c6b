//! What `logagentctl` fails with: the text that a person reads, and the exit code that a script does.

use crate::client::ClientError;
use crate::dead_letters::DeadLetterError;
use crate::show::clean;
use logagent_buffer::BufferError;
use logagent_component::chain;
use std::io::{self, ErrorKind};
use std::path::PathBuf;

/// Why a command was not carried out. Displays as what goes to stderr, over as many lines as it needs.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.text())]
pub enum CtlError {
    /// The configuration is wrong; the text names every problem.
    Config(String),
    /// The agent does not answer, or refuses.
    Agent(#[from] ClientError),
    /// The dead letters can't be shown.
    DeadLetters {
        /// Their file.
        path: PathBuf,
        /// What is wrong.
        source: DeadLetterError,
    },
    /// Dead letters were sent, and not all are known to have arrived.
    Unfinished {
        /// How many are not.
        left: u64,
    },
    /// A buffer can't be read.
    Buffer(#[from] BufferError),
    /// A buffer was read, and something is wrong with it.
    DamagedBuffer {
        /// Its directory.
        path: PathBuf,
    },
    /// A file that was asked for can't be written.
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// What was to be shown can't be read.
    Io(#[from] io::Error),
    /// What was to be shown can't be written.
    Unheard(io::Error),
}

const WHERE: &str = "start one with logagent run --config FILE, or say where it is: --data-dir DIR, --config FILE (for \
    its data_dir; ./data where nothing says which) or --socket PATH";

impl CtlError {
    /// The process's exit code.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            // `EX_CONFIG` of BSD's sysexits.h, as logagent answers.
            Self::Config(_) => 78,
            _ => 1,
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Config(problems) => problems.trim_end().to_owned(),
            Self::Agent(error) => format!("logagentctl: {}", agent(error)),
            Self::DeadLetters { path, source } => format!("logagentctl: {}: {source}", path.display()),
            Self::Unfinished { left } => format!(
                "logagentctl: {left} letters were sent, and are not known to have arrived: the agent has ended, or a sink \
                 failed. If what it wrote lacks them, dead-letter replay --again sends them once more"
            ),
            Self::Buffer(error) => format!("logagentctl: {}", chain(error)),
            Self::DamagedBuffer { path } => format!("logagentctl: {}: damaged; see above", path.display()),
            Self::File { path, source } => format!("logagentctl: {}: {source}", path.display()),
            Self::Io(error) => format!("logagentctl: {error}"),
            Self::Unheard(error) => format!("logagentctl: standard output can not be written: {error}"),
        }
    }
}

fn agent(error: &ClientError) -> String {
    match error {
        ClientError::Absent { source, .. } if source.kind() == ErrorKind::PermissionDenied => {
            format!("{error}\nrun logagentctl as the user that the agent runs as")
        }
        ClientError::Absent { .. } => format!("{error}\n{WHERE}"),
        ClientError::Reload(refusal) => {
            let problems = refusal.problems.iter().map(|problem| format!("\n{}", clean(problem)));
            format!("the reload is refused, and nothing has changed:{}", problems.collect::<String>())
        }
        other => clean(&other.to_string()),
    }
}
