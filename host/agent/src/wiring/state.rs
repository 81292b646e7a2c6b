//! The state map of the agent, made when the first filter asks for it, and each filter's part of it.

use logagent_config::{Filter, FilterState, Named, State, WhenFull as Configured};
use logagent_state::{Growth, Map, Options, OptionsError, Quota, WhenFull};
use logagent_wasm::{Program, StartError, StateHandle};
use std::sync::{Arc, OnceLock};

/// The map, where any filter has asked for it.
pub(crate) struct StateMap {
    spec: State,
    map: OnceLock<Arc<Map>>,
}

/// What one filter has of it, its instances in all lanes together.
#[derive(Clone)]
pub(super) struct StatePart {
    state: Arc<StateMap>,
    name: String,
    spec: FilterState,
}

/// A map that only a trial or a shadow has is used by few lanes, and not for long.
const PRIVATE_SHARDS: u32 = 16;

impl StateMap {
    pub(crate) fn new(spec: &State) -> Self {
        Self { spec: spec.clone(), map: OnceLock::new() }
    }

    fn get_or_make(&self) -> Result<&Arc<Map>, OptionsError> {
        if let Some(map) = self.map.get() {
            return Ok(map);
        }
        let State { shards, max_shards, conflict_rate, budget, snapshot_interval: _ } = self.spec;
        let growth = Growth { threshold: conflict_rate, ..Growth::default() };
        let options = Options { shards, max_shards, growth, budget_bytes: budget as u64, ..Options::default() };
        let map = Arc::new(Map::new(options)?);
        Ok(self.map.get_or_init(|| map))
    }

    fn quota(&self, filter: &FilterState) -> Quota {
        let when_full = match filter.when_full {
            Configured::Evict => WhenFull::Evict,
            Configured::Refuse => WhenFull::Refuse,
        };
        Quota { budget_bytes: filter.budget.unwrap_or(self.spec.budget) as u64, when_full }
    }
}

impl StatePart {
    pub(super) fn of(state: &Arc<StateMap>, filter: &Named<Filter>) -> Self {
        Self { state: state.clone(), name: filter.name.clone(), spec: filter.spec.state.clone() }
    }

    /// Whether it is the one that is configured for this filter.
    pub(super) fn is(&self, filter: &Named<Filter>) -> bool {
        self.spec == filter.spec.state
    }

    /// What an instance of `program` remembers in; nothing where it doesn't ask for it.
    pub(super) fn handle(&self, program: &Program) -> Result<Option<StateHandle>, StartError> {
        if !program.uses_state() {
            return Ok(None);
        }
        let map = self.state.get_or_make()?;
        let namespace = map.namespace(&self.namespace(), self.state.quota(&self.spec))?;
        Ok(Some(StateHandle { map: map.clone(), namespace }))
    }

    /// What an instance of `program` remembers in where nothing of that is to stay.
    pub(super) fn private(&self, program: &Program) -> Option<StateHandle> {
        program.uses_state().then(|| {
            let quota = self.state.quota(&self.spec);
            let budget_bytes = quota.budget_bytes;
            let (shards, max_shards) = (PRIVATE_SHARDS, PRIVATE_SHARDS);
            let map = Map::new(Options { shards, max_shards, budget_bytes, ..Options::default() });
            let map = Arc::new(map.expect("a smaller map than the agent's"));
            let namespace = map.namespace(&self.name, quota).expect("the first namespace");
            StateHandle { map, namespace }
        })
    }

    /// A filter's name has no colon.
    fn namespace(&self) -> String {
        self.spec.shared.as_ref().map_or_else(|| self.name.clone(), |shared| format!("shared:{shared}"))
    }
}
