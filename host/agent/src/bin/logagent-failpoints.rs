//! The agent, which dies at a point where a test wants it to (`host/failpoint`). For no one else.

use std::process::ExitCode;

fn main() -> ExitCode {
    logagent::obey()
}
