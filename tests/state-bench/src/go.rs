//! The program in `go/`: built, fed with the same keys and draws, and asked for one run after the other.

use crate::bench::Bench;
use crate::workload::Streams;
use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::fs::write;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// Its maps, by the names that it knows.
pub(crate) const MAPS: [&str; 2] = ["sync.Map", "RWMutex"];

pub(crate) struct Go {
    child: Child,
    pipes: RefCell<(ChildStdin, BufReader<ChildStdout>)>,
}

/// One run.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Request<'a> {
    #[serde(rename = "Do")]
    pub(crate) what: &'a str,
    pub(crate) map: &'a str,
    pub(crate) skew: String,
    pub(crate) threads: usize,
    pub(crate) sets: u8,
    pub(crate) ms: u128,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Answer {
    pub(crate) mops: f64,
    pub(crate) gets: Option<[f64; 3]>,
    pub(crate) sets: Option<[f64; 3]>,
    pub(crate) bytes: u64,
}

impl Go {
    /// Writes what it reads, builds and starts it.
    pub(crate) fn start(bench: &Bench) -> anyhow::Result<Self> {
        write(bench.directory.join("keys"), bench.keys.as_flattened())?;
        bench.streams.iter().try_for_each(|streams| write_streams(&bench.directory, streams))?;
        let program = build(&bench.directory)?;
        let mut command = Command::new(&program);
        command.arg(&bench.directory).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().with_context(|| format!("start {}", program.display()))?;
        let stdin = child.stdin.take().context("piped")?;
        let stdout = child.stdout.take().context("piped")?;
        Ok(Self { child, pipes: RefCell::new((stdin, BufReader::new(stdout))) })
    }

    /// Has it carry out one run.
    pub(crate) fn ask(&self, request: &Request<'_>) -> anyhow::Result<Answer> {
        let (stdin, stdout) = &mut *self.pipes.borrow_mut();
        let mut line = serde_json::to_string(request)?;
        line.push('\n');
        stdin.write_all(line.as_bytes()).context("ask the Go program")?;
        line.clear();
        stdout.read_line(&mut line)?;
        ensure!(!line.is_empty(), "the Go program ended; what it says is above");
        Ok(serde_json::from_str(&line)?)
    }
}

impl Drop for Go {
    fn drop(&mut self) {
        // It has nothing to finish.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// By the name of a skew, a stream's file for Go.
pub(crate) fn file_name(streams: &Streams) -> String {
    format!("{:?}", streams.skew).to_lowercase()
}

fn write_streams(directory: &Path, streams: &Streams) -> anyhow::Result<()> {
    for (thread, stream) in streams.threads.iter().enumerate() {
        let bytes = [stream.keys.as_flattened(), &stream.draws].concat();
        write(directory.join(format!("{}-{thread}", file_name(streams))), bytes)?;
    }
    Ok(())
}

fn build(directory: &Path) -> anyhow::Result<std::path::PathBuf> {
    let program = directory.join("go-maps");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("go");
    let mut command = Command::new("go");
    let status = command.arg("build").arg("-o").arg(&program).arg(".").current_dir(&source).status();
    let status = status.context("go is needed for the comparison with its maps (https://go.dev)")?;
    ensure!(status.success(), "go build in {}: {status}", source.display());
    Ok(program)
}
