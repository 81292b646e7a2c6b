//! The faults: what is done to an agent and around it while a service writes.

use crate::cgroup::{Bound, Cgroup};
use crate::clock;

use crate::outcome::Outcome;
use crate::slow::Slow;
use crate::writer::Writer;
use logagent_testkit::Mounted;
use logagent_tests::{Agent, Ended, Place, Random, drop_filter, lines};
use rustix::process::{Pid, Signal, kill_process};
use std::any::Any;
use std::process::Command;
use std::time::{Duration, Instant};

/// How long a service writes under one fault.
const TIME: Duration = Duration::from_secs(6);
const STEP: Duration = Duration::from_millis(10);

/// The output's disk, in a fault that fills it: less than is written in that time, and more.
const SMALL_KIB: u32 = 8 << 10;
const LARGE_KIB: u32 = 1 << 20;

/// A fault.
pub(crate) struct Fault {
    pub(crate) name: &'static str,
    /// The agent is killed: what was not confirmed comes twice.
    pub(crate) kills: bool,
    /// What the sink has beside its path.
    sink: &'static str,
    begin: fn(&Place) -> Result<Held, String>,
    /// Before the agent starts.
    prepare: fn(&Place, &mut Command) -> Result<(), String>,
    /// Once it runs.
    bind: fn(&Agent<'_>) -> Result<Guard, String>,
    /// With each step of the service.
    step: fn(&mut Scene<'_>),
}

/// What a fault needs for as long as it lasts.
type Held = Option<Mounted>;

/// What is done to an agent until this is dropped.
type Guard = Option<Box<dyn Any>>;

/// An agent at work.
pub(crate) struct Scene<'a> {
    place: &'a Place,
    agent: Agent<'a>,
    disk: Held,
    random: Random,
    /// Steps so far.
    steps: u32,
    ended: Vec<Ended>,
}

const NONE: Fault = Fault {
    name: "none",
    kills: false,
    sink: "",
    begin: |_| Ok(None),
    prepare: |_, _| Ok(()),
    bind: |_| Ok(None),
    step: |_| {},
};

pub(crate) const FAULTS: [Fault; 8] = [
    NONE,
    Fault { name: "SIGSTOP, SIGCONT", step: stop_and_go, ..NONE },
    Fault { name: "0.2 of a processor", bind: |agent| bound(agent, Bound::Cpu(200)), ..NONE },
    Fault { name: "128 MB of memory", bind: |agent| bound(agent, Bound::Memory(128_000_000)), ..NONE },
    Fault { name: "the disk is full", begin: small_disk, step: full_for_a_while, ..NONE },
    Fault { name: "the disk is slow", sink: ", fsync: batch", bind: slow_disk, ..NONE },
    Fault { name: "the clock jumps", prepare: clock::prepare, step: jump, ..NONE },
    Fault { name: "SIGKILL", kills: true, step: kill, ..NONE },
];

fn configuration(sink: &str) -> String {
    format!(
        r"
lanes: 2
memory: {{ ring_bytes: 4MiB, limit: 120MiB }}
checkpoints: {{ interval: 100ms }}
sources: {{ app: {{ type: file, include: ['app.log*'], max_record_bytes: 64KiB }} }}
filters: {{ quiet: {{ component: {}, config: {{ contains: [DEBUG] }}, limits: {{ memory: 4MiB }} }} }}
sinks: {{ out: {{ type: file, path: disk/out{sink} }} }}
pipelines: {{ main: {{ from: [app], through: [quiet], to: [out] }} }}
",
        drop_filter()
    )
}

/// Lets the fault happen while a service writes; answers what came of it, or why it could not be made.
pub(crate) fn play(fault: &Fault, seed: u64) -> Result<Outcome, String> {
    let place = Place::new(&configuration(fault.sink));
    std::fs::create_dir_all(place.path("disk")).map_err(|error| error.to_string())?;
    let disk = (fault.begin)(&place)?;
    let agent = start(fault, &place)?;
    let guard = (fault.bind)(&agent)?;
    let mut scene = Scene { place: &place, agent, disk, random: Random::new(seed), steps: 0, ended: Vec::new() };
    let mut writer = Writer::new(&place, seed);
    let mut peak = 0;
    let end = Instant::now() + TIME;
    while Instant::now() < end {
        writer.step();
        (fault.step)(&mut scene);
        scene.steps += 1;
        peak = peak.max(scene.agent.memory() >> 20);
        std::thread::sleep(STEP);
    }
    heal(fault, scene, guard, writer, peak)
}

fn start<'a>(fault: &Fault, place: &'a Place) -> Result<Agent<'a>, String> {
    let mut prepared = Ok(());
    let arguments = ["run", "--config", "agent.yaml", "--report", "report.json"];
    let agent = Agent::start_as(place, &arguments, |command| prepared = (fault.prepare)(place, command));
    prepared.map(|()| agent)
}

/// The fault is over: the agent drains, and a last run takes what was not read before.
fn heal(fault: &Fault, scene: Scene<'_>, guard: Guard, writer: Writer<'_>, peak: u64) -> Result<Outcome, String> {
    let Scene { place, agent, disk, mut ended, .. } = scene;
    if let Some(disk) = &disk {
        disk.resize(LARGE_KIB)?;
    }
    // It may be stopped.
    kill_process(Pid::from_child(&agent.child), Signal::CONT).expect("it runs");
    agent.terminate();
    ended.push(agent.wait());
    drop(guard);
    ended.push(Agent::once(place));
    let findings = writer.oracle.judge_mixed(lines(&place.read("disk/out")));
    let mut outcome = Outcome::new(writer.oracle.count(), findings, peak);
    ended.iter().for_each(|ended| outcome.add(if fault.kills { ended.report() } else { ended.done() }));
    Ok(outcome)
}

fn bound(agent: &Agent<'_>, bound: Bound) -> Result<Guard, String> {
    let group = Cgroup::hold(agent.child.id(), bound).map_err(|error| format!("no control group: {error}"))?;
    Ok(Some(Box::new(group)))
}

/// Writes take 20 ms, and so does bringing them to the disk.
fn slow_disk(agent: &Agent<'_>) -> Result<Guard, String> {
    Ok(Some(Box::new(Slow::hold(agent.child.id(), "writev,fdatasync,fsync", 20_000)?)))
}

fn small_disk(place: &Place) -> Result<Held, String> {
    Mounted::new(&place.path("disk"), SMALL_KIB).map(Some)
}

/// Full until two thirds of the time are over.
fn full_for_a_while(scene: &mut Scene<'_>) {
    let is_time = u128::from(scene.steps) * STEP.as_millis() == TIME.as_millis() / 3;
    if let Some(disk) = scene.disk.as_ref().filter(|_| is_time) {
        disk.resize(LARGE_KIB).expect("a larger disk");
    }
}

/// Stops the agent for half a second, again and again.
fn stop_and_go(scene: &mut Scene<'_>) {
    let signal = match scene.steps % 100 {
        20 => Signal::STOP,
        70 => Signal::CONT,
        _ => return,
    };
    kill_process(Pid::from_child(&scene.agent.child), signal).expect("it runs");
}

/// By up to a day, ahead and back.
fn jump(scene: &mut Scene<'_>) {
    if scene.steps.is_multiple_of(20) {
        let day = 24 * 3600;
        let seconds = i64::try_from(scene.random.below(2 * day)).expect("two days");
        clock::jump(scene.place, seconds - i64::try_from(day).expect("a day"));
    }
}

fn kill(scene: &mut Scene<'_>) {
    if scene.steps % 50 == 49 {
        scene.agent.child.kill().expect("it runs");
        scene.agent.child.wait().expect("a child of ours");
        scene.agent = Agent::follow(scene.place);
    }
}
