//! Looks at a process's memory all the while: its share of all pages that it maps (PSS, proc(5)), as each mapping of a
//! ring would be counted again otherwise.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

pub(super) struct Watch {
    is_over: Arc<AtomicBool>,
    thread: JoinHandle<(u64, u64)>,
}

impl Watch {
    pub(super) fn start(process: u32) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let over = is_over.clone();
        let thread = std::thread::spawn(move || {
            let (mut most, mut looks) = (0, 0);
            while !over.load(Ordering::Relaxed) {
                if let Some(kib) = pss_kib(process) {
                    most = kib.max(most);
                    looks += 1;
                }
                std::thread::sleep(BETWEEN_LOOKS);
            }
            (most, looks)
        });
        Self { is_over, thread }
    }

    /// The most that was seen, in KiB, and how often it was looked at.
    pub(super) fn end(self) -> (u64, u64) {
        self.is_over.store(true, Ordering::Relaxed);
        self.thread.join().expect("it only reads")
    }
}

/// Nothing once the process is gone.
fn pss_kib(process: u32) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/{process}/smaps_rollup")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    line.split_whitespace().next()?.parse().ok()
}
