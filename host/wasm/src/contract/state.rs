//! The values of the contract's `state`.

use logagent_state::Values;
use wasmtime::component::{ComponentType, Lift, Lower, WasmList};

/// Byte strings that the guest hands over, read where they lie.
#[derive(ComponentType, Lift)]
#[component(record)]
pub(crate) struct WitItems {
    pub(crate) bytes: WasmList<u8>,
    pub(crate) lengths: WasmList<u32>,
}

/// Byte strings that the host answers.
#[derive(ComponentType, Lower)]
#[component(record)]
pub(crate) struct WitAnswer {
    bytes: Vec<u8>,
    lengths: Vec<u32>,
}

impl From<Values> for WitAnswer {
    fn from(Values { bytes, lengths }: Values) -> Self {
        Self { bytes, lengths }
    }
}

#[derive(ComponentType, Lower)]
#[component(record)]
pub(crate) struct WitPage {
    pub(crate) keys: WitAnswer,
    pub(crate) values: WitAnswer,
    pub(crate) next: Option<u64>,
}

#[derive(Clone, Copy, ComponentType, Lower)]
#[component(enum)]
#[repr(u8)]
pub(crate) enum WitOutcome {
    #[component(name = "not-done")]
    NotDone,
    #[component(name = "done")]
    Done,
    #[component(name = "refused")]
    Refused,
}

#[derive(Clone, Copy, ComponentType, Lift)]
#[component(enum)]
#[repr(u8)]
#[expect(dead_code, reason = "made by the derived `Lift`, from the guest's number")]
pub(crate) enum WitChange {
    #[component(name = "add")]
    Add,
    #[component(name = "min")]
    Min,
    #[component(name = "max")]
    Max,
}

impl From<WitChange> for logagent_state::Fold {
    fn from(change: WitChange) -> Self {
        match change {
            WitChange::Add => Self::Add,
            WitChange::Min => Self::Min,
            WitChange::Max => Self::Max,
        }
    }
}
