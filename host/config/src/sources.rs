//! Sources, as configured. Not for opening them.

use std::time::Duration;

use crate::priority::Priority;
use crate::reader::{Section, Table};

const DEFAULT_RECORD_BYTES: usize = 1 << 20;
const MAX_RECORD_BYTES: usize = 256 << 20;

const KINDS: [(&str, Kind); 2] = [("file", Kind::File), ("stdin", Kind::Stdin)];
const PRESETS: [(&str, Preset); 4] =
    [("java", Preset::Java), ("python", Preset::Python), ("go", Preset::Go), ("rust", Preset::Rust)];

/// Longer than a trace takes to be written, short enough that a person who waits for it doesn't mind.
const DEFAULT_MULTILINE_TIMEOUT: Duration = Duration::from_secs(1);
const MULTILINE_TIMEOUT: std::ops::RangeInclusive<Duration> = Duration::from_millis(10)..=Duration::from_secs(60);

const FORMATS: [(&str, Format); 2] = [("lines", Format::Lines), ("cri", Format::Cri)];
const COMPRESSIONS: [(&str, Compression); 2] = [("none", Compression::None), ("auto", Compression::Auto)];
const POLL_EVERY: std::ops::RangeInclusive<Duration> = Duration::from_millis(10)..=Duration::from_secs(3600);
/// Fewer would be closed and opened all the time; Linux allows no process more unless it is told to.
const MAX_OPEN_FILES: std::ops::RangeInclusive<usize> = 16..=1 << 20;

const READ_FROM: [(&str, ReadFrom); 2] = [("beginning", ReadFrom::Beginning), ("end", ReadFrom::End)];

/// Where records come from (`type`).
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// Files, followed through rotation.
    File(FileSource),
    /// The standard input, to its end. At most one source.
    Stdin(StdinSource),
}

/// A source of type `file`.
#[derive(Debug, Clone, PartialEq)]
pub struct FileSource {
    /// Glob patterns of the files to read; at least one. Not checked here.
    pub include: Vec<String>,
    /// Glob patterns of files not to read.
    pub exclude: Vec<String>,
    /// Where to start in files first seen at start.
    pub read_from: ReadFrom,
    /// The longest record in bytes, 1 to 256 MiB; longer ones are cut.
    pub max_record_bytes: usize,
    /// Which lines are one record; each is one where this is `None`.
    pub multiline: Option<Multiline>,
    /// What the lines are.
    pub format: Format,
    /// Which files are unpacked.
    pub compression: Compression,
    /// How often to look for changes, 10 ms to 1 h, in place of waiting for events; `None` waits.
    pub poll_every: Option<Duration>,
    /// The most descriptors that are open at once, 16 to 1048576; `None` derives it from the process's limit.
    pub max_open_files: Option<usize>,
    /// Whether its records come before those of others.
    pub priority: Priority,
}

/// What lines are (`lines`, `cri`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// Whatever a program writes.
    #[default]
    Lines,
    /// What a container runtime makes of it: long lines come in parts, which are joined. Not with `multiline`.
    Cri,
}

/// Which files are unpacked (`none`, `auto`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Compression {
    /// None: they are read as they are.
    #[default]
    None,
    /// Those that begin as gzip or zstd files do.
    Auto,
}

/// Several lines as one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Multiline {
    /// How they are told apart.
    pub rule: MultilineRule,
    /// How long a record stays open to which no line is added, 10 ms to 60 s.
    pub timeout: Duration,
}

/// Which lines are one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MultilineRule {
    /// A line that this regular expression matches begins one. Not checked here.
    Start(String),
    /// A trace goes on with the line before it.
    Preset(Preset),
}

/// A language whose traces are known (`java`, `python`, `go`, `rust`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    /// Exceptions.
    Java,
    /// Tracebacks.
    Python,
    /// Panics.
    Go,
    /// Panics.
    Rust,
}

/// A source of type `stdin`.
#[derive(Debug, Clone, PartialEq)]
pub struct StdinSource {
    /// The longest record in bytes, 1 to 256 MiB; longer ones are cut.
    pub max_record_bytes: usize,
    /// Whether its records come before those of others.
    pub priority: Priority,
}

/// Where to start in a file without a checkpoint (`beginning`, `end`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReadFrom {
    /// At its first byte.
    #[default]
    Beginning,
    /// Behind its last byte.
    End,
}

impl Source {
    /// The longest record in bytes.
    #[must_use]
    pub fn max_record_bytes(&self) -> usize {
        match self {
            Self::File(file) => file.max_record_bytes,
            Self::Stdin(stdin) => stdin.max_record_bytes,
        }
    }

    /// Whether its records come before those of others.
    #[must_use]
    pub fn priority(&self) -> Priority {
        match self {
            Self::File(file) => file.priority,
            Self::Stdin(stdin) => stdin.priority,
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    File,
    Stdin,
}

pub(crate) fn read(root: &mut Section<'_>) -> Table<Source> {
    let mut stdin = None;
    Table::read_some(root, "sources", "source", |section| {
        let kind_field = section.required("type", "file, stdin")?;
        match kind_field.choice(&KINDS)? {
            Kind::File => Some(Source::File(FileSource::read(section))),
            Kind::Stdin => {
                // Two readers would each get some of the bytes, in no order.
                if let Some(first) = stdin.replace(section.path.clone()) {
                    kind_field.wrong::<()>(&format!("one source of this type (the first is {first})"));
                }
                Some(Source::Stdin(StdinSource {
                    max_record_bytes: max_record_bytes(section),
                    priority: Priority::read(section),
                }))
            }
        }
    })
}

impl FileSource {
    fn read(section: &mut Section<'_>) -> Self {
        const PATTERNS: &str = "a list of glob patterns";
        const PATTERN: &str = "a glob pattern";
        let include = section.required("include", PATTERNS);
        if let Some(field) = &include {
            field.refuse_empty_list("at least one glob pattern");
        }
        let exclude = section.optional("exclude");
        let multiline = section.optional("multiline").map(Section::of).and_then(Multiline::read);
        let format_field = section.optional("format");
        let format = format_field.as_ref().and_then(|field| field.choice(&FORMATS)).unwrap_or_default();
        if let Some(field) = format_field.filter(|_| format == Format::Cri && multiline.is_some()) {
            field.wrong::<()>("lines, where there is multiline");
        }
        Self {
            include: include.and_then(|field| field.texts(PATTERNS, PATTERN)).unwrap_or_default(),
            exclude: exclude.and_then(|field| field.texts(PATTERNS, PATTERN)).unwrap_or_default(),
            read_from: section.choice("read_from", &READ_FROM, ReadFrom::default()),
            max_record_bytes: max_record_bytes(section),
            multiline,
            format,
            compression: section.choice("compression", &COMPRESSIONS, Compression::default()),
            poll_every: section.optional("poll_every").and_then(|field| field.duration(POLL_EVERY)),
            max_open_files: section.optional("max_open_files").and_then(|field| field.count(MAX_OPEN_FILES)),
            priority: Priority::read(section),
        }
    }
}

impl Multiline {
    fn read(mut section: Section<'_>) -> Option<Self> {
        let start = section.optional("start");
        let preset = section.optional("preset");
        let timeout = section.duration("timeout", MULTILINE_TIMEOUT, DEFAULT_MULTILINE_TIMEOUT);
        let rule = match (&start, &preset) {
            (Some(start), None) => start.text("a regular expression").map(|text| MultilineRule::Start(text.to_owned())),
            (None, Some(preset)) => preset.choice(&PRESETS).map(MultilineRule::Preset),
            (Some(_), Some(preset)) => preset.wrong("start or preset, not both"),
            (None, None) => section.required("start", "a regular expression, or a preset").and(None),
        };
        section.finish();
        Some(Self { rule: rule?, timeout })
    }
}

fn max_record_bytes(section: &mut Section<'_>) -> usize {
    section.size("max_record_bytes", 1..=MAX_RECORD_BYTES, DEFAULT_RECORD_BYTES)
}
