//! One history: runs of the agent one after the other, each ended by a crash, a stop or a failure, then one that comes to
//! its end, and one that finds nothing more to do.

mod events;

use crate::agent::{Agent, Surroundings};
use crate::bug::{Bug, Haste};
use crate::clock::SimulatedClock;
use crate::disk::Disk;
use crate::faults::Faults;
use crate::letters::Letters;
use crate::logs::Logs;
use crate::plan::{Plan, SinkPlan};
use crate::remote::Remote;
use crate::told::Told;
use crate::verdict::Arrival;
use fastrand::Rng;
use logagent_pipeline::{Clock as _, LaneError, Round};
use std::collections::HashSet;
use std::panic::catch_unwind;
use std::sync::Arc;

/// Lives one history through.
///
/// # Errors
/// What was wrong with it.
pub fn simulate(seed: u64, bug: Bug) -> Result<Told, String> {
    catch_unwind(|| live(seed, bug)).unwrap_or_else(|_| Err("a part panicked: see above".into()))
}

fn live(seed: u64, bug: Bug) -> Result<Told, String> {
    let mut history = History::new(seed, bug);
    for _ in 0..history.around.plan.sessions {
        history.run()?;
        history.meanwhile();
    }
    history.run_to_the_end()?;
    history.run_for_nothing()?;
    history.judge()
}

struct History {
    random: Rng,
    around: Surroundings,
    logs: Logs,
    told: Told,
}

/// What a run found when it began.
struct Before {
    covered: HashSet<Arrival>,
    records: Vec<usize>,
}

/// How a run ended.
enum End {
    Killed,
    Stopped,
    Failed,
}

impl History {
    fn new(seed: u64, bug: Bug) -> Self {
        let mut random = Rng::with_seed(seed);
        let plan = Plan::draw(&mut random, bug);
        // The pauses between attempts are drawn by the sink itself.
        fastrand::seed(random.u64(..));
        let disk = Disk::new(Faults::new(random.fork(), bug));
        let haste = Haste::default();
        let remote = |sink: &SinkPlan| match sink {
            SinkPlan::Remote => Some(Remote::new(random.fork(), bug, haste.clone())),
            SinkPlan::Disk { .. } => None,
        };
        let remotes: Vec<_> = plan.sinks.iter().map(remote).collect();
        let around = Surroundings {
            meter: Arc::default(),
            letters: Arc::new(Letters::new(disk.clone())),
            clock: Arc::new(SimulatedClock::new(remotes.iter().flatten().cloned().collect())),
            haste: (bug == Bug::OutOfOrder).then_some(haste),
            disk,
            remotes,
            plan,
        };
        let logs = Logs::new(around.plan.logs);
        Self { random, around, logs, told: Told::default() }
    }

    fn begin(&mut self) -> Result<(Agent, Before), String> {
        self.around.disk.faults(Faults::restart);
        self.around.remotes.iter().flatten().for_each(Remote::connect);
        self.around.letters.begin();
        let covered = self.around.covered(&self.logs)?;
        let agent = Agent::start(&self.around, &self.logs);
        let records = (0..self.around.plan.sinks.len()).map(|sink| self.around.records(sink).len()).collect();
        self.logs.is_looked_at();
        Ok((agent, Before { covered, records }))
    }

    /// A run in which anything may happen.
    fn run(&mut self) -> Result<(), String> {
        let (mut agent, before) = self.begin()?;
        let mut end = End::Killed;
        for _ in 0..self.random.u32(5..80) {
            match self.act(&mut agent) {
                Ok(()) if self.around.disk.faults(|faults| faults.has_stopped()) => break,
                Ok(()) => {}
                Err(error) => {
                    end = self.failed(&error)?;
                    break;
                }
            }
        }
        if matches!(end, End::Killed) && self.random.u8(..4) == 0 {
            end = self.stop(&mut agent)?;
        }
        self.end(agent, &end);
        self.judge_run(&before)?;
        if let End::Killed = end {
            self.crash();
        }
        Ok(())
    }

    /// Whether a failure is one that was to be expected.
    fn failed(&self, error: &LaneError) -> Result<End, String> {
        match error {
            _ if self.around.disk.faults(|faults| faults.has_stopped()) => Ok(End::Killed),
            LaneError::Sink(_) | LaneError::Lost => Ok(End::Failed),
            error => Err(format!("the lane stopped: {error}")),
        }
    }

    /// A stop that is asked for: what was read is delivered, unless something fails.
    fn stop(&mut self, agent: &mut Agent) -> Result<End, String> {
        agent.stop();
        for _ in 0..MOST_ROUNDS {
            match agent.step() {
                Ok(Round::Done) => return Ok(End::Stopped),
                Ok(Round::Worked) => {}
                Ok(Round::Idle) => drop(self.go_on(agent)),
                Err(error) => return self.failed(&error),
            }
            if self.around.disk.faults(|faults| faults.has_stopped()) {
                return Ok(End::Killed);
            }
        }
        Err("the lane does not come to its end".into())
    }

    /// The world goes on while the lane has nothing to do; whether anything happened.
    fn go_on(&self, agent: &Agent) -> bool {
        let clock = &self.around.clock;
        clock.pass(agent.lane.due_at().saturating_duration_since(clock.now()));
        self.around.remotes.iter().flatten().filter(|remote| remote.go_on()).count() > 0
    }

    fn end(&mut self, agent: Agent, end: &End) {
        match end {
            End::Killed => self.told.crashes += 1,
            End::Failed => self.told.failures += 1,
            End::Stopped => {}
        }
        let Agent { keeper, lane, exact, .. } = agent;
        drop(lane);
        if !matches!(end, End::Killed) {
            exact.end(matches!(end, End::Stopped), keeper);
        }
        self.around.remotes.iter().flatten().for_each(Remote::lose);
    }

    fn crash(&mut self) {
        if self.around.plan.power && self.random.bool() {
            self.around.disk.cut_power();
        }
    }

    /// Reads all there is, and stops.
    fn run_to_the_end(&mut self) -> Result<(), String> {
        let (mut agent, before) = self.begin()?;
        (0..self.logs.count()).for_each(|log| self.logs.finish(log));
        for _ in 0..LOOKS {
            agent.look();
            self.rest(&mut agent).map_err(|error| format!("the last run: {error}"))?;
        }
        let End::Stopped = self.stop(&mut agent)? else { return Err("the last run fails".into()) };
        let in_flight: u64 = agent.meters.iter().map(|meter| meter.law.counts().in_flight).sum();
        if in_flight > 0 {
            return Err(format!("{in_flight} records are in flight at the end"));
        }
        if !agent.checkpoint().map_err(|error| format!("the last checkpoint: {error}"))? {
            return Err("the last checkpoint can't be written".into());
        }
        self.end(agent, &End::Stopped);
        self.judge_run(&before)
    }

    /// Works until nothing happens any more.
    fn rest(&mut self, agent: &mut Agent) -> Result<(), LaneError> {
        let mut quiet = 0;
        for _ in 0..MOST_ROUNDS {
            let has_moved = agent.step()? == Round::Worked || self.go_on(agent);
            quiet = if has_moved { 0 } else { quiet + 1 };
            if quiet == QUIET_ROUNDS {
                return Ok(());
            }
        }
        panic!("the lane does not come to rest");
    }

    /// After a clean stop nothing comes again.
    fn run_for_nothing(&mut self) -> Result<(), String> {
        let (mut agent, before) = self.begin()?;
        agent.look();
        self.rest(&mut agent).map_err(|error| format!("a run for nothing: {error}"))?;
        self.end(agent, &End::Stopped);
        for (sink, &count) in before.records.iter().enumerate() {
            if let Some(record) = self.around.records(sink).get(count) {
                return Err(format!("came again at sink {sink} after a clean stop: {}", record.escape_ascii()));
            }
        }
        Ok(())
    }

    fn judge_run(&self, before: &Before) -> Result<(), String> {
        let counts = before.records.iter().enumerate();
        counts.into_iter().try_for_each(|(sink, &count)| self.around.judge_run(sink, count, &before.covered))
    }

    fn judge(mut self) -> Result<Told, String> {
        for plan in &self.around.plan.pipelines {
            for &sink in &plan.sinks {
                let doubled = self.around.judge(plan, sink, &self.logs)?;
                if doubled > 0 && self.around.plan.sinks[sink].is_exact() {
                    return Err(format!("{doubled} records are more than once at sink {sink}, which is exact"));
                }
                self.told.doubled += doubled;
                self.told.records += self.around.records(sink).len();
            }
        }
        self.told.attempts = self.around.meter.health.failures.get();
        self.told.given_up = self.around.meter.dead_lettered().values().sum();
        self.told.lines = self.logs.contents.iter().map(|contents| contents.lines.len()).sum();
        Ok(self.told)
    }
}

/// Far more than any history needs.
const MOST_ROUNDS: u32 = 100_000;

/// So many rounds in which nothing happens, a second apart at most: a batch's age and a sink's are over by then.
const QUIET_ROUNDS: u32 = 3;

/// A file that was truncated, or is over, is seen to be so by the second.
const LOOKS: u32 = 3;
