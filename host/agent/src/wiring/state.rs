//! The state map of the agent, made when the first filter asks for it, and each filter's part of it.

use crate::state_keeper::SnapshotFile;
use logagent_config::{Filter, FilterState, Named, State, WhenFull as Configured};
use logagent_state::{Growth, Map, Options, OptionsError, Quota, WhenFull};
use logagent_wasm::{Program, StartError, StateHandle};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// The map, where any filter has asked for it.
pub(crate) struct StateMap {
    spec: State,
    map: OnceLock<Arc<Map>>,
    /// Where it is kept while no agent runs; nowhere in an agent that only looks, or that runs beside another one.
    file: OnceLock<SnapshotFile>,
    /// The namespaces that filters may ask for: what of a snapshot is wanted.
    wanted: Mutex<BTreeMap<String, Quota>>,
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
        Self { spec: spec.clone(), map: OnceLock::new(), file: OnceLock::new(), wanted: Mutex::default() }
    }

    /// Has the map, which no filter has asked for yet, begin with what is in this file, and stay there.
    pub(crate) fn keep_in(&self, file: SnapshotFile) {
        self.file.get_or_init(|| file);
    }

    /// Where it is kept.
    pub(crate) fn file(&self) -> Option<&SnapshotFile> {
        self.file.get()
    }

    /// The map; `None` before a filter has asked for it.
    pub(crate) fn get(&self) -> Option<&Arc<Map>> {
        self.map.get()
    }

    fn get_or_make(&self) -> Result<&Arc<Map>, OptionsError> {
        // Held while it is made: a snapshot is restored, or refused and moved away, once.
        let wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(map) = self.map.get() {
            return Ok(map);
        }
        let map = match self.file.get() {
            Some(file) => file.restore(&|| self.make(), &|name| wanted.get(name).copied())?,
            None => self.make()?,
        };
        Ok(self.map.get_or_init(|| Arc::new(map)))
    }

    fn make(&self) -> Result<Map, OptionsError> {
        Map::new(options(&self.spec))
    }

    fn quota(&self, filter: &FilterState) -> Quota {
        let when_full = match filter.when_full {
            Configured::Evict => WhenFull::Evict,
            Configured::Refuse => WhenFull::Refuse,
        };
        Quota { budget_bytes: filter.budget.unwrap_or(self.spec.budget) as u64, when_full }
    }
}

/// What the agent's map is made with.
pub(super) fn options(spec: &State) -> Options {
    let State { shards, max_shards, conflict_rate, budget, snapshot_interval: _ } = *spec;
    let growth = Growth { threshold: conflict_rate, ..Growth::default() };
    Options { shards, max_shards, growth, budget_bytes: budget as u64, ..Options::default() }
}

impl StatePart {
    /// The part of this filter, which is wanted from now on, should there be a snapshot.
    pub(super) fn of(state: &Arc<StateMap>, filter: &Named<Filter>) -> Self {
        let part = Self { state: state.clone(), name: filter.name.clone(), spec: filter.spec.state.clone() };
        let quota = state.quota(&part.spec);
        state.wanted.lock().unwrap_or_else(PoisonError::into_inner).insert(part.namespace(), quota);
        part
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
