//! What the figures were measured on.

use std::fs::read_to_string;

/// One line: processors, their model, kernel, and how busy it is with other things.
pub(crate) fn describe() -> String {
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

/// The value of the first `key : value` line.
fn find(path: &str, key: &str) -> Option<String> {
    let text = read_to_string(path).ok()?;
    let line = text.lines().find(|line| line.starts_with(key))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}
