//! What is beside the filters of one configuration: canaries and shadows, loaded once, started in each lane.

mod differences;

use super::filters::LoadedFilter;
use crate::control::unix_seconds;
use differences::DifferenceFile;
use logagent_component::{Description, Filter as _};
use logagent_config::{Canary, Config, Filter, Named, Problem, Shadow as ShadowSpec};
use logagent_control::{CanaryStatus, ShadowStatus};
use logagent_pipeline::{CanaryPolicy, CanaryStage, NextRival, Rollout, Shadow, ShadowStage};
use logagent_ring::RingFile;
use logagent_telemetry::{CanaryMeter, FilterMeter, Meters, ShadowMeter};
use logagent_wasm::{Limits, Program, Runtime, StartError, StateHandle, WasmFilter};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::time::Instant;

/// A component beside a filter.
pub(crate) struct LoadedRival {
    pub(super) program: Program,
    /// The filter that it is beside.
    beside: Weak<LoadedFilter>,
    /// That filter's own, JSON with all secrets in it, and its limits: what it is started with as well.
    config: String,
    limits: Limits,
    spec: Spec,
    kind: Kind,
    /// What its instances say of themselves, once one was started.
    pub(super) description: OnceLock<Description>,
    /// How it ended was told, and its instances are let go of.
    is_settled: AtomicBool,
}

/// How it is configured.
#[derive(Clone, PartialEq)]
enum Spec {
    Canary(Canary),
    Shadow(ShadowSpec),
}

enum Kind {
    Canary {
        rollout: Arc<Rollout>,
        meter: Arc<CanaryMeter>,
    },
    Shadow {
        shadow: Arc<Shadow>,
        meter: Arc<ShadowMeter>,
        /// What it counts as a filter is not its filter's.
        own: Arc<FilterMeter>,
        /// Nor is what it remembers.
        state: OnceLock<Option<StateHandle>>,
    },
}

impl Spec {
    fn of(filter: &Filter) -> Option<Self> {
        let canary = filter.canary.clone().map(Self::Canary);
        canary.or_else(|| filter.shadow.clone().map(Self::Shadow))
    }

    fn component(&self) -> &Path {
        match self {
            Self::Canary(canary) => &canary.component,
            Self::Shadow(shadow) => &shadow.component,
        }
    }

    fn noun(&self) -> &'static str {
        match self {
            Self::Canary(_) => "canary",
            Self::Shadow(_) => "shadow",
        }
    }
}

impl LoadedRival {
    /// Loads what a filter's configuration names beside it; `before` itself where that is the same. A canary that already
    /// is the filter is none.
    pub(super) fn load(
        config: &Config,
        filter: &Named<Filter>,
        loaded: &Arc<LoadedFilter>,
        before: Option<&Arc<Self>>,
        runtime: &Runtime,
    ) -> Result<Option<Arc<Self>>, Vec<Problem>> {
        let Some(spec) = Spec::of(&filter.spec) else { return Ok(None) };
        let program = runtime.load(spec.component()).map_err(|error| {
            let found = format!("{:#}", anyhow::Error::new(error));
            vec![problem(config, &filter.name, &spec, &found, "a component that this host can load")]
        })?;
        if matches!(spec, Spec::Canary(_)) && program.hash() == loaded.program.hash() {
            return Ok(None);
        }
        if let Some(before) = before
            && before.program.hash() == program.hash()
            && before.spec == spec
            && before.goes_on_beside(loaded)
        {
            return Ok(Some(before.clone()));
        }
        let kind = match &spec {
            Spec::Canary(canary) => Kind::canary(canary),
            Spec::Shadow(shadow) => Kind::shadow(config, &filter.name, shadow),
        };
        Ok(Some(Arc::new(Self {
            program,
            beside: Arc::downgrade(loaded),
            config: loaded.config.clone(),
            limits: loaded.limits,
            spec,
            kind,
            description: OnceLock::new(),
            is_settled: AtomicBool::new(false),
        })))
    }

    /// Whether it may stay as it is beside this filter. One that was given up stays so for as long as the same would be
    /// tried again.
    fn goes_on_beside(&self, filter: &Arc<LoadedFilter>) -> bool {
        let is_same = std::ptr::eq(self.beside.as_ptr(), Arc::as_ptr(filter));
        is_same || (self.is_given_up() && filter.is_configured_so(&self.config, self.limits))
    }

    /// The canary's rollout, unless all was said of it.
    pub(crate) fn rollout(&self) -> Option<&Arc<Rollout>> {
        match &self.kind {
            Kind::Canary { rollout, .. } if !self.is_settled.load(Ordering::Relaxed) => Some(rollout),
            _ => None,
        }
    }

    /// Nothing is to be said of it any more.
    pub(crate) fn settle(&self) {
        self.is_settled.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_given_up(&self) -> bool {
        matches!(&self.kind, Kind::Canary { rollout, .. } if rollout.is_given_up())
    }

    /// What it is: `canary` or `shadow`.
    pub(crate) fn noun(&self) -> &'static str {
        self.spec.noun()
    }

    /// What there is to show of a canary.
    pub(super) fn canary(&self) -> Option<CanaryStatus> {
        let Kind::Canary { rollout, .. } = &self.kind else { return None };
        let step = rollout.step();
        Some(CanaryStatus {
            component: self.spec.component().display().to_string(),
            hash: self.program.hash().to_string(),
            share: rollout.share(),
            since: unix_seconds().saturating_sub(step.since.elapsed().as_secs()),
            records: step.records,
            errors: step.errors,
            dropped: step.drops,
            filter_records: step.filter_records,
            filter_dropped: step.filter_drops,
            state: rollout.reason().map_or("running".into(), |reason| format!("given up: {reason}")),
        })
    }

    /// What there is to show of a shadow.
    pub(super) fn shadow(&self) -> Option<ShadowStatus> {
        let Kind::Shadow { shadow, meter, .. } = &self.kind else { return None };
        Some(ShadowStatus {
            component: self.spec.component().display().to_string(),
            hash: self.program.hash().to_string(),
            share: shadow.share(),
            records: meter.records.get(),
            differing: meter.differing.get(),
        })
    }

    /// Its counts are its filter's from now on.
    pub(super) fn show(&self, filter: &str, meters: &Meters) {
        let rollouts = &meters.filters.of(filter).rollouts;
        match &self.kind {
            Kind::Canary { meter, .. } => rollouts.show_canary(meter.clone()),
            Kind::Shadow { meter, .. } => rollouts.show_shadow(meter.clone()),
        }
    }

    /// The names of a canary's outputs, once an instance was started. A shadow's lead nowhere.
    pub(super) fn outputs(&self) -> &[String] {
        match self.kind {
            Kind::Canary { .. } => self.description.get().map_or(&[], |description| &description.outputs),
            Kind::Shadow { .. } => &[],
        }
    }

    /// An instance in the lane that has this ring. None of a canary that was given up.
    pub(super) fn start(
        &self,
        config: &Config,
        filter: &LoadedFilter,
        ring: &RingFile,
    ) -> Result<NextRival, Vec<Problem>> {
        if self.is_given_up() {
            return Ok(NextRival::None);
        }
        let refused = |found: &str| {
            let allowed = "a component that starts with the filter's configuration";
            vec![problem(config, &filter.name, &self.spec, found, allowed)]
        };
        let started = self.start_program(filter, ring).map_err(|error| refused(&error.to_string()))?;
        let description = self.description.get_or_init(|| started.description().clone());
        match &self.kind {
            Kind::Shadow { shadow, .. } => {
                let stage = ShadowStage::new(Box::new(started), shadow.clone());
                Ok(NextRival::Shadow(Box::new(stage)))
            }
            Kind::Canary { rollout, .. } => {
                filter.check_redacts(config, description)?;
                let component = self.program.hash().clone();
                let stage = CanaryStage::new(Box::new(started), component, rollout.clone());
                Ok(NextRival::Canary(Box::new(stage)))
            }
        }
    }

    fn start_program(&self, filter: &LoadedFilter, ring: &RingFile) -> Result<WasmFilter, StartError> {
        let (program, ring) = (&self.program, ring.clone());
        match &self.kind {
            Kind::Canary { .. } => {
                let state = filter.state.handle(program)?;
                filter.start_program(program, &filter.name, ring, state, filter.meter.clone())
            }
            Kind::Shadow { own, state, .. } => {
                let name = format!("{} (shadow)", filter.name);
                let state = state.get_or_init(|| filter.state.private(program)).clone();
                filter.start_program(program, &name, ring, state, own.clone())
            }
        }
    }
}

impl Kind {
    fn canary(spec: &Canary) -> Self {
        let policy = CanaryPolicy {
            share: spec.share,
            steps: spec.steps.clone(),
            every: spec.every,
            errors_above: spec.abort_if.errors_above,
            drops_differ_above: spec.abort_if.drops_differ_above,
        };
        let meter = Arc::<CanaryMeter>::default();
        Self::Canary { rollout: Arc::new(Rollout::new(policy, meter.clone(), Instant::now())), meter }
    }

    fn shadow(config: &Config, filter: &str, spec: &ShadowSpec) -> Self {
        let (meter, own, state) = (Arc::<ShadowMeter>::default(), Arc::default(), OnceLock::new());
        let file = DifferenceFile::new(config.data_dir.join(format!("shadow-{filter}.jsonl")));
        Self::Shadow { shadow: Arc::new(Shadow::new(spec.share, meter.clone(), Arc::new(file))), meter, own, state }
    }
}

fn problem(config: &Config, filter: &str, spec: &Spec, found: &str, allowed: &str) -> Problem {
    config.positions.problem(&format!("filters.{filter}.{}.component", spec.noun()), found, allowed)
}
