//! What the guest keeps between calls. Nothing that a mode could do without.

use std::cell::RefCell;

use crate::bindings::{BatchInfo, ConfigProblem, batch};
use crate::modes::Mode;
use crate::window::{Descriptor, Window};

pub(crate) type Configured = Result<(), Vec<ConfigProblem>>;
pub(crate) type Processed = Result<(), String>;

#[derive(Default)]
pub(crate) struct State {
    pub(crate) mode: Option<Mode>,
    pub(crate) window: Option<Window>,
    /// Reused: the benchmark modes must not measure the allocator.
    pub(crate) verdicts: Vec<u8>,
    /// Memory that `leak` never gives back.
    pub(crate) hoard: Vec<Vec<u8>>,
    pub(crate) records_seen: u64,
}

impl State {
    /// The window; a mode that never attached one traps.
    pub(crate) fn window(&self) -> Window {
        self.window.unwrap_or_else(|| std::arch::wasm32::unreachable())
    }

    pub(crate) fn descriptors<'a>(&self, info: BatchInfo) -> &'a [Descriptor] {
        self.window().descriptors(info.descriptors_at, info.count)
    }

    pub(crate) fn bodies<'a>(&self, info: BatchInfo) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let window = self.window();
        self.descriptors(info).iter().map(move |it| window.bytes(it.body_at, it.body_len))
    }

    /// Decides by body, one byte a record, in the reused list.
    pub(crate) fn decide(&mut self, info: BatchInfo, verdict: impl Fn(&[u8]) -> u8) {
        let window = self.window();
        self.verdicts.clear();
        self.verdicts.extend(self.descriptors(info).iter().map(|it| verdict(window.bytes(it.body_at, it.body_len))));
        batch::decide(&self.verdicts);
    }
}

thread_local! {
    static STATE: RefCell<State> = RefCell::default();
}

/// Runs `work` with the instance's state.
pub(crate) fn with_state<T>(work: impl FnOnce(&mut State) -> T) -> T {
    STATE.with_borrow_mut(work)
}
