//! A filter of the pipeline that runs in a component's instance, and gets a fresh one after a failure.

use crate::host::{Access, Lease};
use crate::instance::{Instance, Start, StartError};
use crate::limits::{Limits, thread_time};
use crate::program::Program;
use bytemuck::cast_slice;
use logagent_component::{BatchView, Decisions, Description, Filter, FilterError};
use logagent_record::{Descriptor, Vocabulary};
use logagent_ring::RingFile;
use logagent_telemetry::FilterMeter;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Warnings about written pages come at most this often: a filter that writes once writes in every batch.
const WARNING_INTERVAL: Duration = Duration::from_secs(60);

/// One lane's instance of a configured filter.
pub struct WasmFilter {
    start: Start,
    description: Description,
    vocabulary: Vocabulary,
    /// `None` after a failure: what it holds can't be trusted.
    instance: Option<Instance>,
    /// What starting others took since the lane asked last.
    restart_time: Duration,
    meter: Arc<FilterMeter>,
    warned_at: Option<Instant>,
}

impl WasmFilter {
    /// Starts an instance of `program` for the lane with this ring. `config` is JSON.
    ///
    /// # Errors
    /// [`StartError`] where it fails, or refuses `config`.
    pub fn start(
        program: &Program,
        name: &str,
        config: &str,
        limits: Limits,
        ring: RingFile,
        access: Access,
        meter: Arc<FilterMeter>,
    ) -> Result<Self, StartError> {
        let start = Start {
            program: program.clone(),
            lease: Arc::new(Lease::new(program.searches().clone())),
            name: name.into(),
            config: config.into(),
            limits,
            ring,
            access,
            meter: meter.clone(),
        };
        let (instance, description) = start.start()?;
        let count = |names: &[String]| u8::try_from(names.len()).expect("WitDescription::check bounds them");
        let vocabulary = Vocabulary { reasons: count(&description.reasons), outputs: count(&description.outputs) };
        Ok(Self {
            start,
            description,
            vocabulary,
            instance: Some(instance),
            restart_time: Duration::ZERO,
            meter,
            warned_at: None,
        })
    }

    fn instance(&mut self) -> Result<&mut Instance, FilterError> {
        if self.instance.is_none() {
            let before = thread_time();
            let started = self.start.start();
            self.restart_time += thread_time().saturating_sub(before);
            let (instance, _) = started.map_err(|error| FilterError::Restart(error.to_string()))?;
            self.instance = Some(instance);
        }
        Ok(self.instance.as_mut().expect("set above"))
    }

    fn count_pages(&mut self, pages: usize) {
        if pages == 0 {
            return;
        }
        self.meter.private_pages.add(pages as u64);
        if self.warned_at.is_none_or(|at| at.elapsed() >= WARNING_INTERVAL) {
            self.warned_at = Some(Instant::now());
            tracing::warn!(
                filter = &*self.start.name,
                pages,
                "it writes into its window; what it wrote is thrown away after each batch, which costs time"
            );
        }
    }

    fn run<F>(&mut self, records: &[Descriptor], decisions: &mut Decisions, call: F) -> Result<(), FilterError>
    where
        F: FnOnce(&mut Instance, &mut Decisions) -> Result<usize, FilterError>,
    {
        let vocabulary = self.vocabulary;
        let called = call(self.instance()?, decisions);
        let checked = called.and_then(|pages| Ok(decisions.check(records, vocabulary).map(|()| pages)?));
        match checked {
            Ok(pages) => {
                self.count_pages(pages);
                Ok(())
            }
            Err(error) => {
                self.instance = None;
                Err(error)
            }
        }
    }
}

impl Filter for WasmFilter {
    fn description(&self) -> &Description {
        &self.description
    }

    fn process(&mut self, batch: &BatchView<'_>, decisions: &mut Decisions) -> Result<(), FilterError> {
        let table = (batch.descriptors_at - batch.base) as usize;
        let records = cast_slice(&batch.bytes[table..table + batch.count as usize * Descriptor::BYTES]);
        self.run(records, decisions, |instance, decisions| instance.process(batch, decisions))
    }

    fn conclude(&mut self, is_carried_out: bool) {
        match &mut self.instance {
            Some(instance) if is_carried_out => instance.commit(),
            _ => self.instance = None,
        }
    }

    fn tick(&mut self, now_unix_nano: u64, decisions: &mut Decisions) -> Result<(), FilterError> {
        self.run(&[], decisions, |instance, decisions| instance.tick(now_unix_nano, decisions))
    }

    fn take_restart_time(&mut self) -> Duration {
        std::mem::take(&mut self.restart_time)
    }
}
