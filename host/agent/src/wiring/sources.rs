//! Sources, ready to run.

use crate::exit::Refused;
use logagent_component::{Checkpoints, Source, SourceError};
use logagent_config as config;
use logagent_source::{FileSource, FileSourceConfig, Multiline, Preset, ReadFrom, StdinSource};
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
    let refused = |key: &str, found: &str, allowed: &str| {
        Refused(vec![config.positions.problem(&format!("sources.{}.{key}", source.name), found, allowed)])
    };
    let multiline = match &source.spec {
        config::Source::File(file) => file.multiline.as_ref().map(multiline).transpose(),
        config::Source::Stdin(_) => Ok(None),
    };
    let multiline = multiline.map_err(|found| refused("multiline.start", &found, "a regular expression"))?;
    make(index, source, multiline, mode)
        .map_err(|error| refused("include", &error.to_string(), "glob patterns of paths"))
}

fn make(
    index: usize,
    source: &config::Named<config::Source>,
    multiline: Option<Multiline>,
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
            multiline,
            once: mode.once,
            checkpoints: mode.checkpoints.clone(),
            name,
            index,
        })?)),
        config::Source::Stdin(stdin) => Ok(Box::new(StdinSource::new(name, index, stdin.max_record_bytes))),
    }
}

/// Which lines are one record; what is wrong with the pattern otherwise.
fn multiline(multiline: &config::Multiline) -> Result<Multiline, String> {
    let timeout = multiline.timeout;
    let preset = match &multiline.rule {
        config::MultilineRule::Start(pattern) => return Multiline::start(pattern, timeout),
        config::MultilineRule::Preset(config::Preset::Java) => Preset::Java,
        config::MultilineRule::Preset(config::Preset::Python) => Preset::Python,
        config::MultilineRule::Preset(config::Preset::Go) => Preset::Go,
        config::MultilineRule::Preset(config::Preset::Rust) => Preset::Rust,
    };
    Ok(Multiline::preset(preset, timeout))
}
