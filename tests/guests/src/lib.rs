//! The guests of the host's tests: one component whose configuration chooses how it behaves (`{"mode":"trap"}`).
//!
//! Written against the bare bindings, since the SDK wouldn't let it misbehave. No example for filters.

#![cfg(target_arch = "wasm32")]

mod bindings;
mod window;

mod state;

mod modes;

mod counts;
mod edits;
mod faults;
mod flat;
mod honest;
mod lies;
mod realloc;
mod remember;
mod scribble;
mod search;

use bindings::{BatchInfo, ConfigProblem, Description, Guest};
use modes::Mode;
use state::with_state;

struct TestGuest;

impl Guest for TestGuest {
    fn configure(config: String) -> Result<Description, Vec<ConfigProblem>> {
        let name = modes::name_in(&config);
        let mode = Mode::named(name).ok_or_else(|| vec![unknown(name)])?;
        with_state(|state| (mode.configure)(state).map(|()| state.mode = Some(mode)))?;
        Ok(description(name))
    }

    fn process(batch: BatchInfo) -> Result<(), String> {
        with_state(|state| match state.mode {
            Some(mode) => (mode.process)(state, batch),
            None => Err("not configured".into()),
        })
    }

    fn tick(_now_unix_nano: u64) -> Result<(), String> {
        with_state(|state| state.mode.map_or(Ok(()), |mode| (mode.tick)(state)))
    }
}

/// `many-reasons` is the only mode whose description is wrong.
fn description(mode: &str) -> Description {
    let reasons = match mode {
        "many-reasons" => (0..128).map(|index| format!("reason-{index}")).collect(),
        _ => vec!["first-byte".into(), "second".into()],
    };
    Description {
        name: "test".into(),
        version: "0.1.0".into(),
        reasons,
        outputs: vec!["alerts".into()],
        redacts: mode == "redacts",
    }
}

fn unknown(mode: &str) -> ConfigProblem {
    let allowed = modes::names().collect::<Vec<_>>().join(", ");
    ConfigProblem { key: "mode".into(), found: format!("the text {mode:?}"), allowed }
}

bindings::export!(TestGuest with_types_in bindings);
