//! A loaded component: checked against the contract, compiled, linked, ready to be instantiated in each lane.

mod expansion;

use crate::cache::{Cache, Sum, hex, sum_of};
use crate::compiler::Compiler;
use crate::contract::{ContractError, check_import};
use crate::host::{Host, Searches, linker};
use crate::told::told;
pub(crate) use expansion::{MOST_INSTANCES, MOST_MEMORIES, MOST_TABLES};
use rustix::fs::OFlags;
use std::collections::HashMap;
use std::fs::OpenOptions;
use std::io::Read as _;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use wasmtime::Engine;
use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, InstancePre};

/// A component that fits this host. Cheap to clone.
#[derive(Clone)]
pub struct Program(Arc<Loaded>);

/// What is in it.
struct Loaded {
    linked: InstancePre<Host>,
    /// The SHA-256 of the component, in hexadecimal.
    hash: Arc<str>,
    uses_state: bool,
    uses_assets: bool,
    searches_records: bool,
    searches: Arc<Searches>,
}

/// The programs that are there, by their components' sums: one that two filters name, or that a reload names again, is
/// loaded once.
#[derive(Default)]
pub(crate) struct Programs(Mutex<HashMap<Sum, Weak<Loaded>>>);

impl Programs {
    fn get(&self, sum: &Sum) -> Option<Program> {
        self.lock().get(sum)?.upgrade().map(Program)
    }

    fn put(&self, sum: Sum, program: &Program) {
        let mut programs = self.lock();
        programs.retain(|_, known| known.strong_count() > 0);
        programs.insert(sum, Arc::downgrade(&program.0));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Sum, Weak<Loaded>>> {
        // Each change is one call of the map's.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why a component can't be used.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file can't be read.
    #[error("component {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// The bytes are no component.
    #[error("component {}: {reason}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What is wrong, and what would be right.
        reason: String,
    },
    /// It is a component, but not a filter of this host.
    #[error("component {}", path.display())]
    Contract {
        /// The file.
        path: PathBuf,
        /// What differs.
        source: ContractError,
    },
}

impl Program {
    pub(crate) fn load(
        workshop: &Workshop<'_>,
        searches: &Arc<Searches>,
        programs: &Programs,
        path: &Path,
    ) -> Result<Self, LoadError> {
        let invalid = |reason: String| LoadError::Invalid { path: path.to_owned(), reason: told(&reason) };
        let bytes = read(path).map_err(|source| LoadError::Read { path: path.to_owned(), source })?;
        check_length(&bytes).map_err(invalid)?;
        check_header(&bytes).map_err(|reason| invalid(reason.to_owned()))?;
        let sum = sum_of(&bytes);
        if let Some(program) = programs.get(&sum) {
            return Ok(program);
        }
        expansion::check(&bytes).map_err(|error| invalid(error.to_string()))?;
        let component = workshop.compile(path, &bytes, &sum).map_err(invalid)?;
        let engine = workshop.engine;
        let uses = check_contract(engine, &component)
            .map_err(|source| LoadError::Contract { path: path.to_owned(), source })?;
        let uses = |interface: &str| uses.iter().any(|used| used == interface);
        let linked = linker(engine).and_then(|linker| linker.instantiate_pre(&component));
        let linked = linked.map_err(|error| invalid(format!("its imports are not the contract's: {error:#}")))?;
        let (uses_state, uses_assets) = (uses("state"), uses("assets"));
        let searches_records = uses("scan") || uses("fields");
        let (hash, searches) = (hex(&sum).into(), searches.clone());
        let loaded = Loaded { linked, hash, uses_state, uses_assets, searches_records, searches };
        let program = Self(Arc::new(loaded));
        programs.put(sum, &program);
        Ok(program)
    }

    pub(crate) fn linked(&self) -> &InstancePre<Host> {
        &self.0.linked
    }

    pub(crate) fn searches(&self) -> &Arc<Searches> {
        &self.0.searches
    }

    /// The SHA-256 of the component, in hexadecimal.
    #[must_use]
    pub fn hash(&self) -> &Arc<str> {
        &self.0.hash
    }

    /// Whether it asks for `state`.
    #[must_use]
    pub fn uses_state(&self) -> bool {
        self.0.uses_state
    }

    /// Whether it asks for `assets`.
    #[must_use]
    pub fn uses_assets(&self) -> bool {
        self.0.uses_assets
    }

    /// Whether it asks the host to search records: `scan` or `fields`.
    #[must_use]
    pub fn searches_records(&self) -> bool {
        self.0.searches_records
    }
}

/// The largest component, in bytes. Those of languages that bring a runtime along have some 20 MiB; compiling takes many
/// times a component's size of memory.
pub(crate) const MAX_COMPONENT_BYTES: usize = 64 << 20;

fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // A FIFO would have whoever loads it wait for a writer.
    let flags = i32::try_from(OFlags::NONBLOCK.bits()).expect("a flag of open(2)");
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
    if !file.metadata()?.is_file() {
        return Err(std::io::Error::other("it is no regular file"));
    }
    file.take(MAX_COMPONENT_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn check_length(bytes: &[u8]) -> Result<(), String> {
    if bytes.len() <= MAX_COMPONENT_BYTES {
        return Ok(());
    }
    Err(format!("it has more than {} MiB, the most that a component may have", MAX_COMPONENT_BYTES >> 20))
}

/// What code is made with.
pub(crate) struct Workshop<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) cache: Option<&'a Cache>,
    pub(crate) compiler: Option<&'a Compiler>,
}

impl Workshop<'_> {
    fn compile(&self, path: &Path, bytes: &[u8], sum: &Sum) -> Result<Component, String> {
        let Self { engine, cache, compiler } = self;
        if let Some(component) = cache.and_then(|cache| cache.get(engine, sum)) {
            return Ok(component);
        }
        let compiled = match compiler {
            None => Component::from_binary(engine, bytes),
            Some(compiler) => {
                let code = compiler.compile(path, bytes)?;
                // SAFETY: this host's own compiler wrote it, as it would have in this process, and wasmtime checks that
                // version and settings are this engine's.
                unsafe { Component::deserialize(engine, code) }
            }
        };
        let component = compiled.map_err(|error| format!("{error:#}"))?;
        if let Some(cache) = cache {
            cache.put(sum, &component);
        }
        Ok(component)
    }
}

/// Tells the files that people put here by mistake from broken ones (the WebAssembly specification's and the
/// Component Model's binary preambles).
fn check_header(bytes: &[u8]) -> Result<(), &'static str> {
    match bytes {
        [b'\0', b'a', b's', b'm', 0x0d, 0, 1, 0, ..] => Ok(()),
        [b'\0', b'a', b's', b'm', 1, 0, 0, 0, ..] => {
            Err("it is a core module, a component is needed: make one with logagent-componentize")
        }
        [] => Err("the file is empty, a component is needed"),
        _ => Err("it is no WebAssembly component: the first bytes are not those of one"),
    }
}

/// Answers the interfaces that it uses.
fn check_contract(engine: &Engine, component: &Component) -> Result<Vec<String>, ContractError> {
    let kind = component.component_type();
    let used = kind.imports(engine).map(|(name, _)| check_import(name).map(str::to_owned));
    let used = used.collect::<Result<_, _>>()?;
    for export in ["configure", "process", "tick"] {
        let found = kind.get_export(engine, export);
        if !found.is_some_and(|found| matches!(found.ty, ComponentItem::ComponentFunc(_))) {
            return Err(ContractError::Export { export });
        }
    }
    Ok(used)
}
