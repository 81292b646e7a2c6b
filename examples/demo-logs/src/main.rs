//! Writes logs for `make demo`, in the shapes that services, proxies and system daemons write. Files that are there
//! already are kept.
//!
//! usage: demo-logs DIRECTORY MEGABYTES

mod lines;

use anyhow::Context;
use lines::{access, application, syslog};
use std::fs;
use std::io::{BufWriter, Write};
use std::path::Path;

type Line = fn(&mut fastrand::Rng, u64) -> String;

/// The files, each with its share of the bytes in tenths.
const FILES: [(&str, u64, Line); 3] =
    [("application.log", 7, application), ("access.log", 2, access), ("syslog.log", 1, syslog)];

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [directory, megabytes] = arguments.as_slice() else { anyhow::bail!("usage: demo-logs DIRECTORY MEGABYTES") };
    let megabytes: u64 = megabytes.parse().with_context(|| format!("{megabytes}: not a number of megabytes"))?;
    fs::create_dir_all(directory).with_context(|| directory.clone())?;
    for (name, tenths, line) in FILES {
        let path = Path::new(directory).join(name);
        ensure(&path, megabytes * 100_000 * tenths, line).with_context(|| path.display().to_string())?;
    }
    Ok(())
}

fn ensure(path: &Path, bytes: u64, line: Line) -> anyhow::Result<()> {
    if path.metadata().is_ok_and(|found| found.len() >= bytes) {
        println!("found {}", path.display());
        return Ok(());
    }
    println!("writing {} ({} MB)", path.display(), bytes / 1_000_000);
    // Complete under its own name only, so that an interrupted run leaves nothing to be found.
    let partial = path.with_extension("partial");
    let mut file = BufWriter::with_capacity(1 << 20, fs::File::create(&partial)?);
    let mut random = fastrand::Rng::with_seed(bytes);
    let (mut written, mut number) = (0, 0);
    while written < bytes {
        let line = line(&mut random, number);
        writeln!(file, "{line}")?;
        written += line.len() as u64 + 1;
        number += 1;
    }
    file.into_inner()?.sync_all()?;
    Ok(fs::rename(partial, path)?)
}
