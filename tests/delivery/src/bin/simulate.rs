//! Lives through SEEDS histories (10,000), from FIRST on (0), and says how many a second.

use logagent_delivery_tests::{Bug, Told, simulate};
use std::process::ExitCode;
use std::time::Instant;

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

fn main() -> ExitCode {
    let (first, seeds) = (number("FIRST", 0), number("SEEDS", 10_000));
    let (began, mut all, mut findings) = (Instant::now(), Told::default(), 0);
    for seed in first..first.saturating_add(seeds) {
        match simulate(seed, Bug::None) {
            Ok(told) => all += told,
            Err(finding) => {
                findings += 1;
                println!("seed {seed}: {finding}");
            }
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    let rate = seeds as f64 / seconds;
    println!("{seeds} seeds from {first} in {seconds:.1} s: {rate:.0} seeds/s, {findings} with findings");
    println!(
        "{} crashes, {} failures, {} attempts that were made again, {} records given up, {} lines written, {} records at \
         sinks, {} of them twice",
        all.crashes, all.failures, all.attempts, all.given_up, all.lines, all.records, all.doubled
    );
    if findings == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
