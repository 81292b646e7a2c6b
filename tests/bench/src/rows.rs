//! The measurements, by name. Each is a module that answers with its rows of the table.

mod blackhole;
mod buffer;
mod call;
mod checkpoints;
mod delay;
mod file;
mod files;
mod filters;
mod lanes;
mod memory;
mod poison;
mod recovery;
mod reload;
mod start;
mod state;

pub(crate) use call::Figures as CallFigures;

use crate::place::Place;
use crate::table::Row;

/// Measurements that are made together.
#[derive(Clone, Copy)]
pub(crate) struct Group {
    pub(crate) name: &'static str,
    pub(crate) measure: fn(&Place) -> anyhow::Result<Vec<Row>>,
}

const GROUPS: [Group; 15] = [
    Group { name: "call", measure: call::measure },
    Group { name: "state", measure: state::measure },
    Group { name: "blackhole", measure: blackhole::measure },
    Group { name: "file", measure: file::measure },
    Group { name: "buffer", measure: buffer::measure },
    Group { name: "filters", measure: filters::measure },
    Group { name: "poison", measure: poison::measure },
    Group { name: "start", measure: start::measure },
    Group { name: "reload", measure: reload::measure },
    Group { name: "memory", measure: memory::measure },
    Group { name: "delay", measure: delay::measure },
    Group { name: "lanes", measure: lanes::measure },
    Group { name: "files", measure: files::measure },
    Group { name: "checkpoints", measure: checkpoints::measure },
    Group { name: "recovery", measure: recovery::measure },
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
