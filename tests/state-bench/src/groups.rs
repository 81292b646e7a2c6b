//! The measurements, by name. Each is a module that answers with its tables.

mod allocations;
mod batched;
mod choice;
mod hot;
mod latency;
mod locks;
mod memory;
mod mixed;

pub(crate) use memory::bytes_of;

use crate::bench::Bench;
use crate::grid::Grid;

/// Measurements that are made together.
#[derive(Clone, Copy)]
pub(crate) struct Group {
    pub(crate) name: &'static str,
    pub(crate) measure: fn(&Bench) -> anyhow::Result<Vec<Grid>>,
}

const GROUPS: [Group; 8] = [
    Group { name: "mixed", measure: mixed::measure },
    Group { name: "hot", measure: hot::measure },
    Group { name: "batched", measure: batched::measure },
    Group { name: "latency", measure: latency::measure },
    Group { name: "choice", measure: choice::measure },
    Group { name: "locks", measure: locks::measure },
    Group { name: "allocations", measure: allocations::measure },
    Group { name: "memory", measure: memory::measure },
];

/// Those whose name contains one of `names`; all where there are none.
///
/// # Errors
/// Where one of `names` means nothing: what it is, and what there is.
pub(crate) fn chosen(names: &[String]) -> Result<Vec<Group>, String> {
    if let Some(unknown) = names.iter().find(|name| !GROUPS.iter().any(|group| group.name.contains(name.as_str()))) {
        let known: Vec<&str> = GROUPS.iter().map(|group| group.name).collect();
        return Err(format!("no measurement is called {unknown}: there are {}", known.join(", ")));
    }
    let is_chosen = |group: &Group| names.is_empty() || names.iter().any(|name| group.name.contains(name.as_str()));
    Ok(GROUPS.into_iter().filter(is_chosen).collect())
}
