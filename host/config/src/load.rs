//! The way from a file or its text to a [`Config`]. Not for what any single key means.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::document::Node;
use crate::pipelines::Known;
use crate::positions::Positions;
use crate::problem::{Position, Problem, Problems};
use crate::reader::{Ask, Context, Field, Section};
use crate::references::unused;
use crate::settings::{Settings, check_ring};
use crate::{Config, document, exact, filters, pipelines, sinks, sources, state};

/// The largest configuration in bytes. Thousands of pipelines fit; a wrong path (a log, a device) is soon found out.
pub const MAX_FILE_BYTES: usize = 1 << 20;

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file can't be read.
    #[error("{path}: {source}", path = path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file can be read, but not be used.
    #[error(transparent)]
    Problems(#[from] Problems),
}

/// What could be read of a configuration, for those that look for what else is wrong with it.
#[derive(Debug)]
pub struct Examined {
    /// Where a value is wrong, its default, or an empty one, stands in its place.
    pub config: Config,
    /// All that is wrong with the text.
    pub problems: Problems,
}

impl Examined {
    /// The configuration, if it has no problems.
    ///
    /// # Errors
    /// Its problems.
    pub fn sound(self) -> Result<Config, Problems> {
        if self.problems.count() == 0 { Ok(self.config) } else { Err(self.problems) }
    }
}

impl Config {
    /// Reads a configuration file of at most [`MAX_FILE_BYTES`].
    ///
    /// # Errors
    /// Where the file can't be read, or else all problems in it.
    pub fn load(path: &Path) -> Result<Self, LoadError> {
        Ok(Self::examine(path)?.sound()?)
    }

    /// As [`Self::load`], with what could be read where there are problems.
    ///
    /// # Errors
    /// Where the file can't be read, or is no YAML.
    pub fn examine(path: &Path) -> Result<Examined, LoadError> {
        let bytes = read_bounded(path).map_err(|source| LoadError::Read { path: path.to_owned(), source })?;
        let text = str::from_utf8(&bytes).map_err(|error| {
            // A file that is too long is cut, perhaps in a character, and is refused for its length.
            let valid = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
            if bytes.len() > MAX_FILE_BYTES { too_long(path) } else { not_utf8(path, &valid) }
        })?;
        Ok(examine(path, text)?)
    }

    /// Reads the text of a configuration; `file` is for messages only. Paths in it are taken as they are written:
    /// a relative one is relative to the working directory.
    ///
    /// # Errors
    /// All problems in the text.
    pub fn parse(file: &Path, text: &str) -> Result<Self, Problems> {
        examine(file, text)?.sound()
    }
}

fn examine(file: &Path, text: &str) -> Result<Examined, Problems> {
    if text.len() > MAX_FILE_BYTES {
        return Err(too_long(file));
    }
    let file: Arc<Path> = file.into();
    let (root, problems) = document::parse(&file, text);
    let Some(root) = root else { return Err(problems.sorted()) };
    let root = Arc::new(root);
    let context = Context::new(Positions::new(file, root.clone()), problems);
    let config = read(Section::of(Field { context: &context, path: String::new(), node: &root }), &context);
    Ok(Examined { config, problems: context.into_problems().sorted() })
}

fn read(mut root: Section<'_>, context: &Context) -> Config {
    let settings = Settings::read(&mut root);
    let sources = sources::read(&mut root);
    let filters = filters::read(&mut root);
    let sinks = sinks::read(&mut root, &settings.batch);
    let known = Known { sources: &sources.names, filters: &filters.names, sinks: &sinks.names };
    let pipelines = pipelines::read(&mut root, &known).specs;
    root.finish();
    check_ring(context, &settings, &sources.specs);
    sinks::check(context, &settings, &sources.specs, &sinks.specs);
    state::check(context, &settings.state, &filters.specs);
    exact::check(context, &sources.specs, &sinks.specs, &pipelines);
    let mut config = Config {
        data_dir: settings.data_dir,
        lanes: settings.lanes,
        memory: settings.memory,
        state: settings.state,
        batch: settings.batch,
        checkpoints: settings.checkpoints,
        dead_letters: settings.dead_letters,
        shutdown_timeout: settings.shutdown_timeout,
        sources: sources.specs,
        filters: filters.specs,
        sinks: sinks.specs,
        pipelines,
        warnings: Vec::new(),
        positions: context.positions.clone(),
    };
    config.warnings = warnings(&config);
    config
}

/// What is asked of a document, whatever is wrong with it.
pub(crate) fn asked_of(root: Node) -> Vec<(String, Ask)> {
    let root = Arc::new(root);
    let context = Context::asking(Positions::new(Path::new("").into(), root.clone()));
    read(Section::of(Field { context: &context, path: String::new(), node: &root }), &context);
    context.into_asked().into_list()
}

fn warnings(config: &Config) -> Vec<Problem> {
    let Config { sources, filters, sinks, pipelines, positions, .. } = config;
    let mut warnings = unused("sources", "source", sources, pipelines, |p| p.from.iter().collect(), positions);
    warnings.extend(unused("filters", "filter", filters, pipelines, |p| p.through.iter().collect(), positions));
    warnings.extend(unused("sinks", "sink", sinks, pipelines, |p| p.all_sinks().collect(), positions));
    warnings.sort_by_key(|warning| (warning.line, warning.column));
    warnings
}

fn read_bounded(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_FILE_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn too_long(file: &Path) -> Problems {
    whole_file(file, Position::START, "a longer file", &format!("at most {MAX_FILE_BYTES} bytes"))
}

fn not_utf8(file: &Path, valid: &str) -> Problems {
    let line = valid.matches('\n').count() + 1;
    let column = valid.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    whole_file(file, Position { line, column }, "a byte that is no UTF-8", "UTF-8 text")
}

fn whole_file(file: &Path, position: Position, found: &str, allowed: &str) -> Problems {
    let mut problems = Problems::default();
    problems.push(Problem::new(&file.into(), position, "", found, allowed));
    problems
}
