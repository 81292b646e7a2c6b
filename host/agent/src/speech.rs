//! What the binaries say: answers on standard output, which have to arrive, and remarks on standard error, which need not:
//! an agent whose log nobody can read any more goes on. Nothing here panics, as `println!` and `eprintln!` do.

use crate::exit::{DONE, FAILED, Failure, USAGE};
use clap::Parser;
use std::io::{self, ErrorKind, Write as _};
use std::process::ExitCode;

/// Reads the command line.
///
/// # Errors
/// The process's exit code, where the command line is wrong or asks for help; what there is to say was said.
pub fn parse<C: Parser>() -> Result<C, ExitCode> {
    C::try_parse().map_err(|stop| match (stop.print(), stop.use_stderr()) {
        (_, true) => ExitCode::from(USAGE),
        (Ok(()), false) => ExitCode::from(DONE),
        (Err(error), false) => unheard(C::command().get_name(), &error),
    })
}

/// Writes a command's answer and a newline.
pub(crate) fn answer(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{text}").and_then(|()| stdout.flush()).map_err(Failure::Unheard)
}

/// Why there is no answer.
pub(crate) fn no_answer(error: &io::Error) -> String {
    format!("standard output can not be written: {error}")
}

/// What a command ends with whose answer standard output does not take. Whoever closed a pipe has seen enough and is told
/// nothing.
#[must_use]
pub fn unheard(program: &str, error: &io::Error) -> ExitCode {
    if error.kind() != ErrorKind::BrokenPipe {
        remark(&format!("{program}: {}", no_answer(error)));
    }
    ExitCode::from(FAILED)
}

/// Writes a line to standard error, if that can be.
pub fn remark(line: &str) {
    // In one write, so that no other thread's line comes between; and there is nowhere to tell that it failed.
    drop(io::stderr().lock().write_all(format!("{line}\n").as_bytes()));
}
