//! The engine that all filters of the agent share, and the clock of their limits.

use crate::cache::Cache;
use crate::compiler::Compiler;
use crate::host::Searches;
use crate::program::{LoadError, Program, Programs, Workshop};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use wasmtime::{Config, Engine, WasmBacktraceDetails};

/// How often the epoch moves. A call is stopped at most this much later than its limit.
pub(crate) const EPOCH_TICK: Duration = Duration::from_millis(5);

/// Loads components and runs their clock.
pub struct Runtime {
    engine: Engine,
    cache: Option<Cache>,
    compiler: Option<Compiler>,
    searches: Arc<Searches>,
    programs: Programs,
}

/// Why the runtime can't start.
#[derive(Debug, thiserror::Error)]
pub enum RuntimeError {
    /// wasmtime refuses this machine.
    #[error("wasmtime can't run here: {0:#}")]
    Engine(wasmtime::Error),
    /// No thread for the epoch.
    #[error("the thread that measures the filters' time")]
    Thread(#[source] std::io::Error),
}

impl Runtime {
    /// A runtime that keeps compiled components in `cache_dir`, where there is one.
    ///
    /// # Errors
    /// [`RuntimeError`] where this machine can't run components.
    pub fn new(cache_dir: Option<&Path>) -> Result<Self, RuntimeError> {
        let engine = Engine::new(&config()).map_err(RuntimeError::Engine)?;
        tick(&engine).map_err(RuntimeError::Thread)?;
        let cache = cache_dir.and_then(|dir| Cache::open(dir, &engine));
        Ok(Self { engine, cache, compiler: None, searches: Arc::default(), programs: Programs::default() })
    }

    /// The same, which compiles by this command: a process that calls [`compile`](crate::compile) for its standard input
    /// and output. Without it, nothing bounds what a component takes while it is compiled.
    #[must_use]
    pub fn compiling_apart(self, program: PathBuf, arguments: &[&str]) -> Self {
        let arguments = arguments.iter().map(|&argument| argument.to_owned()).collect();
        Self { compiler: Some(Compiler { program, arguments }), ..self }
    }

    /// Reads, checks and compiles a component; one that is there already is only read.
    ///
    /// # Errors
    /// [`LoadError`] where the file can't be read, is no component, or not one of this host's contract.
    pub fn load(&self, path: &Path) -> Result<Program, LoadError> {
        let workshop = Workshop { engine: &self.engine, cache: self.cache.as_ref(), compiler: self.compiler.as_ref() };
        Program::load(&workshop, &self.searches, &self.programs, path)
    }
}

pub(crate) fn config() -> Config {
    let mut config = Config::new();
    config.epoch_interruption(true);
    // A trap then names files and lines, where a component has them.
    config.wasm_backtrace_details(WasmBacktraceDetails::Enable);
    // The window's address must stay: a memory that moved would leave the ring's pages behind.
    config.memory_may_move(false);
    config
}

/// Moves the epoch for as long as the engine lives.
fn tick(engine: &Engine) -> Result<(), std::io::Error> {
    let engine = engine.weak();
    std::thread::Builder::new().name("epoch".into()).spawn(move || {
        while let Some(engine) = engine.upgrade() {
            engine.increment_epoch();
            drop(engine);
            std::thread::sleep(EPOCH_TICK);
        }
    })?;
    Ok(())
}
