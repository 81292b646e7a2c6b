//! What the figures were measured on.

use std::fs::read_to_string;

/// One line: processors, their model, kernel, and how busy it is with other things.
#[must_use]
pub fn describe() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let model = find("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown processor".into());
    let kernel = first_line("/proc/sys/kernel/osrelease");
    let load = first_line("/proc/loadavg");
    let load: Vec<&str> = load.split(' ').take(3).collect();
    format!("{cores} cores, {model}, Linux {kernel}, load {}; nothing is pinned", load.join(" "))
}

fn first_line(path: &str) -> String {
    let text = read_to_string(path).unwrap_or_default();
    text.lines().next().unwrap_or("unknown").to_owned()
}

/// Processor time since the start, of all processors, in clock ticks.
#[derive(Clone, Copy, Default)]
pub struct Ticks {
    all: u64,
    idle: u64,
    /// What a hypervisor gave to others while this machine had work.
    stolen: u64,
}

impl Ticks {
    /// As the kernel counts them now.
    #[must_use]
    pub fn now() -> Self {
        // Fields of proc_stat(5): user, nice, system, idle, iowait, irq, softirq, steal; guests are counted in user.
        let line = first_line("/proc/stat");
        let fields: Vec<u64> = line.split_ascii_whitespace().skip(1).take(8).map_while(|it| it.parse().ok()).collect();
        let field = |index: usize| fields.get(index).copied().unwrap_or(0);
        Self { all: fields.iter().sum(), idle: field(3) + field(4), stolen: field(7) }
    }

    /// How much of the machine was in use since then, and how much of that was not to be had: figures of a run in
    /// which processors were missing say little of delays and of lanes.
    #[must_use]
    pub fn since(self, before: Self) -> String {
        let percent = |part: u64, whole: u64| 100 * part / whole.max(1);
        let (all, idle) = (self.all - before.all, self.idle - before.idle);
        let stolen = self.stolen - before.stolen;
        let busy = all - idle;
        format!(
            "processors busy {} %, {} % of that stolen by the hypervisor",
            percent(busy, all),
            percent(stolen, busy)
        )
    }
}

/// The value of the first `key : value` line.
fn find(path: &str, key: &str) -> Option<String> {
    let text = read_to_string(path).ok()?;
    let line = text.lines().find(|line| line.starts_with(key))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}
