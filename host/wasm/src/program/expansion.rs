//! What a component expands to, counted before it is compiled: a component that is instantiated twice, by one that is
//! itself instantiated twice, and so on, is four lines of text and as many instances as one likes. Looks at nothing
//! else: whether the bytes are valid is for wasmtime's validator to say.

use wasmparser::{
    BinaryReaderError, ComponentAlias, ComponentExport, ComponentExternalKind, ComponentInstance,
    ComponentOuterAliasKind, Encoding, FromReader, Instance, Parser, Payload, SectionLimited,
};

/// How many instances a component may come to, of core modules and of components. Those of languages that link a dozen
/// libraries have some 20, and with dozens a hundred; compiling and each start cost time and memory for each.
pub(crate) const MOST_INSTANCES: usize = 500;

/// How many functions may be lifted and lowered. The contract has less than 60; each is compiled code of its own.
const MOST_FUNCTIONS: usize = 2000;

/// How many names there may be, exported, or taken from what another exports. Some hundred are usual; each takes memory
/// while it is compiled.
const MOST_NAMES: usize = 100_000;

/// How many tables there may be: a module has one as a rule.
pub(crate) const MOST_TABLES: usize = 100;

/// Several core modules share one memory: it is all that the window and the lists are about.
pub(crate) const MOST_MEMORIES: usize = 1;

/// Why a component isn't compiled.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum ExpansionError {
    #[error("it comes to {found} {what} when it is instantiated, {allowed} at most {} allowed", if *allowed == 1 { "is" } else { "are" })]
    TooMany { what: &'static str, found: usize, allowed: usize },
    /// What it instantiates would only be known by following it through all instances.
    #[error("a component in it gets a {0} from outside of itself; it may hold those that it instantiates, alone")]
    Passed(&'static str),
}

/// What an instance of something comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Count {
    instances: usize,
    functions: usize,
    names: usize,
    tables: usize,
    memories: usize,
}

impl Count {
    fn add(&mut self, other: Self) {
        self.instances = self.instances.saturating_add(other.instances);
        self.functions = self.functions.saturating_add(other.functions);
        self.names = self.names.saturating_add(other.names);
        self.tables = self.tables.saturating_add(other.tables);
        self.memories = self.memories.saturating_add(other.memories);
    }

    fn check(self) -> Result<(), ExpansionError> {
        for (what, found, allowed) in [
            ("instances", self.instances, MOST_INSTANCES),
            ("functions", self.functions, MOST_FUNCTIONS),
            ("names", self.names, MOST_NAMES),
            ("tables", self.tables, MOST_TABLES),
            ("memories", self.memories, MOST_MEMORIES),
        ] {
            if found > allowed {
                return Err(ExpansionError::TooMany { what, found, allowed });
            }
        }
        Ok(())
    }
}

/// A module or component that is being read.
struct Open {
    is_component: bool,
    own: Count,
    /// Its index spaces, as far as they are known.
    modules: Vec<Count>,
    components: Vec<Count>,
}

/// Why the counting ended.
enum End {
    Refused(ExpansionError),
    /// The bytes are no component; the validator has the better words.
    Invalid,
}

impl From<BinaryReaderError> for End {
    fn from(_: BinaryReaderError) -> Self {
        Self::Invalid
    }
}

impl From<ExpansionError> for End {
    fn from(error: ExpansionError) -> Self {
        Self::Refused(error)
    }
}

/// Refuses a component that would come to too much.
pub(super) fn check(bytes: &[u8]) -> Result<(), ExpansionError> {
    match count(bytes) {
        Ok(()) | Err(End::Invalid) => Ok(()),
        Err(End::Refused(error)) => Err(error),
    }
}

fn count(bytes: &[u8]) -> Result<(), End> {
    let mut open = Vec::new();
    for payload in Parser::new(0).parse_all(bytes) {
        match payload? {
            Payload::Version { encoding, .. } => {
                let is_component = encoding == Encoding::Component;
                open.push(Open { is_component, own: Count::default(), modules: Vec::new(), components: Vec::new() });
            }
            Payload::End(_) => close(&mut open)?,
            payload => read(&payload, &mut open)?,
        }
    }
    Ok(())
}

/// What was read to its end is one more thing that its surroundings may instantiate.
fn close(open: &mut Vec<Open>) -> Result<(), End> {
    let Open { is_component, own, .. } = open.pop().ok_or(End::Invalid)?;
    match open.last_mut() {
        Some(outer) if is_component => outer.components.push(own),
        Some(outer) => outer.modules.push(own),
        None => own.check()?,
    }
    Ok(())
}

fn read(payload: &Payload<'_>, open: &mut [Open]) -> Result<(), End> {
    if let Payload::ComponentAliasSection(aliases) = payload {
        return each(aliases, |it| alias(&it, open));
    }
    let inner = open.last_mut().ok_or(End::Invalid)?;
    match payload {
        Payload::TableSection(tables) => inner.own.tables += tables.count() as usize,
        Payload::MemorySection(memories) => inner.own.memories += memories.count() as usize,
        Payload::ComponentCanonicalSection(functions) => {
            inner.own.add(Count { functions: functions.count() as usize, ..Count::default() });
        }
        Payload::InstanceSection(instances) => each(instances, |it| match it {
            Instance::Instantiate { module_index, .. } => inner.instantiate(Kind::Module, module_index),
            Instance::FromExports(exports) => {
                inner.name(exports.len());
                Ok(())
            }
        })?,
        Payload::ComponentInstanceSection(instances) => each(instances, |it| match it {
            ComponentInstance::Instantiate { component_index, .. } => {
                inner.instantiate(Kind::Component, component_index)
            }
            ComponentInstance::FromExports(exports) => {
                inner.name(exports.len());
                Ok(())
            }
        })?,
        Payload::ComponentImportSection(imports) => each(imports, |it| Ok(passed(it.ty.kind())?))?,
        Payload::ComponentExportSection(exports) => each(exports, |it| inner.export(&it))?,
        _ => {}
    }
    Ok(())
}

fn each<'a, T: FromReader<'a>>(
    section: &SectionLimited<'a, T>,
    mut read: impl FnMut(T) -> Result<(), End>,
) -> Result<(), End> {
    section.clone().into_iter().try_for_each(|it| read(it?))
}

#[derive(Clone, Copy)]
enum Kind {
    Module,
    Component,
}

impl Open {
    fn space(&mut self, kind: Kind) -> &mut Vec<Count> {
        match kind {
            Kind::Module => &mut self.modules,
            Kind::Component => &mut self.components,
        }
    }

    fn get(&mut self, kind: Kind, index: u32) -> Result<Count, End> {
        self.space(kind).get(index as usize).copied().ok_or(End::Invalid)
    }

    fn instantiate(&mut self, kind: Kind, index: u32) -> Result<(), End> {
        let count = self.get(kind, index)?;
        self.own.add(count);
        self.own.add(Count { instances: 1, ..Count::default() });
        Ok(())
    }

    fn name(&mut self, count: usize) {
        self.own.add(Count { names: count, ..Count::default() });
    }

    /// What is exported has a second index from there on.
    fn export(&mut self, export: &ComponentExport<'_>) -> Result<(), End> {
        self.name(1);
        let kind = match export.kind {
            ComponentExternalKind::Module => Kind::Module,
            ComponentExternalKind::Component => Kind::Component,
            _ => return Ok(()),
        };
        let count = self.get(kind, export.index)?;
        self.space(kind).push(count);
        Ok(())
    }
}

fn alias(alias: &ComponentAlias<'_>, open: &mut [Open]) -> Result<(), End> {
    open.last_mut().ok_or(End::Invalid)?.name(1);
    let (kind, outward, index) = match *alias {
        ComponentAlias::InstanceExport { kind, .. } => return Ok(passed(kind)?),
        ComponentAlias::Outer { kind: ComponentOuterAliasKind::CoreModule, count, index } => {
            (Kind::Module, count, index)
        }
        ComponentAlias::Outer { kind: ComponentOuterAliasKind::Component, count, index } => {
            (Kind::Component, count, index)
        }
        _ => return Ok(()),
    };
    let outer = open.len().checked_sub(1 + outward as usize).ok_or(End::Invalid)?;
    let count = open[outer].get(kind, index)?;
    open.last_mut().ok_or(End::Invalid)?.space(kind).push(count);
    Ok(())
}

fn passed(kind: ComponentExternalKind) -> Result<(), ExpansionError> {
    match kind {
        ComponentExternalKind::Module => Err(ExpansionError::Passed("core module")),
        ComponentExternalKind::Component => Err(ExpansionError::Passed("component")),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
