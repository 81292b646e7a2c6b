//! SIGKILL at random moments, under load, with rotations and reloads going on.

use crate::logs::Log;
use logagent_testkit::Findings;
use logagent_tests::{Agent, Place, Random, filter, lines};
use std::collections::HashSet;
use std::os::unix::fs::MetadataExt as _;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How often the agent is killed.
const KILLS: u32 = 200;

/// How long a run may be: some end before the first record is read, others after a checkpoint.
const LONGEST_RUN: Duration = Duration::from_millis(60);

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

fn seed() -> u64 {
    let given = std::env::var("LOGAGENT_SEED").ok().and_then(|seed| seed.parse().ok());
    given.unwrap_or_else(|| SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |since| since.as_secs()))
}

/// What became of it.
struct Killed {
    findings: Findings,
    /// What stood behind the checkpoints when the agent was killed: it may come twice.
    unconfirmed: HashSet<Vec<u8>>,
}

/// Kills an agent so often while it works, and lets the last come to its end.
fn kill(place: &Place, random: &mut Random, kills: u32, longest_run: Duration) -> Killed {
    let longest_run = u64::try_from(longest_run.as_micros()).expect("a short one");
    let (mut first, mut second) = (Log::new(place, "first.log"), Log::new(place, "second.log"));
    let mut unconfirmed = HashSet::new();
    for _ in 0..kills {
        let mut agent = Agent::start(place, &["run", "--config", "agent.yaml"]);
        let parts = random.below(4) + 1;
        for _ in 0..parts {
            for (log, most) in [(&mut first, 400), (&mut second, 40)] {
                let count = random.below(most);
                log.write(random, count);
            }
            if random.below(8) == 0 {
                first.rotate();
            }
            if random.below(8) == 0 {
                agent.hang_up();
            }
            std::thread::sleep(Duration::from_micros(random.below(longest_run) / parts));
        }
        agent.child.kill().expect("it runs");
        agent.child.wait().expect("a child of ours");
        unconfirmed.extend(behind_checkpoints(place));
    }
    Agent::once(place).done();
    let mut oracle = first.oracle;
    oracle.merge(second.oracle);
    Killed { findings: oracle.judge_mixed(lines(&place.read("out"))), unconfirmed }
}

/// The lines of all logs that lie behind what the checkpoints on disk say.
fn behind_checkpoints(place: &Place) -> Vec<Vec<u8>> {
    let kept = place.text("data/checkpoints");
    let kept = kept.split_once('\n').map_or("null", |(_, body)| body);
    let kept: serde_json::Value = serde_json::from_str(kept).expect("whole at any moment");
    let offset = |inode: u64| {
        let files = kept["files"].as_array().map_or(&[][..], Vec::as_slice);
        let file = files.iter().find(|file| file["inode"].as_u64() == Some(inode));
        file.and_then(|file| file["offset"].as_u64()).unwrap_or(0)
    };
    let mut behind = Vec::new();
    for entry in std::fs::read_dir(place.path("")).expect("our directory").map(|entry| entry.expect("an entry")) {
        if !entry.file_name().to_string_lossy().contains(".log") {
            continue;
        }
        let offset = offset(entry.metadata().expect("a file").ino());
        let bytes = std::fs::read(entry.path()).expect("a file");
        behind.extend(lines(&bytes[usize::try_from(offset).expect("a length")..]).map(<[u8]>::to_vec));
    }
    behind
}

#[test]
fn an_agent_that_is_killed_again_and_again_loses_and_invents_nothing() {
    let seed = seed();
    let place = Place::new(CONFIG);
    let Killed { findings, unconfirmed } = kill(&place, &mut Random::new(seed), KILLS, LONGEST_RUN);
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
        let Killed { findings, .. } = kill(&place, &mut Random::new(seed), BUFFER_KILLS, LONGEST_RUN);
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
    let killed = kill(&place, &mut Random::new(seed), SNAPSHOT_KILLS, LONGEST_SNAPSHOT_RUN);
    assert!(killed.findings.lost.is_empty(), "again with LOGAGENT_SEED={seed}\n{}", killed.findings);
    assert!(place.path("data/state.snapshot").exists());
}
