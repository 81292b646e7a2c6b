//! `make soak`: four lanes at full speed for as long as is asked, over good and bad filters that are replaced all the
//! while, over files that rotate. At the end nothing may be lost, and nothing may have grown: memory, descriptors,
//! mappings, threads. Not a measurement of speed, and not part of `make test`: it takes minutes.

mod checked;
mod footprint;
mod layout;
mod load;
mod reloads;

use footprint::Footprint;
use load::Load;
use logagent_testkit::until;
use logagent_tests::{Agent, Ended, Place};
use reloads::Reloads;
use std::time::{Duration, Instant};

/// Where `SOAK_SECONDS` says nothing else.
const SECONDS: u64 = 600;

/// Before this, caches, arenas and rings are still filled for the first time.
const WARM_UP: Duration = Duration::from_secs(20);

/// A source lets go of a file five seconds after its last name is gone, and looks once a second.
const QUIET: Duration = Duration::from_secs(8);

/// Files that the first configuration reads before it is measured, of 16 MiB each: twelve for the ring of each lane.
const FILES_AT_REST: u64 = 48;

fn main() {
    let seconds = number("SOAK_SECONDS").unwrap_or(SECONDS);
    let seed = number("LOGAGENT_SEED").unwrap_or_else(any_seed);
    println!("soak: {seconds} s, LOGAGENT_SEED={seed}");
    let place = layout::make();
    let agent = Agent::follow(&place);
    until("the agent runs", || place.path("checked.log").exists());
    let mut load = Load::new(&place);
    let mut reloads = Reloads::new(&place, seed);
    let before = spell(&agent, &mut load, &mut reloads, WARM_UP);
    println!("warm:  {before}");
    let after = spell(&agent, &mut load, &mut reloads, Duration::from_secs(seconds).saturating_sub(WARM_UP));
    println!("after: {after}");
    agent.terminate();
    conclude(&place, &load, &agent.wait());
    after.assert_no_growth_since(&before);
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

fn any_seed() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock that is set");
    u64::from(now.subsec_nanos())
}

/// Load and reloads for so long; then both rest, all that was written is read, and the agent is measured as it runs
/// the first configuration.
fn spell(agent: &Agent<'_>, load: &mut Load<'_>, reloads: &mut Reloads<'_>, time: Duration) -> Footprint {
    let end = Instant::now() + time;
    while Instant::now() < end {
        load.step(agent);
        reloads.step();
    }
    reloads.rest();
    // New instances have touched little of their windows: each lane's ring is to go round several times.
    let files = load.files() + FILES_AT_REST;
    while load.files() < files {
        load.step(agent);
    }
    until("all that was written is read", || load.is_all_read(agent));
    std::thread::sleep(QUIET);
    Footprint::of(agent)
}

/// Asserts that nothing was lost, doubled or invented, and prints what happened.
fn conclude(place: &Place, load: &Load<'_>, ended: &Ended) {
    let report = ended.done();
    let count = |pointer: &str| report.count(pointer);
    let written = load.records();
    for pipeline in ["main", "hostile", "checked"] {
        let of = |what: &str| count(&format!("pipelines/{pipeline}/{what}"));
        assert_eq!(of("received"), written, "{pipeline} has received what was written");
        assert_eq!(of("delivered") + of("dropped") + of("dead_lettered"), written + of("emitted"), "{pipeline}");
    }
    println!(
        "{written} records in {} files, {:.0} MB/s; {} dead letters; {} reloads done, {} refused; guest: {} errors, {} \
         pages of its window written",
        load.files(),
        report.number("bytes_received") / report.number("seconds") / 3e6,
        count("dead_lettered"),
        count("reloads/done"),
        count("reloads/refused"),
        report.sum("filters/guest/errors"),
        count("filters/guest/private_pages"),
    );
    assert!(count("reloads/done") > 0 && count("reloads/refused") > 0 && count("dead_lettered") > 0);
    assert_eq!(place.text("data/dead_letters.jsonl").lines().count() as u64, count("dead_lettered"));
}
