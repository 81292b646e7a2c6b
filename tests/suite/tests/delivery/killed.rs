//! SIGKILL at random moments, under load, with rotations and reloads going on.

use crate::kills::{Killed, LONGEST_RUN, kill, reload, seed};
use logagent_tests::{Place, Random, filter};
use std::time::Duration;

/// How often the agent is killed.
const KILLS: u32 = 200;

/// And how often, and how long, where a snapshot of what filters remember is to come in between.
const SNAPSHOT_KILLS: u32 = 10;
const LONGEST_SNAPSHOT_RUN: Duration = Duration::from_millis(2_500);

/// And how often where a buffer lies in between.
const BUFFER_KILLS: u32 = 50;

/// Rotated files are included: one that is renamed before any run has seen it would be no one's.
const CONFIG: &str = r"
lanes: 2
checkpoints: { interval: 20ms }
sources: { app: { type: file, include: ['*.log*'] } }
sinks: { out: { type: file, path: out } }
pipelines: { main: { from: [app], to: [out] } }
";

#[test]
fn an_agent_that_is_killed_again_and_again_loses_and_invents_nothing() {
    let seed = seed();
    let place = Place::new(CONFIG);
    let Killed { findings, unconfirmed } = kill(&place, &mut Random::new(seed), (KILLS, LONGEST_RUN), reload);
    let again = format!("again with LOGAGENT_SEED={seed}");
    assert!(findings.lost.is_empty() && findings.invented.is_empty(), "{again}\n{findings}");
    let needless = findings.doubled.iter().filter(|(_, record)| !unconfirmed.contains(record)).count();
    assert_eq!(needless, 0, "records came twice that lay before a checkpoint; {again}");
    println!("{KILLS} kills: {} records came twice; {again}", findings.doubled.len());
}

/// Segments are changed often, and a kill meets each part of a buffer's work.
#[test]
fn a_buffer_that_is_killed_again_and_again_loses_and_invents_nothing() {
    for fsync in ["never", "interval, fsync_interval: 5ms", "batch"] {
        let seed = seed();
        let place = Place::new(&CONFIG.replace(
            "path: out }",
            &format!("path: out, buffer: {{ type: disk, max_bytes: 1MiB, segment_bytes: 256KiB, fsync: {fsync} }} }}"),
        ));
        let Killed { findings, .. } = kill(&place, &mut Random::new(seed), (BUFFER_KILLS, LONGEST_RUN), reload);
        let again = format!("fsync: {fsync}; again with LOGAGENT_SEED={seed}");
        assert!(findings.lost.is_empty() && findings.invented.is_empty(), "{again}\n{findings}");
        println!("{BUFFER_KILLS} kills: {} records came twice; {again}", findings.doubled.len());
    }
}

/// A filter that drops what it has seen must not have seen, after a kill, what is read again.
#[test]
fn what_a_filter_remembers_of_records_that_were_not_delivered_is_gone_with_the_kill() {
    let seed = seed();
    let filter = filter("dedupe");
    let place = Place::new(&format!(
        r"
lanes: 2
checkpoints: {{ interval: 20ms }}
state: {{ snapshot_interval: 1s }}
sources: {{ app: {{ type: file, include: ['*.log*'] }} }}
filters: {{ once: {{ component: {filter}, config: {{ window: 1h }} }} }}
sinks: {{ out: {{ type: file, path: out }} }}
pipelines: {{ main: {{ from: [app], through: [once], to: [out] }} }}
"
    ));
    let killed = kill(&place, &mut Random::new(seed), (SNAPSHOT_KILLS, LONGEST_SNAPSHOT_RUN), reload);
    assert!(killed.findings.lost.is_empty(), "again with LOGAGENT_SEED={seed}\n{}", killed.findings);
    assert!(place.path("data/state.snapshot").exists());
}
