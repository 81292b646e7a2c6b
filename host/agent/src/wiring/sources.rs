//! Sources, ready to run.

use crate::exit::Refused;
use logagent_component::{Checkpoints, Source, SourceError};
use logagent_config as config;
use logagent_source::{FileSource, FileSourceConfig, ReadFrom, StdinSource};
use std::sync::Arc;

/// How sources run.
#[derive(Clone)]
pub(crate) struct SourceMode {
    /// They read what is there now, and end.
    pub(crate) once: bool,
    /// Where it is kept how far files are delivered.
    pub(crate) checkpoints: Option<Arc<dyn Checkpoints>>,
}

/// The source of this name, ready to run under this index.
pub(crate) fn source(
    config: &config::Config,
    name: &str,
    index: usize,
    mode: &SourceMode,
) -> Result<Box<dyn Source>, Refused> {
    let source = config.sources.iter().find(|source| source.name == name).expect("the configuration's own name");
    make(index, source, mode).map_err(|error| {
        let key = format!("sources.{}.include", source.name);
        Refused(vec![config.positions.problem(&key, &error.to_string(), "glob patterns of paths")])
    })
}

fn make(
    index: usize,
    source: &config::Named<config::Source>,
    mode: &SourceMode,
) -> Result<Box<dyn Source>, SourceError> {
    let name = source.name.as_str().into();
    match &source.spec {
        config::Source::File(file) => Ok(Box::new(FileSource::new(FileSourceConfig {
            include: file.include.clone(),
            exclude: file.exclude.clone(),
            read_from: match file.read_from {
                config::ReadFrom::Beginning => ReadFrom::Beginning,
                config::ReadFrom::End => ReadFrom::End,
            },
            max_record_bytes: file.max_record_bytes,
            once: mode.once,
            checkpoints: mode.checkpoints.clone(),
            name,
            index,
        })?)),
        config::Source::Stdin(stdin) => Ok(Box::new(StdinSource::new(name, index, stdin.max_record_bytes))),
    }
}
