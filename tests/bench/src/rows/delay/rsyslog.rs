//! rsyslog as the one to compare with: imfile to omfile, where it is installed.

use super::{Files, pace, show};
use crate::place::Place;
use crate::process::Running;
use crate::stats::Sample;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const MEGABYTES_PER_SECOND: u64 = 10;

/// Its figures, or why there are none: another program's trouble is no failure of ours.
pub(super) fn p50_p99_max(place: &Place) -> String {
    let Some(program) = find() else { return "rsyslog is not installed".into() };
    match measure(place, &program) {
        Ok(delays) => format!("rsyslog {}", show(&delays)),
        Err(error) => {
            eprintln!("  rsyslog: {error:#}");
            "rsyslog failed".into()
        }
    }
}

fn find() -> Option<PathBuf> {
    // It lies in sbin, which a user's PATH may lack.
    let path = std::env::var_os("PATH").unwrap_or_default();
    let usual = ["/usr/sbin", "/sbin"].map(PathBuf::from);
    std::env::split_paths(&path).chain(usual).map(|dir| dir.join("rsyslogd")).find(|path| path.is_file())
}

fn measure(place: &Place, program: &Path) -> anyhow::Result<Sample> {
    let files = Files::make(place, MEGABYTES_PER_SECOND)?;
    let config = place.scratch("rsyslog.conf");
    std::fs::write(&config, document(&files, files.input.parent().unwrap_or(&files.input)))?;
    let mut command = Command::new(program);
    command.arg("-n").arg("-f").arg(&config).arg("-i").arg(place.scratch("rsyslog.pid"));
    let mut rsyslog = Running::start(command.stdin(Stdio::null()))?;
    let (delays, _) = pace(place, &files, MEGABYTES_PER_SECOND, &rsyslog, "rsyslog")?;
    rsyslog.terminate()?;
    Ok(delays)
}

/// No syslog socket, no journal: one file in, one file out, each line as it is, written when its batch is.
fn document(files: &Files, work: &Path) -> String {
    let (work, input, output) = (work.display(), files.input.display(), files.output.display());
    format!(
        r#"global(workDirectory="{work}")
module(load="imfile" mode="inotify")
template(name="line" type="string" string="%msg%\n")
ruleset(name="copy") {{ action(type="omfile" file="{output}" template="line") }}
input(type="imfile" file="{input}" tag="bench:" ruleset="copy" addMetadata="off")
"#
    )
}
