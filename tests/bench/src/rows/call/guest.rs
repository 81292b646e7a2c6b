//! A filter of the test guests, called as a lane would call it.

use super::batch::Batch;
use logagent_component::{BatchView, Decisions, Filter};
use logagent_telemetry::FilterMeter;
use logagent_wasm::{Access, Limits, Program, WasmFilter};
use std::hint::black_box;
use std::sync::Arc;

/// The defaults of `limits`.
const LIMITS: Limits = Limits::DEFAULT;

pub(in crate::rows) struct Guest {
    filter: WasmFilter,
    decisions: Decisions,
}

impl Guest {
    pub(in crate::rows) fn start(program: &Program, batch: &Batch, mode: &str, access: Access) -> anyhow::Result<Self> {
        let config = format!(r#"{{"mode":"{mode}"}}"#);
        let meter = Arc::new(FilterMeter::default());
        let filter = WasmFilter::start(program, mode, &config, LIMITS, batch.ring_file(), access, meter)?;
        Ok(Self { filter, decisions: Decisions::default() })
    }

    pub(in crate::rows) fn call(&mut self, view: &BatchView<'_>) {
        self.decisions.clear();
        self.filter.process(black_box(view), &mut self.decisions).expect("this mode never fails");
        self.filter.conclude(true);
        black_box(&self.decisions.verdicts);
    }

    /// Of the last call.
    pub(in crate::rows) fn verdicts(&self) -> &[u8] {
        &self.decisions.verdicts
    }
}
