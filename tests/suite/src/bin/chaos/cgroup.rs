//! A control group (cgroups v1 or v2) that a process is put into and bounded by.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What is bounded.
#[derive(Clone, Copy)]
pub(crate) enum Bound {
    /// So many thousandths of a processor.
    Cpu(u64),
    /// So many bytes of memory, page cache included.
    Memory(u64),
}

/// The group; gone with this, once its process is gone.
pub(crate) struct Cgroup(PathBuf);

const ROOT: &str = "/sys/fs/cgroup";

impl Cgroup {
    /// A group with this bound, and this process in it.
    pub(crate) fn hold(process: u32, bound: Bound) -> io::Result<Self> {
        let is_unified = Path::new(ROOT).join("cgroup.controllers").exists();
        let (controller, file, value) = match (bound, is_unified) {
            (Bound::Cpu(share), false) => ("cpu", "cpu.cfs_quota_us", format!("{}", share * 100)),
            (Bound::Cpu(share), true) => ("", "cpu.max", format!("{} 100000", share * 100)),
            (Bound::Memory(bytes), false) => ("memory", "memory.limit_in_bytes", bytes.to_string()),
            (Bound::Memory(bytes), true) => ("", "memory.max", bytes.to_string()),
        };
        let group = Self(Path::new(ROOT).join(controller).join(format!("logagent-chaos-{process}")));
        fs::create_dir(&group.0)?;
        fs::write(group.0.join(file), value)?;
        fs::write(group.0.join("cgroup.procs"), process.to_string())?;
        Ok(group)
    }
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        // It stays where its process has not ended, which is no harm.
        let _ = fs::remove_dir(&self.0);
    }
}
