//! Sources, ready to run.

use crate::exit::Refused;
use logagent_component::{Checkpoints, Source};
use logagent_config::{self as config, Problem};
use logagent_source::{BadPattern, FileSource, FileSourceConfig, Multiline, Preset, ReadFrom, StdinSource};
use logagent_telemetry::Meters;
use rustix::process::{Resource, getrlimit};
use std::sync::Arc;

/// How sources run.
#[derive(Clone)]
pub(crate) struct SourceMode {
    /// They read what is there now, and end.
    pub(crate) once: bool,
    /// Where it is kept how far files are delivered.
    pub(crate) checkpoints: Option<Arc<dyn Checkpoints>>,
    pub(crate) meters: Arc<Meters>,
}

/// All that is wrong with the configuration's sources.
pub(super) fn problems(config: &config::Config) -> Vec<Problem> {
    let mode = SourceMode { once: true, checkpoints: None, meters: Arc::default() };
    let made = config.sources.iter().map(|found| source(config, &found.name, 0, &mode));
    made.filter_map(Result::err).flat_map(|Refused(problems)| problems).collect()
}

/// The source of this name, ready to run under this index.
pub(crate) fn source(
    config: &config::Config,
    name: &str,
    index: usize,
    mode: &SourceMode,
) -> Result<Box<dyn Source>, Refused> {
    let source = config.sources.iter().find(|source| source.name == name).expect("the configuration's own name");
    let problem = |key: &str, found: &str, allowed: &str| {
        config.positions.problem(&format!("sources.{}.{key}", source.name), found, allowed)
    };
    let multiline = match &source.spec {
        config::Source::File(file) => file.multiline.as_ref().map(multiline).transpose(),
        config::Source::Stdin(_) => Ok(None),
    };
    let (multiline, mut problems) = match multiline {
        Ok(multiline) => (multiline, Vec::new()),
        Err(found) => (None, vec![problem("multiline.start", &found, "a regular expression")]),
    };
    let file_sources = config.sources.iter().filter(|it| matches!(it.spec, config::Source::File(_))).count();
    let made = make(index, source, multiline, mode, default_open_files(file_sources));
    let bad = made.as_ref().err().into_iter().flatten();
    problems.extend(bad.map(|bad| problem(&bad.key, &bad.to_string(), "a glob pattern of paths")));
    match made {
        Ok(made) if problems.is_empty() => Ok(made),
        _ => Err(Refused(problems)),
    }
}

fn make(
    index: usize,
    source: &config::Named<config::Source>,
    multiline: Option<Multiline>,
    mode: &SourceMode,
    default_open_files: usize,
) -> Result<Box<dyn Source>, Vec<BadPattern>> {
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
            cri: file.format == config::Format::Cri,
            unpack: file.compression == config::Compression::Auto,
            poll: file.poll_every,
            max_open_files: file.max_open_files.unwrap_or(default_open_files),
            once: mode.once,
            checkpoints: mode.checkpoints.clone(),
            meter: mode.meters.sources.of(&source.name),
            name,
            index,
        })?)),
        config::Source::Stdin(stdin) => Ok(Box::new(StdinSource::new(name, index, stdin.max_record_bytes))),
    }
}

/// How many files each of so many sources may have open: together three quarters of what the process may, which leaves
/// the rest to outputs, components and the system. No source has fewer than works.
fn default_open_files(file_sources: usize) -> usize {
    const LEAST: usize = 16;
    let limit = getrlimit(Resource::Nofile).current.unwrap_or(1 << 20);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    (limit / 4 * 3 / file_sources.max(1)).max(LEAST)
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
