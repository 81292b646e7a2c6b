//! Where things are: the programs that are measured, the inputs, and room for what is written. And how much is
//! measured, which `--quick` makes less.

use anyhow::{Context, ensure};
use std::env;
use std::fs::{create_dir_all, read_dir, remove_dir_all};
use std::path::{Path, PathBuf};
use std::time::Duration;

const MIB: u64 = 1 << 20;

/// Everything that a measurement needs to know of its surroundings.
pub(crate) struct Place {
    pub(crate) agent: PathBuf,
    filters: PathBuf,
    pub(crate) test_guests: PathBuf,
    pub(crate) scale: Scale,
    kept: PathBuf,
    scratch: PathBuf,
}

/// How much is measured.
pub(crate) struct Scale {
    pub(crate) is_quick: bool,
    pub(crate) input_bytes: u64,
    /// Of whole processes.
    pub(crate) rounds: usize,
    /// Of single calls.
    pub(crate) call_rounds: usize,
    /// How long a delay is measured, of which the first part does not count.
    pub(crate) delay: Duration,
    pub(crate) delay_discarded: Duration,
}

const FULL: Scale = Scale {
    is_quick: false,
    input_bytes: 1024 * MIB,
    rounds: 7,
    call_rounds: 201,
    delay: Duration::from_secs(10),
    delay_discarded: Duration::from_secs(2),
};

const QUICK: Scale = Scale {
    is_quick: true,
    input_bytes: 128 * MIB,
    rounds: 3,
    call_rounds: 25,
    delay: Duration::from_secs(3),
    delay_discarded: Duration::from_secs(1),
};

impl Place {
    /// Finds the programs, and makes a scratch directory in memory (or in `BENCH_DIR`).
    pub(crate) fn open(is_quick: bool) -> anyhow::Result<Self> {
        let own = env::current_exe().context("this program's path")?;
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize()?;
        let built = |path: &str, by: &str| {
            let path = workspace.join("target").join(path);
            ensure!(path.is_file(), "{} is missing: {by} builds it", path.display());
            Ok(path)
        };
        let agent = own.with_file_name("logagent");
        ensure!(agent.is_file(), "{} is missing: make build builds it", agent.display());
        let kept = env::var_os("BENCH_DIR").map_or_else(|| "/dev/shm/logagent-bench".into(), PathBuf::from);
        Ok(Self {
            agent,
            filters: built("filters/drop.wasm", "make filters")?.with_file_name(""),
            test_guests: built("guests/test_guests.wasm", "make bench")?,
            scale: if is_quick { QUICK } else { FULL },
            scratch: make_scratch(&kept)?,
            kept,
        })
    }

    /// A standard filter's component.
    pub(crate) fn filter(&self, name: &str) -> PathBuf {
        self.filters.join(format!("{name}.wasm"))
    }

    /// What later runs find again.
    pub(crate) fn kept(&self) -> &Path {
        &self.kept
    }

    /// A path for what is gone with this run.
    pub(crate) fn scratch(&self, name: &str) -> PathBuf {
        self.scratch.join(name)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // What stays is removed by the next run.
        let _ = remove_dir_all(&self.scratch);
    }
}

const SCRATCH: &str = "scratch-";

/// Named after this process, so that the next run can tell what a killed one left behind: that is gigabytes of memory.
fn make_scratch(kept: &Path) -> anyhow::Result<PathBuf> {
    let scratch = kept.join(format!("{SCRATCH}{}", std::process::id()));
    create_dir_all(&scratch).with_context(|| format!("make {}", scratch.display()))?;
    for entry in read_dir(kept)?.flatten() {
        let name = entry.file_name();
        let owner = name.to_str().and_then(|name| name.strip_prefix(SCRATCH));
        if owner.is_some_and(|pid| !Path::new("/proc").join(pid).exists()) {
            remove_dir_all(entry.path())?;
        }
    }
    Ok(scratch)
}
