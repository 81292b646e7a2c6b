//! Thousands of histories, and that the simulation finds what it is for.

use logagent_delivery_tests::{Bug, simulate};

const SEEDS: u64 = 10_000;

/// A bug that is worth a simulation shows itself within so many histories.
const SEEDS_TO_A_BUG: u64 = 1000;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name}: no number: {text}")))
}

fn live(seed: u64) {
    if let Err(finding) = simulate(seed, Bug::None) {
        let again = format!("LOGAGENT_SEED={seed} cargo test --release -p logagent-delivery-tests one_seed");
        panic!("seed {seed}: {finding}\nagain: {again}");
    }
}

#[test]
fn nothing_is_lost_invented_or_out_of_order_in_ten_thousand_histories() {
    (0..SEEDS).for_each(live);
}

#[test]
fn one_seed() {
    live(number("LOGAGENT_SEED").unwrap_or(1));
}

#[test]
fn a_seed_is_the_same_history_each_time() {
    for seed in 0..50 {
        assert_eq!(simulate(seed, Bug::None), simulate(seed, Bug::None), "seed {seed}");
    }
}

fn find(bug: Bug, word: &str) {
    let mut findings = (0..SEEDS_TO_A_BUG).filter_map(|seed| Some((seed, simulate(seed, bug).err()?)));
    let (seed, finding) = findings.next().unwrap_or_else(|| panic!("not within {SEEDS_TO_A_BUG} histories"));
    println!("{bug:?}: seed {seed}: {finding}");
    assert!(finding.contains(word), "{finding}");
}

#[test]
fn a_sink_that_confirms_before_it_has_written_is_found() {
    find(Bug::ConfirmedBeforeWritten, "ahead of sink");
}

#[test]
fn a_checkpoint_that_is_written_before_the_output_is_synced_is_found() {
    find(Bug::CheckpointBeforeSync, "ahead of sink");
}

#[test]
fn a_length_that_is_kept_while_records_are_in_flight_is_found() {
    find(Bug::NotStill, "which is exact");
}

#[test]
fn a_confirmation_that_is_taken_out_of_order_is_found() {
    find(Bug::OutOfOrder, "ahead of sink");
}

#[test]
fn a_write_that_is_made_twice_after_a_failure_is_found() {
    find(Bug::WrittenTwice, "came twice");
}
