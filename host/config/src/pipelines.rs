//! Pipelines, as configured: which sources lead through which filters to which sinks. Not for running them.

use crate::priority::Priority;
use crate::reader::{Field, Section, Table};
use crate::references::Names;

/// A way from sources through filters to sinks. Every name exists, and stands once in its list.
#[derive(Debug, Clone, PartialEq)]
pub struct Pipeline {
    /// The sources; at least one.
    pub from: Vec<String>,
    /// The filters, in the order that records pass them.
    pub through: Vec<String>,
    /// The sinks of the records that no filter routed elsewhere; at least one.
    pub to: Vec<String>,
    /// For each named output of the filters where it leads, in the file's order.
    pub routes: Vec<(String, Route)>,
}

/// Where an output of a filter leads.
#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    /// The sinks; at least one.
    pub to: Vec<String>,
    /// Whether a sink that is behind takes its records before others.
    pub priority: Priority,
}

impl Pipeline {
    /// Every sink that records may reach, once for each way to it.
    pub fn all_sinks(&self) -> impl Iterator<Item = &String> {
        self.routes.iter().flat_map(|(_, route)| &route.to).chain(&self.to)
    }
}

/// Which names a pipeline may refer to.
pub(crate) struct Known<'a> {
    pub sources: &'a Names,
    pub filters: &'a Names,
    pub sinks: &'a Names,
}

pub(crate) fn read(root: &mut Section<'_>, known: &Known<'_>) -> Table<Pipeline> {
    Table::read_some(root, "pipelines", "pipeline", |section| {
        let from = section.required("from", "a list of source names");
        let through = section.optional("through");
        let to = section.required("to", "a list of sink names");
        let routes = section.optional("routes");
        Some(Pipeline {
            from: from.and_then(|field| known.sources.read_some(&field)).unwrap_or_default(),
            through: through.and_then(|field| known.filters.read(&field)).unwrap_or_default(),
            to: to.and_then(|field| known.sinks.read_some(&field)).unwrap_or_default(),
            routes: routes.map(|field| read_routes(&field, known.sinks)).unwrap_or_default(),
        })
    })
}

fn read_routes(field: &Field<'_>, sinks: &Names) -> Vec<(String, Route)> {
    field.values().filter_map(|(entry, field)| Some((entry.key.clone(), Route::read(field, sinks)?))).collect()
}

impl Route {
    /// A list of sinks, or a mapping that says more.
    fn read(field: Field<'_>, sinks: &Names) -> Option<Self> {
        if !field.is_mapping() {
            return Some(Self { to: sinks.read_some(&field)?, priority: Priority::default() });
        }
        let mut section = Section::of(field);
        let to = section.required("to", "a list of sink names").and_then(|field| sinks.read_some(&field));
        let priority = Priority::read(&mut section);
        section.finish();
        Some(Self { to: to?, priority })
    }
}
