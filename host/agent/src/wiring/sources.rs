//! Sources, ready to run.

use crate::exit::Failure;
use logagent_component::{Source, SourceError};
use logagent_config as config;
use logagent_source::{FileSource, FileSourceConfig, ReadFrom, StdinSource};

/// A source and its name in the configuration.
type NamedSource = (String, Box<dyn Source>);

/// All sources in the configuration's order; `once` reads what is there now.
pub(crate) fn sources(config: &config::Config, once: bool) -> Result<Vec<NamedSource>, Failure> {
    let mut sources = Vec::new();
    for (index, source) in config.sources.iter().enumerate() {
        let made = make(index, source, once).map_err(|error| {
            let key = format!("sources.{}.include", source.name);
            Failure::Config(config.positions.problem(&key, &error.to_string(), "glob patterns of paths").to_string())
        })?;
        sources.push((source.name.clone(), made));
    }
    Ok(sources)
}

fn make(index: usize, source: &config::Named<config::Source>, once: bool) -> Result<Box<dyn Source>, SourceError> {
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
            once,
            name,
            index,
        })?)),
        config::Source::Stdin(stdin) => Ok(Box::new(StdinSource::new(name, index, stdin.max_record_bytes))),
    }
}
