//! `make stall`: a day's input of an ordinary machine, 50 kB a second, at full speed, while one of three sinks stalls; in
//! each of the ways in which a sink can do that. Prints the most memory that the agent had beside what it may have.

use logagent_tests::stall::{Mode, run};

/// Where `STALL_BYTES` says nothing else: 24 hours of 50 kB a second.
const BYTES: u64 = 24 * 3600 * 50_000;

fn main() {
    let bytes = std::env::var("STALL_BYTES").ok().and_then(|bytes| bytes.parse().ok()).unwrap_or(BYTES);
    println!(
        "{:<6}{:>12}{:>12}{:>12}{:>12}{:>12}{:>12}",
        "mode", "input MB", "records", "arrived", "dropped", "PSS MiB", "limit MiB"
    );
    for mode in Mode::ALL {
        let outcome = run(mode, bytes);
        println!(
            "{:<6}{:>12}{:>12}{:>12}{:>12}{:>12.1}{:>12}",
            format!("{mode:?}").to_lowercase(),
            outcome.bytes / 1_000_000,
            outcome.records,
            outcome.arrived,
            outcome.dropped,
            outcome.most_kib as f64 / 1024.0,
            outcome.limit_kib / 1024,
        );
        assert!(outcome.most_kib <= outcome.limit_kib, "{mode:?}: more memory than memory.limit");
    }
}
