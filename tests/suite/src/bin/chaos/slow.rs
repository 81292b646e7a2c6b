//! Slow system calls: strace, which holds a process up as each of them returns. Control groups of the first version
//! don't bound what goes to a disk through the page cache.

use std::process::{Child, Command, Stdio};

/// The tracer; it lets go of the process with this.
pub(crate) struct Slow(Child);

impl Slow {
    /// Each of these calls (as strace names them, with commas) takes so many microseconds more.
    pub(crate) fn hold(process: u32, calls: &str, micros: u32) -> Result<Self, String> {
        let inject = format!("inject={calls}:delay_exit={micros}");
        let mut command = Command::new("strace");
        command.args(["-f", "-qq", "-o", "/dev/null", "-e", &format!("trace={calls}"), "-e", &inject, "-p"]);
        let child = command.arg(process.to_string()).stderr(Stdio::null()).spawn();
        child.map(Self).map_err(|error| format!("no strace: {error}"))
    }
}

impl Drop for Slow {
    fn drop(&mut self) {
        // It has ended where its process has.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
