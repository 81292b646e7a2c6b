//! One live copy of a component: instantiated, configured, called.

use crate::contract::{BatchInfo, ConfigProblem, WitDescription};
use crate::host::{Access, Host, Lease, Phase};
use crate::limits::Limits;
use crate::program::Program;
use crate::runtime::EPOCH_TICK;
use crate::told::told;
use crate::trace;
use crate::window::Loan;
use logagent_component::{BatchView, Decisions, Description, Fault, FilterError};
use logagent_ring::RingFile;
use logagent_state::{NamespaceError, OptionsError};
use logagent_telemetry::FilterMeter;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;
use wasmtime::component::{ComponentNamedList, Instance as WasmInstance, Lift, Lower, TypedFunc};
use wasmtime::{Store, Trap, UpdateDeadline};

/// Why an instance can't start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// It refuses its configuration.
    #[error("it refuses its configuration: {}", list(.0))]
    Config(Vec<ConfigProblem>),
    /// Its functions are not the contract's, or it describes itself wrongly.
    #[error("{0}")]
    Contract(String),
    /// It can't have a part of the state map.
    #[error(transparent)]
    State(#[from] NamespaceError),
    /// There can be no state map as it is configured.
    #[error("the state map: {0}")]
    StateMap(#[from] OptionsError),
    /// It failed while starting.
    #[error(transparent)]
    Failed(#[from] FilterError),
}

fn list(problems: &[ConfigProblem]) -> String {
    let line = |p: &ConfigProblem| format!("{}: found {}, allowed {}", p.key, p.found, p.allowed);
    problems.iter().map(line).collect::<Vec<_>>().join("; ")
}

type Answer = (Result<(), String>,);

pub(crate) struct Instance {
    store: Home,
    process: TypedFunc<(BatchInfo,), Answer>,
    tick: TypedFunc<(u64,), Answer>,
    limits: Limits,
}

/// A store, which unmaps its memory when it is dropped: the window goes before.
struct Home(Store<Host>);

impl Drop for Home {
    fn drop(&mut self) {
        self.data_mut().window = None;
    }
}

impl Deref for Home {
    type Target = Store<Host>;

    fn deref(&self) -> &Store<Host> {
        &self.0
    }
}

impl DerefMut for Home {
    fn deref_mut(&mut self) -> &mut Store<Host> {
        &mut self.0
    }
}

/// How long an instance may take to start. The host compiles its patterns meanwhile; a batch waits for nothing of it.
const CONFIGURE_TIME: Duration = Duration::from_secs(10);

/// What a call may hand to the host beside its window, in bytes.
const MOST_LIFTED_BYTES: usize = 64 << 20;

/// What an instance is started with.
#[derive(Clone)]
pub(crate) struct Start {
    pub(crate) program: Program,
    pub(crate) lease: Arc<Lease>,
    pub(crate) name: Arc<str>,
    pub(crate) config: Arc<str>,
    pub(crate) limits: Limits,
    pub(crate) ring: RingFile,
    pub(crate) access: Access,
    pub(crate) meter: Arc<FilterMeter>,
}

impl Start {
    /// Instantiates and configures.
    pub(crate) fn start(&self) -> Result<(Instance, Description), StartError> {
        let mut store = self.store();
        let instance = guard(&mut store, self.limits, |store| self.program.linked().instantiate(store))?;
        let contract =
            |error: wasmtime::Error| StartError::Contract(format!("its exports are not the contract's: {error:#}"));
        let configure =
            export::<(&str,), (Result<WitDescription, Vec<ConfigProblem>>,)>(&mut store, &instance, "configure")
                .map_err(contract)?;
        let process = export(&mut store, &instance, "process").map_err(contract)?;
        let tick = export(&mut store, &instance, "tick").map_err(contract)?;
        store.data_mut().phase = Phase::Configure;
        let limits = Limits { time: CONFIGURE_TIME.max(self.limits.time), ..self.limits };
        let (answer,) = guard(&mut store, limits, |store| configure.call(store, (&self.config,)))?;
        store.data_mut().phase = Phase::Idle;
        // The lane that it goes to is another thread.
        store.data_mut().clock.forget();
        let description = answer.map_err(refused)?.check().map_err(StartError::Contract)?;
        Ok((Instance { store, process, tick, limits: self.limits }, description))
    }

    fn store(&self) -> Home {
        let window_bytes = 2 * self.ring.bytes();
        let (ring, lease, access) = (self.ring.clone(), self.lease.clone(), self.access.clone());
        let host = Host::new(self.name.clone(), ring, self.limits, lease, access, self.meter.clone());
        let mut store = Store::new(self.program.linked().component().engine(), host);
        // The window is lent as a list; no other list or text that is worth having is longer.
        store.set_hostcall_fuel(window_bytes + MOST_LIFTED_BYTES);
        store.limiter(|host| &mut host.limiter);
        store.epoch_deadline_callback(|store| Ok(at_deadline(store.data().clock.left())));
        Home(store)
    }
}

fn export<P, R>(store: &mut Store<Host>, instance: &WasmInstance, name: &str) -> wasmtime::Result<TypedFunc<P, R>>
where
    P: ComponentNamedList + Lower,
    R: ComponentNamedList + Lift,
{
    instance.get_typed_func(store, name)
}

/// The first problems, shortened: nobody reads more.
fn refused(mut problems: Vec<ConfigProblem>) -> StartError {
    problems.truncate(100);
    for ConfigProblem { key, found, allowed } in &mut problems {
        for text in [key, found, allowed] {
            *text = told(text);
        }
    }
    StartError::Config(problems)
}

impl Instance {
    /// Decides over a batch; answers how many pages of the window the call wrote.
    pub(crate) fn process(&mut self, batch: &BatchView<'_>, decisions: &mut Decisions) -> Result<usize, FilterError> {
        let info = BatchInfo {
            descriptors_at: batch.descriptors_at,
            count: batch.count,
            bodies_at: batch.bodies.start,
            bodies_length: batch.bodies.end - batch.bodies.start,
            observed_unix_nano: batch.observed_unix_nano,
        };
        // SAFETY: taken back below, whatever the call answers; a panic in between drops the store with it, which
        // nothing can call into any more.
        self.store.data_mut().batch = Some(unsafe { Loan::new(batch) });
        let end = batch.base as usize + batch.bytes.len();
        let process = self.process;
        let result = self.call(Phase::Process, end, decisions, |store| process.call(store, (info,)));
        self.store.data_mut().batch = None;
        result
    }

    /// Tells the time; answers how many pages of the window the call wrote.
    pub(crate) fn tick(&mut self, now_unix_nano: u64, decisions: &mut Decisions) -> Result<usize, FilterError> {
        let tick = self.tick;
        self.call(Phase::Tick, 0, decisions, |store| tick.call(store, (now_unix_nano,)))
    }

    fn call<F>(
        &mut self,
        phase: Phase,
        window_end: usize,
        decisions: &mut Decisions,
        call: F,
    ) -> Result<usize, FilterError>
    where
        F: FnOnce(&mut Store<Host>) -> wasmtime::Result<Answer>,
    {
        let host = self.store.data_mut();
        if let Some(window) = &mut host.window {
            window.prepare(window_end).map_err(|error| FilterError::Trap(error.to_string()))?;
        }
        host.phase = phase;
        std::mem::swap(&mut host.decisions, decisions);
        let answer = guard(&mut self.store, self.limits, call);
        let host = self.store.data_mut();
        host.phase = Phase::Idle;
        std::mem::swap(&mut host.decisions, decisions);
        let pages = match &mut host.window {
            Some(window) => window.clean().map_err(|error| FilterError::Trap(error.to_string()))?,
            None => 0,
        };
        let (answer,) = answer?;
        answer.map_err(|text| FilterError::Refused(told(&text)))?;
        Ok(pages)
    }

    /// What the last call counted and remembered by itself counts: its decisions were found to be right.
    pub(crate) fn commit(&mut self) {
        let host = self.store.data_mut();
        host.metrics.commit();
        host.state.commit();
    }
}

/// The epoch counts wall-clock time; what the thread did not run of it is given back.
fn at_deadline(left: Duration) -> UpdateDeadline {
    if left.is_zero() { UpdateDeadline::Interrupt } else { UpdateDeadline::Continue(ticks_for(left)) }
}

/// One more, since the running tick is partly over.
fn ticks_for(time: Duration) -> u64 {
    u64::try_from(time.as_nanos().div_ceil(EPOCH_TICK.as_nanos()) + 1).unwrap_or(u64::MAX)
}

/// Runs guest code under its time limit, and says in the host's words why it failed.
fn guard<T, F>(store: &mut Store<Host>, limits: Limits, run: F) -> Result<T, FilterError>
where
    F: FnOnce(&mut Store<Host>) -> wasmtime::Result<T>,
{
    let host = store.data_mut();
    host.clock.begin(limits.time);
    host.limiter.is_exhausted = false;
    store.set_epoch_deadline(ticks_for(limits.time));
    run(store).map_err(|error| failure(&error, limits, store.data().limiter.is_exhausted))
}

fn failure(error: &wasmtime::Error, limits: Limits, is_out_of_memory: bool) -> FilterError {
    if let Some(fault) = error.downcast_ref::<Fault>() {
        return fault.clone().into();
    }
    let trap = error.downcast_ref::<Trap>();
    let message = || told(&trace::message(error, trap));
    match trap {
        Some(Trap::Interrupt) => FilterError::Timeout { limit: limits.time },
        // What a language's allocator does when it gets nothing is its own; most end in a trap.
        _ if is_out_of_memory => FilterError::Memory { limit: limits.memory, message: message() },
        Some(Trap::StackOverflow) => FilterError::Stack(message()),
        _ => FilterError::Trap(message()),
    }
}
