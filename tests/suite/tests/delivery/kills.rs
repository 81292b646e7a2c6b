//! Agents that are killed again and again under load, with rotations of what they read going on, and what came of it.

use crate::logs::Log;
use logagent_testkit::{Findings, until};
use logagent_tests::{Agent, Place, Random, lines};
use std::collections::HashSet;
use std::os::unix::fs::MetadataExt as _;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How long a run may be: some end before the first record is read, others after a checkpoint.
pub const LONGEST_RUN: Duration = Duration::from_millis(60);

/// The seed that was asked for, or another each second.
pub fn seed() -> u64 {
    let given = std::env::var("LOGAGENT_SEED").ok().and_then(|seed| seed.parse().ok());
    given.unwrap_or_else(|| SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |since| since.as_secs()))
}

/// What became of it.
pub struct Killed {
    pub findings: Findings,
    /// What stood behind the checkpoints when the agent was killed: it may come twice.
    pub unconfirmed: HashSet<Vec<u8>>,
}

/// What else happens while an agent works: now and then it is told to reload. There is nothing that must be met.
pub fn reload(agent: &Agent<'_>, random: &mut Random) -> bool {
    if random.below(8) == 0 {
        agent.hang_up();
    }
    true
}

/// How long a run takes here from its start until a record is in the output.
fn first_record(place: &Place, log: &mut Log<'_>, random: &mut Random) -> Duration {
    log.write(random, 1);
    let started = Instant::now();
    let agent = Agent::start(place, &["run", "--config", "agent.yaml"]);
    until("the first record", || !outputs(place).is_empty());
    drop(agent);
    started.elapsed()
}

/// Kills an agent so often while it works, each time after so long at most, or a few times as long as it needs for a record
/// where the machine is slow; and more often, until `disturb` has answered that a kill has met what it is to meet. Lets the
/// last come to its end.
pub fn kill(
    place: &Place,
    random: &mut Random,
    (kills, longest_run): (u32, Duration),
    mut disturb: impl FnMut(&Agent<'_>, &mut Random) -> bool,
) -> Killed {
    /// So many times as many kills must do.
    const MOST: u32 = 20;
    let (mut first, mut second) = (Log::new(place, "first.log"), Log::new(place, "second.log"));
    let mut unconfirmed = HashSet::new();
    let longest_run = longest_run.max(3 * first_record(place, &mut first, random));
    unconfirmed.extend(behind_checkpoints(place));
    let longest_run = u64::try_from(longest_run.as_micros()).expect("a short one");
    let (mut number, mut has_met) = (0, false);
    while number < kills || (!has_met && number < MOST * kills) {
        number += 1;
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
            has_met |= disturb(&agent, random);
            std::thread::sleep(Duration::from_micros(random.below(longest_run) / parts));
        }
        agent.child.kill().expect("it runs");
        agent.child.wait().expect("a child of ours");
        unconfirmed.extend(behind_checkpoints(place));
    }
    Agent::once(place).done();
    let mut oracle = first.oracle;
    oracle.merge(second.oracle);
    Killed { findings: oracle.judge_mixed(lines(&outputs(place))), unconfirmed }
}

/// What is in the output, and in those that it was renamed to.
pub fn outputs(place: &Place) -> Vec<u8> {
    let names =
        std::fs::read_dir(place.path("")).expect("our directory").map(|entry| entry.expect("an entry").file_name());
    let mut names: Vec<String> = names.map(|name| name.into_string().expect("names of ours")).collect();
    names.sort_unstable();
    names.iter().filter(|name| *name == "out" || name.starts_with("out.")).flat_map(|name| place.read(name)).collect()
}

/// The lines of all logs that lie behind what the checkpoints on disk say.
pub fn behind_checkpoints(place: &Place) -> Vec<Vec<u8>> {
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
