//! What a running filter may ask of the host: the contract's imports, and the state of an instance that they use.

mod assets;
mod batch;
mod lines;
mod metrics;
mod search;
mod state;

pub use assets::Asset;
pub(crate) use search::{Lease, Searches};
pub use state::StateHandle;

use crate::limits::{CallClock, Limiter, Limits};
use crate::window::{Loan, Window};
use lines::Lines;
use logagent_component::{Decisions, Fault};
use logagent_ring::RingFile;
use logagent_telemetry::FilterMeter;
use metrics::Metrics;
use search::Search;
use state::State;
use std::sync::Arc;
use wasmtime::component::Linker;
use wasmtime::{Engine, Result, StoreContextMut};

/// What the store of an instance holds for the imports.
pub(crate) struct Host {
    ring: RingFile,
    limits: Limits,
    pub(crate) window: Option<Window>,
    pub(crate) phase: Phase,
    /// The batch of the running `process` call.
    pub(crate) batch: Option<Loan>,
    pub(crate) decisions: Decisions,
    pub(crate) limiter: Limiter,
    pub(crate) clock: CallClock,
    search: Search,
    pub(crate) state: State,
    asset: Option<Arc<Asset>>,
    pub(crate) metrics: Metrics,
    lines: Lines,
}

/// Which of the filter's functions runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// None; or the component's own start.
    Idle,
    Configure,
    Process,
    Tick,
}

/// What a filter may use beside its batches.
#[derive(Clone, Default)]
pub struct Access {
    /// What it remembers in; a program that uses state fails without it.
    pub state: Option<StateHandle>,
    /// The file that its configuration names.
    pub asset: Option<Arc<Asset>>,
}

type Caller<'a> = StoreContextMut<'a, Host>;

/// All imports, by the contract's names.
pub(crate) fn linker(engine: &Engine) -> Result<Linker<Host>> {
    let mut linker = Linker::new(engine);
    batch::link(&mut linker.instance("logagent:filter/batch@0.1.0")?)?;
    search::link_scan(&mut linker.instance("logagent:filter/scan@0.1.0")?)?;
    search::link_fields(&mut linker.instance("logagent:filter/fields@0.1.0")?)?;
    assets::link(&mut linker.instance("logagent:filter/assets@0.1.0")?)?;
    state::link(&mut linker.instance("logagent:filter/state@0.1.0")?)?;
    metrics::link(&mut linker.instance("logagent:filter/metrics@0.1.0")?)?;
    lines::link(&mut linker.instance("logagent:filter/log@0.1.0")?)?;
    Ok(linker)
}

impl Host {
    /// The host of an instance of the filter `name`.
    pub(crate) fn new(
        name: Arc<str>,
        ring: RingFile,
        limits: Limits,
        lease: Arc<Lease>,
        access: Access,
        meter: Arc<FilterMeter>,
    ) -> Self {
        let window_bytes = 2 * ring.bytes();
        Self {
            ring,
            limits,
            window: None,
            phase: Phase::Idle,
            batch: None,
            decisions: Decisions::default(),
            limiter: Limiter::new(limits.memory + window_bytes),
            clock: CallClock::default(),
            search: Search::new(lease),
            state: State::new(access.state),
            asset: access.asset,
            metrics: Metrics::new(meter),
            lines: Lines::new(name, limits.log_lines),
        }
    }

    fn batch(&self, function: &'static str) -> Result<&Loan, Fault> {
        self.batch.as_ref().ok_or(Fault::Moment { function, place: "process" })
    }

    fn check_configures(&self, function: &'static str) -> Result<(), Fault> {
        if self.phase == Phase::Configure { Ok(()) } else { Err(Fault::Moment { function, place: "configure" }) }
    }
}
