//! Compiling in a process of its own, whose time and memory the kernel bounds: a few kilobytes can be written so that the
//! compiler takes minutes and gigabytes for them, and nothing stops it in a thread. Not for what compiles, nor for what is
//! kept of it.

mod child;

pub use child::{CompileError, compile};

use std::io::{Read as _, Write as _};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

/// A command that does what [`compile`] does.
pub(crate) struct Compiler {
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<String>,
}

/// After how long it is first told that something compiles; then each time that it took twice as long.
const FIRST_NOTICE: Duration = Duration::from_secs(1);

/// The processor time is bounded; this is for a process that gets none.
const LONGEST: Duration = Duration::from_secs(600);

impl Compiler {
    /// Compiles a component, of this file; answers its code, or why there is none.
    pub(crate) fn compile(&self, path: &Path, component: &[u8]) -> Result<Vec<u8>, String> {
        let started = Instant::now();
        let mut child = self.spawn().map_err(|error| format!("{}: {error}", self.program.display()))?;
        let mut input = child.stdin.take().expect("a pipe");
        // One that has ended by now says why below.
        drop(input.write_all(component));
        drop(input);
        let code = wait(&read(&mut child), path, started);
        if code.is_none() {
            drop(child.kill());
        }
        let status = child.wait().map_err(|error| error.to_string())?;
        match code {
            Some(code) if status.success() => Ok(code),
            _ => Err(reason(status, child.stderr.take(), component.len())),
        }
    }

    fn spawn(&self) -> std::io::Result<Child> {
        let Self { program, arguments } = self;
        let mut command = Command::new(program);
        command.args(arguments).env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()
    }
}

/// What it writes, once it has written all.
fn read(child: &mut Child) -> Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    let mut output = child.stdout.take().expect("a pipe");
    std::thread::spawn(move || {
        let mut code = Vec::new();
        drop(output.read_to_end(&mut code));
        drop(sender.send(code));
    });
    receiver
}

/// `None` where it takes too long.
fn wait(code: &Receiver<Vec<u8>>, path: &Path, started: Instant) -> Option<Vec<u8>> {
    let mut notice = FIRST_NOTICE;
    loop {
        match code.recv_timeout(notice.saturating_sub(started.elapsed())) {
            Ok(code) => return Some(code),
            Err(RecvTimeoutError::Timeout) if notice < LONGEST => {
                tracing::info!(component = %path.display(), seconds = notice.as_secs(), "it is still being compiled");
                notice = (2 * notice).min(LONGEST);
            }
            Err(_) => return None,
        }
    }
}

fn reason(status: ExitStatus, errors: Option<ChildStderr>, component_bytes: usize) -> String {
    let mut text = String::new();
    if let Some(mut errors) = errors {
        drop(errors.read_to_string(&mut text));
    }
    match status.signal() {
        Some(libc::SIGXCPU) => {
            format!("compiling it takes more than {} s of processor time", child::MOST_SECONDS)
        }
        // What an allocation ends with that gets nothing.
        Some(libc::SIGABRT) => {
            format!("compiling it takes more than {} MiB of memory", child::most_bytes(component_bytes) >> 20)
        }
        Some(signal) => format!("its compiler was ended by signal {signal}"),
        None => text.trim_end().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compiled(script: &str) -> Result<Vec<u8>, String> {
        let arguments = ["-c", script].map(str::to_owned).to_vec();
        Compiler { program: "/bin/sh".into(), arguments }.compile(Path::new("filter.wasm"), b"component")
    }

    #[test]
    fn the_compilers_process_reads_a_component_and_writes_code() {
        assert_eq!(compiled("cat; echo ' code'"), Ok(b"component code\n".to_vec()));
    }

    #[test]
    fn a_component_that_can_not_be_compiled_is_told_with_what_the_compiler_says_or_how_it_ended() {
        for (script, part) in [
            ("echo 'it is no component' >&2; exit 78", "it is no component"),
            ("cat > /dev/null; kill -XCPU $$", "more than 60 s of processor time"),
            ("echo half; kill -ABRT $$", "more than 1024 MiB of memory"),
            ("kill -KILL $$", "ended by signal 9"),
        ] {
            let error = compiled(script).unwrap_err();
            assert!(error.contains(part), "{error}");
        }
        let missing = Compiler { program: "/no/such/program".into(), arguments: Vec::new() };
        let error = missing.compile(Path::new("filter.wasm"), b"component").unwrap_err();
        assert!(error.contains("/no/such/program: No such file"), "{error}");
    }
}
