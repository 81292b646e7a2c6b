//! An agent that dies at each point of its work, in its first pass and in a later one, and what the next run makes of what
//! it has left.

use crate::kills::{behind_checkpoints, outputs, seed};
use crate::logs::Log;
use logagent_failpoint::Point;
use logagent_testkit::{Findings, Oracle, Patience};
use logagent_tests::{Agent, Place, Random, lines, test_guests};
use std::collections::HashSet;
use std::os::unix::process::ExitStatusExt as _;
use std::time::Duration;

const SOURCE: &str = "
lanes: 2
checkpoints: { interval: 10ms }
sources: { app: { type: file, include: ['*.log*'] } }
";

const PIPELINE: &str = "pipelines: { main: { from: [app], to: [out] } }\n";

/// What dies, and where.
struct Scenario {
    sink: &'static str,
    points: &'static [Point],
    /// Whether a record may come twice that was behind the last checkpoint when the agent died.
    may_double: bool,
}

const CHECKPOINT: [Point; 7] = [
    Point::CheckpointWriteBefore,
    Point::CheckpointWriteMiddle,
    Point::CheckpointWriteAfter,
    Point::CheckpointSyncAfter,
    Point::CheckpointRenameBefore,
    Point::CheckpointRenameAfter,
    Point::CheckpointDirectoryAfter,
];

const OUTPUT: [Point; 6] = [
    Point::SourceRead,
    Point::OutputWriteBefore,
    Point::OutputWriteMiddle,
    Point::OutputWriteAfter,
    Point::OutputSyncBefore,
    Point::OutputSyncAfter,
];

const ROTATION: [Point; 2] = [Point::OutputRenameBefore, Point::OutputRenameAfter];
const CUT: [Point; 2] = [Point::OutputCutBefore, Point::OutputCutAfter];
const BUFFER: [Point; 3] = [Point::BufferWriteBefore, Point::BufferWriteAfter, Point::BufferSyncAfter];
const LETTERS: [Point; 3] = [Point::LetterWriteBefore, Point::LetterWriteAfter, Point::LetterSyncAfter];

/// The last pass in which the agent may die: an output is cut once a run, and is rotated after a megabyte.
fn last_pass(point: Point) -> u64 {
    match point {
        Point::OutputCutBefore | Point::OutputCutAfter => 1,
        Point::OutputRenameBefore | Point::OutputRenameAfter => 3,
        _ => 30,
    }
}

/// Two logs that grow, each by so many lines at a time at most, and what must come of them.
struct Load<'a> {
    logs: [(Log<'a>, u64); 2],
    unconfirmed: HashSet<Vec<u8>>,
}

impl<'a> Load<'a> {
    fn new(place: &'a Place, second: &'static str) -> Self {
        let logs = [("first.log", 400), (second, 10)].map(|(name, most)| (Log::new(place, name), most));
        Self { logs, unconfirmed: HashSet::new() }
    }

    fn grow(&mut self, random: &mut Random) {
        for (log, most) in &mut self.logs {
            let count = 1 + random.below(*most);
            log.write(random, count);
            if random.below(16) == 0 {
                log.rotate();
            }
        }
    }

    /// Grows until an agent has died at this point.
    fn kill(&mut self, place: &Place, random: &mut Random, point: Point, pass: u64) {
        /// Between two growths, and more each time: an agent that is slow to come so far is not to find gigabytes.
        const PAUSE: Duration = Duration::from_millis(2);
        self.grow(random);
        let mut agent = Agent::start_dying(place, point, pass);
        let (mut patience, mut pause) = (Patience::default(), PAUSE);
        let status = loop {
            if let Some(status) = agent.child.try_wait().expect("a child of ours") {
                break status;
            }
            assert!(patience.lasts(), "pass {pass} of {} does not come", point.name());
            self.grow(random);
            std::thread::sleep(pause);
            pause += PAUSE / 50;
        };
        assert!(status.signal().is_some(), "{}: {status}: {}", point.name(), place.text("stderr"));
        self.unconfirmed.extend(behind_checkpoints(place));
    }

    fn judge(self, place: &Place) -> (Findings, HashSet<Vec<u8>>) {
        let mut oracle = Oracle::default();
        self.logs.into_iter().for_each(|(log, _)| oracle.merge(log.oracle));
        (oracle.judge_mixed(lines(&outputs(place))), self.unconfirmed)
    }
}

/// Has agents die at each of these points, each in a place of its own, and the next run come to its end; says how often.
fn die(config: &str, second_log: &'static str, scenario: &Scenario, also: impl Fn(&Place)) {
    let seed = seed();
    let mut random = Random::new(seed);
    let (mut deaths, mut doubled) = (0, 0);
    for &point in scenario.points {
        let last = last_pass(point);
        for pass in [1, last.min(2 + random.below(last))] {
            let place = Place::new(config);
            let load = Load::new(&place, second_log);
            let what = format!("pass {pass} of {}; again with LOGAGENT_SEED={seed}", point.name());
            doubled += die_once(&place, load, &mut random, (point, pass), scenario.may_double, &what);
            also(&place);
            deaths += 1;
        }
    }
    println!("{}: died {deaths} times: {doubled} records came twice; again with LOGAGENT_SEED={seed}", scenario.sink);
}

/// Answers how many records came twice.
fn die_once(
    place: &Place,
    mut load: Load<'_>,
    random: &mut Random,
    (point, pass): (Point, u64),
    may_double: bool,
    what: &str,
) -> usize {
    if CUT.contains(&point) {
        // There must be something to cut off.
        let pass = 1 + random.below(last_pass(Point::OutputWriteAfter));
        load.kill(place, random, Point::OutputWriteAfter, pass);
    }
    load.kill(place, random, point, pass);
    Agent::once(place).done();
    let (findings, unconfirmed) = load.judge(place);
    assert!(findings.lost.is_empty() && findings.invented.is_empty(), "{what}\n{findings}");
    let may = |record: &[u8]| may_double && unconfirmed.contains(record);
    assert!(findings.doubled.iter().all(|(_, record)| may(record)), "needlessly twice: {what}\n{findings}");
    findings.doubled.len()
}

fn die_in(scenario: &Scenario) {
    let config = format!("{SOURCE}sinks: {{ out: {{ type: file, path: out, {} }} }}\n{PIPELINE}", scenario.sink);
    die(&config, "second.log", scenario, |_| {});
}

#[test]
fn an_agent_that_dies_while_it_writes_or_syncs_loses_and_invents_nothing() {
    die_in(&Scenario { sink: "fsync: batch", points: &OUTPUT, may_double: true });
}

#[test]
fn an_agent_that_dies_while_it_keeps_checkpoints_loses_and_invents_nothing() {
    die_in(&Scenario { sink: "fsync: never", points: &CHECKPOINT, may_double: true });
}

#[test]
fn an_agent_that_dies_while_it_rotates_loses_and_invents_nothing() {
    die_in(&Scenario { sink: "rotate: { size: 1MiB }, fsync: interval", points: &ROTATION, may_double: true });
}

#[test]
fn a_line_that_a_death_tears_is_cut_off_in_a_file_that_a_rotation_has_begun_too() {
    let seed = seed();
    let mut random = Random::new(seed);
    let place = Place::new(&format!(
        "{SOURCE}sinks: {{ out: {{ type: file, path: out, rotate: {{ size: 1MiB }} }} }}\n{PIPELINE}"
    ));
    let mut load = Load::new(&place, "second.log");
    // Each run has rotated by then, and dies in another file than it has begun with.
    for pass in [150, 200, 250] {
        load.kill(&place, &mut random, Point::OutputWriteMiddle, pass);
    }
    let rotated = std::fs::read_dir(place.path("")).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(rotated.filter(|name| name.to_string_lossy().starts_with("out.")).count() >= 3, "it has not rotated");
    Agent::once(&place).done();
    let (findings, _) = load.judge(&place);
    assert!(findings.lost.is_empty() && findings.invented.is_empty(), "again with LOGAGENT_SEED={seed}\n{findings}");
}

#[test]
fn an_output_that_is_written_exactly_once_has_each_record_once_wherever_the_agent_dies() {
    for points in [&OUTPUT[..], &CHECKPOINT, &CUT] {
        die_in(&Scenario { sink: "exactly_once: true", points, may_double: false });
    }
}

#[test]
fn an_agent_that_dies_while_it_writes_a_buffer_loses_and_invents_nothing() {
    let sink = "buffer: { type: disk, max_bytes: 16MiB, segment_bytes: 256KiB, fsync: batch }";
    die_in(&Scenario { sink, points: &BUFFER, may_double: true });
}

#[test]
fn an_agent_that_dies_while_it_puts_a_record_aside_has_it_among_the_dead_letters_all_the_same() {
    let config = format!(
        "{SOURCE}
filters: {{ guest: {{ component: {}, config: {{ mode: poison-trap }}, breaker: {{ failures: 100000 }} }} }}
sinks: {{ out: {{ type: file, path: out }}, nowhere: {{ type: blackhole }} }}
pipelines: {{ main: {{ from: [app], to: [out] }}, other: {{ from: [app], through: [guest], to: [nowhere], routes: {{ alerts: [nowhere] }} }} }}
",
        test_guests()
    );
    let scenario = Scenario { sink: "dead letters", points: &LETTERS, may_double: true };
    die(&config, "POISON.log", &scenario, |place| {
        let letters = place.text("data/dead_letters.jsonl");
        let body =
            |letter: &str| serde_json::from_str::<serde_json::Value>(letter).ok()?["body"].as_str().map(str::to_owned);
        let letters: HashSet<String> = letters.lines().filter_map(body).collect();
        let out = place.text("out");
        let poisoned = out.lines().filter(|line| line.starts_with("POISON"));
        poisoned.for_each(|line| assert!(letters.contains(line), "no dead letter: {line}"));
    });
}
